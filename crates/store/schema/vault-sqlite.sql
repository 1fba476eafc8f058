CREATE TABLE epoch (
    number INTEGER NOT NULL PRIMARY KEY,
    state INTEGER NOT NULL,
    provider TEXT NOT NULL,
    wrapped BLOB NOT NULL,
    opened_at INTEGER NOT NULL
) STRICT;
CREATE TABLE head (
    id INTEGER NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    mac BLOB NOT NULL
) STRICT;
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
CREATE TABLE node (
    id BLOB NOT NULL PRIMARY KEY,
    started_at INTEGER NOT NULL,
    renewed_at INTEGER NOT NULL,
    leased_until INTEGER NOT NULL,
    dropped INTEGER NOT NULL
, opens INTEGER NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE puncture (
    number INTEGER NOT NULL PRIMARY KEY,
    tree_id BLOB,
    at INTEGER NOT NULL
) STRICT;
CREATE TABLE puncture_head (
    id INTEGER NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT;
CREATE TABLE secret (
    name TEXT NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL REFERENCES epoch (number) DEFERRABLE INITIALLY DEFERRED,
    generation INTEGER NOT NULL,
    wrapped BLOB NOT NULL
) STRICT;
CREATE TABLE tree (
    id BLOB NOT NULL PRIMARY KEY,
    kind INTEGER NOT NULL,
    epoch INTEGER NOT NULL REFERENCES epoch (number) DEFERRABLE INITIALLY DEFERRED,
    generation INTEGER NOT NULL,
    next_index INTEGER NOT NULL,
    wrapped BLOB NOT NULL
) STRICT;
CREATE INDEX tree_epoch ON tree (epoch, id);
