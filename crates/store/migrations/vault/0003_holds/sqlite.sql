-- What must not be erased. Kept side by side with postgres.sql: the same names in the same order.

CREATE TABLE hold (
    id BLOB NOT NULL,
    tree_id BLOB NOT NULL REFERENCES tree (id) DEFERRABLE INITIALLY DEFERRED,
    first_index INTEGER NOT NULL,
    last_index INTEGER NOT NULL,
    placed_at INTEGER NOT NULL,
    released_at INTEGER,
    PRIMARY KEY (id, tree_id, first_index, last_index)
) STRICT;
CREATE INDEX hold_living ON hold (tree_id) WHERE released_at IS NULL;
