-- Retiring key epochs: kept side by side with postgres.sql.

CREATE TABLE retirement (
    id BLOB NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL,
    final_before INTEGER NOT NULL,
    sealed_authority BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX retirement_epoch ON retirement (epoch);

CREATE TABLE retirement_step (
    id BLOB NOT NULL PRIMARY KEY,
    retirement_id BLOB NOT NULL REFERENCES retirement (id) DEFERRABLE INITIALLY DEFERRED,
    step INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX retirement_step_once ON retirement_step (retirement_id, step);

CREATE TABLE erasure_final (
    id BLOB NOT NULL PRIMARY KEY REFERENCES erasure (id) DEFERRABLE INITIALLY DEFERRED,
    retirement_id BLOB NOT NULL REFERENCES retirement (id) DEFERRABLE INITIALLY DEFERRED,
    recorded_at INTEGER NOT NULL
) STRICT;
