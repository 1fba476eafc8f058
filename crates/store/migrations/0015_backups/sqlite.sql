-- The catalogue of backups and their trials: kept side by side with postgres.sql.

CREATE TABLE backup (
    id BLOB NOT NULL PRIMARY KEY,
    taken_at INTEGER NOT NULL,
    log_size INTEGER NOT NULL,
    log_root BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    data_digest BLOB NOT NULL,
    vault_digest BLOB NOT NULL,
    files INTEGER NOT NULL,
    sealed_whereabouts BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;

CREATE TABLE backup_drill (
    id BLOB NOT NULL PRIMARY KEY,
    backup_id BLOB NOT NULL REFERENCES backup (id) DEFERRABLE INITIALLY DEFERRED,
    sound INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX backup_drill_backup ON backup_drill (backup_id, id);
