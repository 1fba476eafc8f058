-- Challenging erasures: kept side by side with postgres.sql.

CREATE TABLE erased_key (
    tree_id BLOB NOT NULL,
    first_index INTEGER NOT NULL,
    last_index INTEGER NOT NULL,
    erasure_id BLOB NOT NULL
) STRICT;
CREATE INDEX erased_key_erasure ON erased_key (erasure_id);

CREATE TABLE erasure_attempt (
    id BLOB NOT NULL PRIMARY KEY,
    challenge_id BLOB NOT NULL,
    erasure_id BLOB NOT NULL REFERENCES erasure (id) DEFERRABLE INITIALLY DEFERRED,
    place INTEGER NOT NULL,
    backup_id BLOB,
    outcome INTEGER NOT NULL,
    looked INTEGER NOT NULL,
    found INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX erasure_attempt_challenge ON erasure_attempt (erasure_id, challenge_id, id);
