-- The nodes that share a vault, and what they must drop from memory. Kept side by side with postgres.sql: the same names in the same order.

CREATE TABLE node (
    id BLOB NOT NULL PRIMARY KEY,
    started_at INTEGER NOT NULL,
    renewed_at INTEGER NOT NULL,
    leased_until INTEGER NOT NULL,
    dropped INTEGER NOT NULL
) STRICT;

CREATE TABLE puncture (
    number INTEGER NOT NULL PRIMARY KEY,
    tree_id BLOB,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE puncture_head (
    id INTEGER NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT;

INSERT INTO puncture_head (id, number) VALUES (1, 0);
