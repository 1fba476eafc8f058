//! The end of a job, in the same unit of work as its effect.

use super::Change;
use crate::read::Claimed;
use crate::sql::statements;
use crate::sql::value::args;
use counterfoil_model::{ConversationId, MessageId, Timestamp};

statements! {
    // While a job runs, `run_at` stands at the end of its lease; earlier means that somebody wished for it again meanwhile.
    JOB_LEAVE = "UPDATE job SET node = NULL, attempts = 0, begun_at = NULL, \
        leased_until = CASE WHEN run_at < leased_until THEN NULL ELSE leased_until END WHERE id = $1 AND node = $2";
    JOB_DELETE = "DELETE FROM job WHERE id = $1 AND node IS NULL AND leased_until IS NOT NULL";
    JOB_AGAIN = "UPDATE job SET node = NULL, leased_until = NULL, attempts = $4, begun_at = NULL, \
        run_at = CASE WHEN run_at < leased_until AND run_at < $3 THEN run_at ELSE $3 END WHERE id = $1 AND node = $2";
    JOB_OPEN = "UPDATE job SET node = NULL, leased_until = NULL, \
        run_at = CASE WHEN run_at < leased_until AND run_at < $3 THEN run_at ELSE $3 END WHERE id = $1 AND node = $2";
    // None of them waits for another any more: each is looked at.
    JOBS_BEGUN = "UPDATE job SET begun_at = $2, run_at = CASE WHEN $2 < run_at THEN $2 ELSE run_at END WHERE kind = $1 AND begun_at IS NULL";
    // The first of those written after it whose job still waits. One that runs sees the wish at its end.
    JOB_NEXT = "UPDATE job SET run_at = CASE WHEN $4 < run_at THEN $4 ELSE run_at END WHERE kind = $1 AND begun_at IS NULL \
        AND subject = (SELECT message.id FROM message, job waiting WHERE message.conversation_id = $2 AND message.id > $3 \
        AND message.direction = 2 AND waiting.kind = $1 AND waiting.subject = message.id ORDER BY message.id LIMIT 1)";
}

impl Change {
    /// A claimed job is done. It stays, fresh, when somebody wished for it again meanwhile. Conflict `job`: the claim had run out and
    /// another node has the job.
    pub fn job_done(claimed: &Claimed) -> [Self; 2] {
        [
            Self::one("job", JOB_LEAVE, args![claimed.id, claimed.node]),
            Self::any("job", JOB_DELETE, args![claimed.id]),
        ]
    }

    /// A claimed job had no effect and is to be tried again, not before `run_at`, with `attempts` counted so far. Conflict `job`: as
    /// for done.
    pub fn job_again(claimed: &Claimed, run_at: Timestamp, attempts: i64) -> Self {
        Self::one("job", JOB_AGAIN, args![claimed.id, claimed.node, run_at, attempts])
    }

    /// A claimed job may have had its effect, if it was begun, and is to be looked at again, not before `run_at`. Conflict `job`: as
    /// for done.
    pub fn job_open(claimed: &Claimed, run_at: Timestamp) -> Self {
        Self::one("job", JOB_OPEN, args![claimed.id, claimed.node, run_at])
    }

    /// Every job of this kind that there is may have had its effect: for rows that were brought from a backup, whose jobs were done since or not.
    pub fn jobs_begun(kind: &'static str, at: Timestamp) -> Self {
        Self::any("job", JOBS_BEGUN, args![kind.to_owned(), at])
    }

    /// The job of this kind for the outbound message that follows `message` in its conversation need not wait any longer.
    pub fn job_next(kind: &'static str, conversation: ConversationId, message: MessageId, now: Timestamp) -> Self {
        Self::any("job", JOB_NEXT, args![kind.to_owned(), conversation, message, now])
    }
}
