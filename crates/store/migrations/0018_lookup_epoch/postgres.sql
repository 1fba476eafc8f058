-- Whose lookup key is written: kept side by side with sqlite.sql.

ALTER TABLE installation ADD COLUMN lookup_epoch BIGINT NOT NULL DEFAULT 1;
