-- Intake-only nodes: kept side by side with sqlite.sql.

CREATE TABLE gate_authority (
    id BYTEA NOT NULL PRIMARY KEY,
    sealed_authority BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL
);

CREATE TABLE gate (
    id BYTEA NOT NULL PRIMARY KEY,
    public_key BYTEA NOT NULL,
    sealed_title BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX gate_public_key ON gate (public_key);

CREATE TABLE gate_end (
    id BYTEA NOT NULL PRIMARY KEY,
    gate_id BYTEA NOT NULL REFERENCES gate (id) DEFERRABLE INITIALLY DEFERRED,
    recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX gate_end_gate ON gate_end (gate_id);

CREATE TABLE gate_seen (
    gate_id BYTEA NOT NULL PRIMARY KEY REFERENCES gate (id) DEFERRABLE INITIALLY DEFERRED,
    seen_at BIGINT NOT NULL,
    clear_until BIGINT NOT NULL,
    certificate_until BIGINT NOT NULL
);
