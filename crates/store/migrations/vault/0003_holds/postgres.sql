-- What must not be erased. Kept side by side with sqlite.sql: the same names in the same order.

CREATE TABLE hold (
    id BYTEA NOT NULL,
    tree_id BYTEA NOT NULL REFERENCES tree (id) DEFERRABLE INITIALLY DEFERRED,
    first_index BIGINT NOT NULL,
    last_index BIGINT NOT NULL,
    placed_at BIGINT NOT NULL,
    released_at BIGINT,
    PRIMARY KEY (id, tree_id, first_index, last_index)
);
CREATE INDEX hold_living ON hold (tree_id) WHERE released_at IS NULL;
