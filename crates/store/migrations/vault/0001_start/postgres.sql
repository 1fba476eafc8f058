-- The first tables of the vault store. Kept side by side with sqlite.sql: the same names in the same order.

CREATE TABLE epoch (
    number BIGINT NOT NULL PRIMARY KEY,
    state BIGINT NOT NULL,
    provider TEXT NOT NULL,
    wrapped BYTEA NOT NULL,
    opened_at BIGINT NOT NULL
);

CREATE TABLE tree (
    id BYTEA NOT NULL PRIMARY KEY,
    kind BIGINT NOT NULL,
    epoch BIGINT NOT NULL REFERENCES epoch (number) DEFERRABLE INITIALLY DEFERRED,
    generation BIGINT NOT NULL,
    next_index BIGINT NOT NULL,
    wrapped BYTEA NOT NULL
);
CREATE INDEX tree_epoch ON tree (epoch, id);

CREATE TABLE secret (
    name TEXT NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL REFERENCES epoch (number) DEFERRABLE INITIALLY DEFERRED,
    generation BIGINT NOT NULL,
    wrapped BYTEA NOT NULL
);

CREATE TABLE head (
    id BIGINT NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    mac BYTEA NOT NULL
);
