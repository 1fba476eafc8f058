-- Erasing for good: kept side by side with sqlite.sql.

CREATE TABLE erasure (
    id BYTEA NOT NULL PRIMARY KEY,
    target BIGINT NOT NULL,
    object_id BYTEA NOT NULL,
    reason BIGINT NOT NULL,
    sealed_authority BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX erasure_object ON erasure (object_id, id);

CREATE TABLE erasure_live (
    id BYTEA NOT NULL PRIMARY KEY REFERENCES erasure (id) DEFERRABLE INITIALLY DEFERRED,
    recorded_at BIGINT NOT NULL
);

CREATE TABLE erased (
    object_id BYTEA NOT NULL PRIMARY KEY,
    erasure_id BYTEA NOT NULL
);

CREATE TABLE erased_copy (
    filing_id BYTEA NOT NULL PRIMARY KEY,
    erasure_id BYTEA NOT NULL,
    reference_id BYTEA NOT NULL,
    state BIGINT NOT NULL
);
CREATE INDEX erased_copy_erasure ON erased_copy (erasure_id, filing_id);
