-- Only messages that refer to another one stand in the index of those: kept side by side with sqlite.sql.

DROP INDEX message_refers;
CREATE INDEX message_refers ON message (refers_hash) WHERE refers_hash IS NOT NULL;
