-- Why something is held: kept side by side with postgres.sql. What is held stands in the vault store.

CREATE TABLE hold (
    id BLOB NOT NULL PRIMARY KEY,
    target INTEGER NOT NULL,
    object_id BLOB NOT NULL,
    sealed_authority BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;

CREATE TABLE hold_end (
    id BLOB NOT NULL PRIMARY KEY REFERENCES hold (id) DEFERRABLE INITIALLY DEFERRED,
    recorded_at INTEGER NOT NULL
) STRICT;
