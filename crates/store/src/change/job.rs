//! The end of a job, in the same unit of work as its effect.

use super::Change;
use crate::read::Claimed;
use crate::sql::statements;
use crate::sql::value::args;
use counterfoil_model::Timestamp;

statements! {
    // While a job runs, `run_at` stands at the end of its lease; earlier means that somebody wished for it again meanwhile.
    JOB_LEAVE = "UPDATE job SET node = NULL, attempts = 0, interruptions = 0, \
        leased_until = CASE WHEN run_at < leased_until THEN NULL ELSE leased_until END WHERE id = $1 AND node = $2";
    JOB_DELETE = "DELETE FROM job WHERE id = $1 AND node IS NULL AND leased_until IS NOT NULL";
    JOB_AGAIN = "UPDATE job SET node = NULL, leased_until = NULL, attempts = $4, interruptions = 0, \
        run_at = CASE WHEN run_at < leased_until AND run_at < $3 THEN run_at ELSE $3 END WHERE id = $1 AND node = $2";
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

    /// A claimed job is to be tried again, not before `run_at`, with `attempts` counted so far. Conflict `job`: as for done.
    pub fn job_again(claimed: &Claimed, run_at: Timestamp, attempts: i64) -> Self {
        Self::one("job", JOB_AGAIN, args![claimed.id, claimed.node, run_at, attempts])
    }
}
