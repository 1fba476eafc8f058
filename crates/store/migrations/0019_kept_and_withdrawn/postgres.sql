-- What stays of something that is erased, and copies elsewhere that are withdrawn: kept side by side with sqlite.sql.

CREATE TABLE erasure_kept (
    id BYTEA NOT NULL PRIMARY KEY,
    erasure_id BYTEA NOT NULL REFERENCES erasure (id) DEFERRABLE INITIALLY DEFERRED,
    target BIGINT NOT NULL,
    object_id BYTEA NOT NULL,
    ground BIGINT NOT NULL,
    hold_id BYTEA,
    sealed_ground BYTEA,
    recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX erasure_kept_once ON erasure_kept (erasure_id, object_id);

CREATE TABLE withdrawal_step (
    id BYTEA NOT NULL PRIMARY KEY,
    filing_id BYTEA NOT NULL,
    step BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    code BIGINT,
    at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX withdrawal_step_once ON withdrawal_step (filing_id, step);

CREATE INDEX filing_reference ON filing (reference_id);
