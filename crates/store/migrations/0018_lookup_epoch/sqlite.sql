-- Whose lookup key is written: kept side by side with postgres.sql.

ALTER TABLE installation ADD COLUMN lookup_epoch INTEGER NOT NULL DEFAULT 1;
