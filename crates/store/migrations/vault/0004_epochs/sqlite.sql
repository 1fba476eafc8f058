-- What each node knows of epochs that change. Kept side by side with postgres.sql: the same names in the same order.

ALTER TABLE node ADD COLUMN opens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE node ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
