-- Retiring key epochs: kept side by side with sqlite.sql.

CREATE TABLE retirement (
    id BYTEA NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL,
    final_before BIGINT NOT NULL,
    sealed_authority BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX retirement_epoch ON retirement (epoch);

CREATE TABLE retirement_step (
    id BYTEA NOT NULL PRIMARY KEY,
    retirement_id BYTEA NOT NULL REFERENCES retirement (id) DEFERRABLE INITIALLY DEFERRED,
    step BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX retirement_step_once ON retirement_step (retirement_id, step);

CREATE TABLE erasure_final (
    id BYTEA NOT NULL PRIMARY KEY REFERENCES erasure (id) DEFERRABLE INITIALLY DEFERRED,
    retirement_id BYTEA NOT NULL REFERENCES retirement (id) DEFERRABLE INITIALLY DEFERRED,
    recorded_at BIGINT NOT NULL
);
