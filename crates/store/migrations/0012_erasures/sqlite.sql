-- Erasing for good: kept side by side with postgres.sql.

CREATE TABLE erasure (
    id BLOB NOT NULL PRIMARY KEY,
    target INTEGER NOT NULL,
    object_id BLOB NOT NULL,
    reason INTEGER NOT NULL,
    sealed_authority BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX erasure_object ON erasure (object_id, id);

CREATE TABLE erasure_live (
    id BLOB NOT NULL PRIMARY KEY REFERENCES erasure (id) DEFERRABLE INITIALLY DEFERRED,
    recorded_at INTEGER NOT NULL
) STRICT;

CREATE TABLE erased (
    object_id BLOB NOT NULL PRIMARY KEY,
    erasure_id BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE erased_copy (
    filing_id BLOB NOT NULL PRIMARY KEY,
    erasure_id BLOB NOT NULL,
    reference_id BLOB NOT NULL,
    state INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX erased_copy_erasure ON erased_copy (erasure_id, filing_id);
