-- By which way a message came to be here, and what the provider tells of itself: kept side by side with sqlite.sql.

ALTER TABLE message ADD COLUMN origin BIGINT NOT NULL DEFAULT 1;
ALTER TABLE kept ADD COLUMN kind TEXT;
ALTER TABLE kept ADD COLUMN weight BIGINT NOT NULL DEFAULT 1;
CREATE INDEX kept_told ON kept (weight, id) WHERE kind IS NOT NULL;
