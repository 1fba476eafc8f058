-- Intake-only nodes: kept side by side with postgres.sql.

CREATE TABLE gate_authority (
    id BLOB NOT NULL PRIMARY KEY,
    sealed_authority BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;

CREATE TABLE gate (
    id BLOB NOT NULL PRIMARY KEY,
    public_key BLOB NOT NULL,
    sealed_title BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX gate_public_key ON gate (public_key);

CREATE TABLE gate_end (
    id BLOB NOT NULL PRIMARY KEY,
    gate_id BLOB NOT NULL REFERENCES gate (id) DEFERRABLE INITIALLY DEFERRED,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX gate_end_gate ON gate_end (gate_id);

CREATE TABLE gate_seen (
    gate_id BLOB NOT NULL PRIMARY KEY REFERENCES gate (id) DEFERRABLE INITIALLY DEFERRED,
    seen_at INTEGER NOT NULL,
    clear_until INTEGER NOT NULL,
    certificate_until INTEGER NOT NULL
) STRICT;
