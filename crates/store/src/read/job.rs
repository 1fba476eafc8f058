//! Jobs: claimed under a lease that is held by renewing it, and done in the unit of work of their effect.
//!
//! What cannot be taken back (a message that leaves) is begun first: from then on it is on the disk that it may have happened, whoever
//! has the job next. Only one claim begins a job, also when the one who lost it does not know yet.

use super::lease;
use super::pace::Turn;
use crate::alone::{TRIES, alone};
use crate::sql::dialect::JOB_CLAIM;
use crate::sql::text::{Sizes, cut, spell};
use crate::sql::value::args;
use crate::sql::{Cells, Database, Failure, Field, ReadError, Value, statements};
use crate::{Change, CommitError, Store, Unit};
use counterfoil_model::{ConversationId, JobId, MessageId, NodeId, Timestamp};
use std::time::Duration;

statements! {
    // As at a claim, `run_at` moves with the end of the lease, unless somebody wished for the job meanwhile.
    JOB_RENEW = "UPDATE job SET run_at = CASE WHEN run_at < leased_until THEN run_at ELSE $2 END, leased_until = $2 \
        WHERE node = $1 AND id IN ({list})";
    JOB_RELEASE = "UPDATE job SET run_at = CASE WHEN run_at < leased_until THEN run_at ELSE $2 END, node = NULL, leased_until = NULL \
        WHERE node = $1";
    JOB_RELEASE_ALL = "UPDATE job SET run_at = CASE WHEN run_at < leased_until THEN run_at ELSE $1 END, node = NULL, leased_until = NULL \
        WHERE node IS NOT NULL";
    JOB_BEGIN = "UPDATE job SET begun_at = $3 WHERE id = $1 AND node = $2 AND begun_at IS NULL";
    JOB_EARLIER = "SELECT CASE WHEN EXISTS (SELECT 1 FROM message, job WHERE message.conversation_id = $2 AND message.direction = 2 \
        AND message.id < $3 AND job.kind = $1 AND job.subject = message.id) THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END";
    JOB_NEXT = "SELECT min(CASE WHEN job.leased_until IS NOT NULL AND job.leased_until > job.run_at THEN job.leased_until ELSE job.run_at END) \
        FROM job WHERE job.kind IN ({list})";
    JOB_OF = "SELECT job.id FROM job WHERE job.kind = $1 AND job.subject = $2";
    JOBS_OVERDUE = "SELECT job.kind, count(*), min(job.run_at) FROM job WHERE job.run_at <= $1 \
        AND (job.leased_until IS NULL OR job.leased_until <= $1) GROUP BY job.kind ORDER BY job.kind";
}

/// Jobs of one kind that are due, and nobody does them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverdueJobs {
    /// Which work.
    pub kind: String,
    /// How many.
    pub count: i64,
    /// Since when the first is due.
    pub since: Timestamp,
}

/// A job that a node has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Its id.
    pub id: JobId,
    /// Which work.
    pub kind: String,
    /// On what: an id of ours.
    pub subject: Vec<u8>,
    /// How often it was begun since it was last done, this time included.
    pub attempts: i64,
    /// Since when what it does may have happened; `None` while it certainly has not.
    pub begun_at: Option<Timestamp>,
    /// Who claimed it.
    pub node: NodeId,
}

fn claimed(row: Vec<Value>, node: NodeId) -> Result<Claimed, ReadError> {
    let mut cells = Cells::new(row);
    Ok(Claimed {
        id: cells.take("job", "id")?,
        kind: cells.take("job", "kind")?,
        subject: cells.take("job", "subject")?,
        attempts: cells.take("job", "attempts")?,
        begun_at: cells.take("job", "begun_at")?,
        node,
    })
}

/// What became of the wish to begin a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// It is on the disk that it may have happened: do it now.
    Now,
    /// It is not its turn before this time. Nothing was changed.
    NotBefore(Timestamp),
    /// Another claim has it or had begun it. Nothing was changed.
    Lost,
}

/// Gives back every claim and lease: they are of processes that have ended, since this one alone may write here.
pub(crate) async fn release_all(database: &Database, now: Timestamp) -> Result<(), Failure> {
    alone!(database, |session| {
        session.execute(JOB_RELEASE_ALL, args![now]).await?;
        lease::release_all(&mut session, now).await?
    })
    .map(drop)
}

impl Store {
    /// Whether there is a job of this kind for this subject: it waits, or somebody is at it.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn job_there(&self, kind: &'static str, subject: [u8; 16]) -> Result<bool, ReadError> {
        let args = args![kind.to_owned(), subject.to_vec()];
        Ok(!self.database().rows(JOB_OF, args).await?.is_empty())
    }

    /// Claims up to `limit` due jobs of these kinds for `node`, for `lease`. A claim that runs out may be claimed by another.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn job_claim(
        &self,
        node: NodeId,
        kinds: &[&'static str],
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<Claimed>, ReadError> {
        if kinds.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.engine().clock.wall();
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let template = self.database().text(&JOB_CLAIM);
        let sizes = Sizes {
            list: kinds.len(),
            ..Sizes::default()
        };
        let rows = alone!(self.database(), |session| {
            let mut args = args![node, now, now.plus(lease), most];
            args.extend(kinds.iter().map(|kind| Value::Text((*kind).to_owned())));
            session.rows(spell(template, sizes), args).await?
        })?;
        rows.into_iter().map(|row| claimed(row, node)).collect()
    }

    /// Holds claims of `node` for longer; those that another node has by now stay that node's.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn job_renew(&self, node: NodeId, jobs: &[JobId], lease: Duration) -> Result<(), ReadError> {
        let until = self.engine().clock.wall().plus(lease);
        for piece in cut(jobs) {
            let sizes = Sizes {
                list: piece.len(),
                ..Sizes::default()
            };
            alone!(self.database(), |session| {
                let mut args = args![node, until];
                args.extend(piece.iter().map(|id| id.into_value()));
                session.execute(spell(JOB_RENEW, sizes), args).await?
            })?;
        }
        Ok(())
    }

    /// Gives back all claims of `node`, so that others need not wait for their end. What was begun stays begun.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn job_release(&self, node: NodeId) -> Result<(), ReadError> {
        let now = self.engine().clock.wall();
        alone!(self.database(), |session| {
            session.execute(JOB_RELEASE, args![node, now]).await?
        })?;
        Ok(())
    }

    /// Takes `turns` and puts on the disk that what the job does may have happened from now on; all of it or nothing.
    ///
    /// # Errors
    /// See [`ReadError`]; whether it was begun is then not known, and it must not be done.
    pub async fn job_begin(&self, claimed: &Claimed, turns: &[Turn]) -> Result<Begun, ReadError> {
        let mut tries = 1;
        loop {
            match self.begin(claimed, turns).await {
                Err(failure) if failure.may_try_again() && tries < TRIES => tries += 1,
                outcome => return Ok(outcome?),
            }
        }
    }

    async fn begin(&self, claimed: &Claimed, turns: &[Turn]) -> Result<Begun, Failure> {
        let engine = self.engine();
        let now = engine.clock.wall();
        let mut session = self.database().begin().await?;
        let mut not_before = None;
        let begun = session.execute(JOB_BEGIN, args![claimed.id, claimed.node, now]).await? == 1;
        if begun {
            for turn in turns {
                not_before = not_before.max(turn.take(&mut session, now).await?);
            }
        }
        if let Some(at) = not_before {
            session.rollback().await?;
            return Ok(Begun::NotBefore(at));
        }
        if !begun {
            session.rollback().await?;
            return Ok(Begun::Lost);
        }
        engine.faults.before_commit("job.begin")?;
        session.commit().await?;
        engine.faults.after_commit("job.begin")?;
        Ok(Begun::Now)
    }

    /// Whether a message that was written before `message` in the same conversation still has a job of this kind.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn job_earlier(
        &self,
        kind: &'static str,
        conversation: ConversationId,
        message: MessageId,
    ) -> Result<bool, ReadError> {
        let args = args![kind.to_owned(), conversation, message];
        let rows = self.database().rows(JOB_EARLIER, args).await?;
        let found: i64 = Cells::new(rows.into_iter().next().unwrap_or_default()).take("job", "subject")?;
        Ok(found == 1)
    }

    /// A claimed job is done and has no effect to keep; otherwise put [`Change::job_done`] into the unit of work of its effect.
    ///
    /// # Errors
    /// Conflict `job` when the claim had run out and another node has the job.
    pub async fn job_done(&self, claimed: &Claimed) -> Result<(), CommitError> {
        self.commit(Unit::new("job.done").changes(Change::job_done(claimed)))
            .await
    }

    /// A claimed job had no effect and is to be tried again, not before `run_at`, with `attempts` counted so far.
    ///
    /// # Errors
    /// Conflict `job` when the claim had run out and another node has the job.
    pub async fn job_again(&self, claimed: &Claimed, run_at: Timestamp, attempts: i64) -> Result<(), CommitError> {
        self.commit(Unit::new("job.again").change(Change::job_again(claimed, run_at, attempts)))
            .await
    }

    /// A claimed job may have had its effect, if it was begun, and is to be looked at again, not before `run_at`.
    ///
    /// # Errors
    /// Conflict `job` when the claim had run out and another node has the job.
    pub async fn job_open(&self, claimed: &Claimed, run_at: Timestamp) -> Result<(), CommitError> {
        self.commit(Unit::new("job.open").change(Change::job_open(claimed, run_at)))
            .await
    }

    /// When the next job of these kinds may be claimed.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn job_next_at(&self, kinds: &[&'static str]) -> Result<Option<Timestamp>, ReadError> {
        let list = kinds.iter().map(|kind| Value::Text((*kind).to_owned())).collect();
        let rows = self.database().listed(JOB_NEXT, Vec::new(), list).await?;
        let mut next = None;
        for row in rows {
            let at: Option<Timestamp> = Cells::new(row).take("job", "run_at")?;
            next = match (next, at) {
                (Some(known), Some(at)) => Some(at.min(known)),
                (known, at) => known.or(at),
            };
        }
        Ok(next)
    }

    /// Jobs that were due at `before` and that nobody has, by kind.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn jobs_overdue(&self, before: Timestamp) -> Result<Vec<OverdueJobs>, ReadError> {
        let rows = self.database().rows(JOBS_OVERDUE, args![before]).await?;
        rows.into_iter()
            .map(|row| {
                let mut cells = Cells::new(row);
                Ok(OverdueJobs {
                    kind: cells.take("job", "kind")?,
                    count: cells.take("job", "count")?,
                    since: cells.take("job", "run_at")?,
                })
            })
            .collect()
    }
}
