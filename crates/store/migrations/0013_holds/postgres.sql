-- Why something is held: kept side by side with sqlite.sql. What is held stands in the vault store.

CREATE TABLE hold (
    id BYTEA NOT NULL PRIMARY KEY,
    target BIGINT NOT NULL,
    object_id BYTEA NOT NULL,
    sealed_authority BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL
);

CREATE TABLE hold_end (
    id BYTEA NOT NULL PRIMARY KEY REFERENCES hold (id) DEFERRABLE INITIALLY DEFERRED,
    recorded_at BIGINT NOT NULL
);
