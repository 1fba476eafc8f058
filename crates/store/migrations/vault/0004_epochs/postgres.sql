-- What each node knows of epochs that change. Kept side by side with sqlite.sql: the same names in the same order.

ALTER TABLE node ADD COLUMN opens BIGINT NOT NULL DEFAULT 0;
ALTER TABLE node ADD COLUMN gone BIGINT NOT NULL DEFAULT 0;
