-- What belongs to a message or a file goes before it, and that is asked at once: sqlite.sql has nothing to change.

ALTER TABLE attachment DROP CONSTRAINT attachment_message_id_fkey,
    ADD FOREIGN KEY (message_id) REFERENCES message (id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE filing DROP CONSTRAINT filing_message_id_fkey,
    ADD FOREIGN KEY (message_id) REFERENCES message (id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE tick DROP CONSTRAINT tick_message_id_fkey,
    ADD FOREIGN KEY (message_id) REFERENCES message (id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED;
