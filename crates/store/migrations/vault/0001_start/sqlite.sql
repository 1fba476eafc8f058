-- The first tables of the vault store. Kept side by side with postgres.sql: the same names in the same order.

CREATE TABLE epoch (
    number INTEGER NOT NULL PRIMARY KEY,
    state INTEGER NOT NULL,
    provider TEXT NOT NULL,
    wrapped BLOB NOT NULL,
    opened_at INTEGER NOT NULL
) STRICT;

CREATE TABLE tree (
    id BLOB NOT NULL PRIMARY KEY,
    kind INTEGER NOT NULL,
    epoch INTEGER NOT NULL REFERENCES epoch (number) DEFERRABLE INITIALLY DEFERRED,
    generation INTEGER NOT NULL,
    next_index INTEGER NOT NULL,
    wrapped BLOB NOT NULL
) STRICT;
CREATE INDEX tree_epoch ON tree (epoch, id);

CREATE TABLE secret (
    name TEXT NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL REFERENCES epoch (number) DEFERRABLE INITIALLY DEFERRED,
    generation INTEGER NOT NULL,
    wrapped BLOB NOT NULL
) STRICT;

CREATE TABLE head (
    id INTEGER NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    mac BLOB NOT NULL
) STRICT;
