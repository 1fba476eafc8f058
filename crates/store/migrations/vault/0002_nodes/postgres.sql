-- The nodes that share a vault, and what they must drop from memory. Kept side by side with sqlite.sql: the same names in the same order.

CREATE TABLE node (
    id BYTEA NOT NULL PRIMARY KEY,
    started_at BIGINT NOT NULL,
    renewed_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    dropped BIGINT NOT NULL
);

CREATE TABLE puncture (
    number BIGINT NOT NULL PRIMARY KEY,
    tree_id BYTEA,
    at BIGINT NOT NULL
);

CREATE TABLE puncture_head (
    id BIGINT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL
);

INSERT INTO puncture_head (id, number) VALUES (1, 0);
