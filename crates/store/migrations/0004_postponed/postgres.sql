-- Posts in trouble: kept side by side with sqlite.sql.

CREATE TABLE postponed (
    delivery_id BYTEA NOT NULL PRIMARY KEY REFERENCES delivery (id) DEFERRABLE INITIALLY DEFERRED,
    reason BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    since BIGINT NOT NULL,
    try_at BIGINT NOT NULL
);
