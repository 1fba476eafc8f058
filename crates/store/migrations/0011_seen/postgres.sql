-- Fewer places for every message: kept side by side with sqlite.sql.

DROP INDEX message_conversation;
CREATE INDEX message_conversation ON message (conversation_id, occurred_at, id, direction, recorded_at);
DROP INDEX message_inbound;

CREATE TABLE seen_new (
    about_hash BYTEA NOT NULL,
    item_hash BYTEA NOT NULL,
    message_id BYTEA,
    at BIGINT NOT NULL,
    PRIMARY KEY (about_hash, item_hash)
);
INSERT INTO seen_new SELECT substr(hash, 1, 16), substr(hash, 17), NULL, at FROM seen;
INSERT INTO seen_new SELECT substr(provider_hash, 1, 16), id, id, recorded_at FROM message WHERE provider_hash IS NOT NULL;
DROP TABLE seen;
ALTER TABLE seen_new RENAME TO seen;
ALTER INDEX seen_new_pkey RENAME TO seen_pkey;
CREATE INDEX seen_tombstone ON seen (at) WHERE message_id IS NULL;
DROP INDEX message_provider;
