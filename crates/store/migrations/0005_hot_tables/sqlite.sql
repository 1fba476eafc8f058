-- Short rows that every message writes, kept once: kept side by side with postgres.sql.

CREATE TABLE seen_new (
    hash BLOB NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO seen_new SELECT hash, at FROM seen;
DROP TABLE seen;
ALTER TABLE seen_new RENAME TO seen;

CREATE TABLE intake_item_new (
    delivery_id BLOB NOT NULL REFERENCES delivery (id) DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    outcome INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (delivery_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO intake_item_new SELECT delivery_id, position, kind, outcome, at FROM intake_item;
DROP TABLE intake_item;
ALTER TABLE intake_item_new RENAME TO intake_item;

CREATE TABLE pending_leaf_new (
    id BLOB NOT NULL PRIMARY KEY,
    subject BLOB NOT NULL,
    bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO pending_leaf_new SELECT id, subject, bytes FROM pending_leaf;
DROP TABLE pending_leaf;
ALTER TABLE pending_leaf_new RENAME TO pending_leaf;

CREATE TABLE pending_event_new (
    id BLOB NOT NULL PRIMARY KEY,
    kind INTEGER NOT NULL,
    conversation_id BLOB,
    subject BLOB,
    person_id BLOB,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO pending_event_new SELECT id, kind, conversation_id, subject, person_id, at FROM pending_event;
DROP TABLE pending_event;
ALTER TABLE pending_event_new RENAME TO pending_event;

DROP INDEX message_refers;
CREATE INDEX message_refers ON message (refers_hash) WHERE refers_hash IS NOT NULL;
