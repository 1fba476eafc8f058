-- What a restore lost of erasures: kept side by side with sqlite.sql.

CREATE TABLE erasure_lost (
    id BYTEA NOT NULL PRIMARY KEY,
    lost BIGINT NOT NULL,
    erasure_id BYTEA NOT NULL,
    target BIGINT,
    object_id BYTEA
);
CREATE INDEX erasure_lost_erasure ON erasure_lost (lost, erasure_id, id);
