-- Challenging erasures: kept side by side with sqlite.sql.

CREATE TABLE erased_key (
    tree_id BYTEA NOT NULL,
    first_index BIGINT NOT NULL,
    last_index BIGINT NOT NULL,
    erasure_id BYTEA NOT NULL
);
CREATE INDEX erased_key_erasure ON erased_key (erasure_id);

CREATE TABLE erasure_attempt (
    id BYTEA NOT NULL PRIMARY KEY,
    challenge_id BYTEA NOT NULL,
    erasure_id BYTEA NOT NULL REFERENCES erasure (id) DEFERRABLE INITIALLY DEFERRED,
    place BIGINT NOT NULL,
    backup_id BYTEA,
    outcome BIGINT NOT NULL,
    looked BIGINT NOT NULL,
    found BIGINT NOT NULL,
    opened BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX erasure_attempt_challenge ON erasure_attempt (erasure_id, challenge_id, id);
