-- What stays of something that is erased, and copies elsewhere that are withdrawn: kept side by side with postgres.sql.

CREATE TABLE erasure_kept (
    id BLOB NOT NULL PRIMARY KEY,
    erasure_id BLOB NOT NULL REFERENCES erasure (id) DEFERRABLE INITIALLY DEFERRED,
    target INTEGER NOT NULL,
    object_id BLOB NOT NULL,
    ground INTEGER NOT NULL,
    hold_id BLOB,
    sealed_ground BLOB,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX erasure_kept_once ON erasure_kept (erasure_id, object_id);

CREATE TABLE withdrawal_step (
    id BLOB NOT NULL PRIMARY KEY,
    filing_id BLOB NOT NULL,
    step INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    code INTEGER,
    at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX withdrawal_step_once ON withdrawal_step (filing_id, step);

CREATE INDEX filing_reference ON filing (reference_id);
