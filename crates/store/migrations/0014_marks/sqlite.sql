-- Marks lie by time: kept side by side with postgres.sql.

ALTER TABLE message ADD COLUMN mark BLOB;
UPDATE message SET mark = CASE seen.item_hash WHEN message.id THEN unhex('ffffffffff' || hex(substr(message.id, 1, 11)))
    ELSE unhex(printf('%010x', max(message.occurred_at, 0) / 1000000) || hex(substr(seen.item_hash, 1, 11))) END
    FROM seen WHERE seen.message_id = message.id;
DROP INDEX message_conversation;
CREATE INDEX message_conversation ON message (conversation_id, occurred_at, id, direction, recorded_at, substr(provider_hash, 1, 8));

CREATE TABLE seen_new (
    mark BLOB NOT NULL PRIMARY KEY,
    at INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO seen_new SELECT unhex('ffffffffff' || hex(substr(item_hash, 1, 11))), max(at) FROM seen GROUP BY 1;
INSERT INTO seen_new SELECT unhex('ffffffffff' || hex(substr(about_hash, 1, 11))), max(at) FROM seen WHERE message_id IS NULL GROUP BY 1 ON CONFLICT DO NOTHING;
INSERT INTO seen_new SELECT mark, NULL FROM message WHERE mark IS NOT NULL ON CONFLICT DO NOTHING;
DROP TABLE seen;
ALTER TABLE seen_new RENAME TO seen;
CREATE INDEX seen_at ON seen (at) WHERE at IS NOT NULL;
