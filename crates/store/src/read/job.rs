//! Jobs: claimed under a lease, done in the unit of work of their effect.

use crate::alone::alone;
use crate::sql::dialect::JOB_CLAIM;
use crate::sql::text::{Sizes, spell};
use crate::sql::value::args;
use crate::sql::{Cells, ReadError, Value, statements};
use crate::{Change, CommitError, Store, Unit};
use counterfoil_model::{JobId, NodeId, Timestamp};
use std::time::Duration;

statements! {
    JOB_NEXT = "SELECT min(CASE WHEN job.leased_until IS NOT NULL AND job.leased_until > job.run_at THEN job.leased_until ELSE job.run_at END) \
        FROM job WHERE job.kind IN ({list})";
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
    /// Whether an earlier claim ran out before its holder ended it: what it was doing may have happened.
    pub interrupted: bool,
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
        interrupted: cells.take::<i64>("job", "interruptions")? > 0,
        node,
    })
}

impl Store {
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

    /// A claimed job is done and has no effect to keep; otherwise put [`Change::job_done`] into the unit of work of its effect.
    ///
    /// # Errors
    /// Conflict `job` when the claim had run out and another node has the job.
    pub async fn job_done(&self, claimed: &Claimed) -> Result<(), CommitError> {
        self.commit(Unit::new("job.done").changes(Change::job_done(claimed)))
            .await
    }

    /// A claimed job is to be tried again, not before `run_at`, with `attempts` counted so far.
    ///
    /// # Errors
    /// Conflict `job` when the claim had run out and another node has the job.
    pub async fn job_again(&self, claimed: &Claimed, run_at: Timestamp, attempts: i64) -> Result<(), CommitError> {
        self.commit(Unit::new("job.again").change(Change::job_again(claimed, run_at, attempts)))
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
}
