-- What a restore lost of erasures: kept side by side with postgres.sql.

CREATE TABLE erasure_lost (
    id BLOB NOT NULL PRIMARY KEY,
    lost INTEGER NOT NULL,
    erasure_id BLOB NOT NULL,
    target INTEGER,
    object_id BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX erasure_lost_erasure ON erasure_lost (lost, erasure_id, id);
