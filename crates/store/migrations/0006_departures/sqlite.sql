ALTER TABLE job ADD COLUMN begun_at INTEGER;
UPDATE job SET begun_at = run_at WHERE node IS NOT NULL OR interruptions > 0 OR kind = 'message.settle';
ALTER TABLE job DROP COLUMN interruptions;

DELETE FROM job WHERE kind = 'message.dispatch' AND EXISTS (
    SELECT 1 FROM job settling WHERE settling.kind = 'message.settle' AND settling.subject = job.subject);
UPDATE job SET kind = 'message.dispatch' WHERE kind = 'message.settle';

DROP INDEX job_run;
CREATE INDEX job_due ON job (kind, run_at);
CREATE INDEX job_node ON job (node) WHERE node IS NOT NULL;

CREATE TABLE pace (
    subject BLOB NOT NULL PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT;
