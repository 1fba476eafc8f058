-- Marks lie by time: kept side by side with sqlite.sql.

ALTER TABLE message ADD COLUMN mark BYTEA;
UPDATE message SET mark = CASE seen.item_hash WHEN message.id THEN '\xffffffffff'::bytea || substr(message.id, 1, 11)
    ELSE substr(int8send(greatest(message.occurred_at, 0) / 1000000), 4) || substr(seen.item_hash, 1, 11) END
    FROM seen WHERE seen.message_id = message.id;
DROP INDEX message_conversation;
CREATE INDEX message_conversation ON message (conversation_id, occurred_at, id, direction, recorded_at, substr(provider_hash, 1, 8));

CREATE TABLE seen_new (
    mark BYTEA NOT NULL PRIMARY KEY,
    at BIGINT
);
INSERT INTO seen_new SELECT '\xffffffffff'::bytea || substr(item_hash, 1, 11), max(at) FROM seen GROUP BY 1;
INSERT INTO seen_new SELECT '\xffffffffff'::bytea || substr(about_hash, 1, 11), max(at) FROM seen WHERE message_id IS NULL GROUP BY 1 ON CONFLICT DO NOTHING;
INSERT INTO seen_new SELECT mark, NULL FROM message WHERE mark IS NOT NULL ON CONFLICT DO NOTHING;
DROP TABLE seen;
ALTER TABLE seen_new RENAME TO seen;
ALTER INDEX seen_new_pkey RENAME TO seen_pkey;
CREATE INDEX seen_at ON seen (at) WHERE at IS NOT NULL;
