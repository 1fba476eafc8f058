-- Posts in trouble: kept side by side with postgres.sql.

CREATE TABLE postponed (
    delivery_id BLOB NOT NULL PRIMARY KEY REFERENCES delivery (id) DEFERRABLE INITIALLY DEFERRED,
    reason INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    since INTEGER NOT NULL,
    try_at INTEGER NOT NULL
) STRICT;
