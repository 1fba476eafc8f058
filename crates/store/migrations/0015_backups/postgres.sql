-- The catalogue of backups and their trials: kept side by side with sqlite.sql.

CREATE TABLE backup (
    id BYTEA NOT NULL PRIMARY KEY,
    taken_at BIGINT NOT NULL,
    log_size BIGINT NOT NULL,
    log_root BYTEA NOT NULL,
    epoch BIGINT NOT NULL,
    data_digest BYTEA NOT NULL,
    vault_digest BYTEA NOT NULL,
    files BIGINT NOT NULL,
    sealed_whereabouts BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL
);

CREATE TABLE backup_drill (
    id BYTEA NOT NULL PRIMARY KEY,
    backup_id BYTEA NOT NULL REFERENCES backup (id) DEFERRABLE INITIALLY DEFERRED,
    sound BIGINT NOT NULL,
    opened BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX backup_drill_backup ON backup_drill (backup_id, id);
