//! Groups that were committed, on their way to the disk and to those who wait for them: whoever asked is answered, and others are woken, once
//! the disk has what was kept.
//!
//! Where the disk is synced beside the writer (SQLite), one sync serves all groups that wait for it by then; where the engine sees to
//! it (PostgreSQL), a group is answered at once.

use crate::sql::{Failure, Unsynced};
use crate::writer::{CommitError, Engine};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// How many groups wait for the disk, at the most, while the next is being written.
pub(crate) const UNSYNCED: usize = 2;

/// What was kept in one transaction.
pub(crate) struct Kept {
    /// Who is to be woken.
    pub(crate) rings: u8,
    /// What is to be waited for first.
    pub(crate) unsynced: Option<Unsynced>,
}

/// A group with the outcome of each of its units.
#[derive(Default)]
pub(crate) struct Settled {
    /// The name of each unit, its outcome and who waits for it.
    pub(crate) answers: Vec<(
        &'static str,
        Result<(), CommitError>,
        oneshot::Sender<Result<(), CommitError>>,
    )>,
    pub(crate) rings: u8,
    pub(crate) unsynced: Option<Unsynced>,
}

impl Settled {
    /// Takes in what a transaction of the group came to.
    pub(crate) fn with(&mut self, kept: Result<Kept, CommitError>) -> Result<(), CommitError> {
        let kept = kept?;
        self.rings |= kept.rings;
        self.unsynced = kept.unsynced.or(self.unsynced.take());
        Ok(())
    }

    /// The disk failed: of what was committed it is not known whether it will be there.
    fn fail(&mut self, failure: &Arc<Failure>) {
        self.rings = 0;
        for (_, outcome, _) in &mut self.answers {
            if outcome.is_ok() {
                *outcome = Err(CommitError::Unavailable(Arc::clone(failure)));
            }
        }
    }
}

/// Brings to the disk what the writer committed and answers, until the writer has ended. For a thread that may wait for the disk.
pub(crate) async fn run(engine: Arc<Engine>, mut unsynced: mpsc::Receiver<Settled>) {
    while let Some(first) = unsynced.recv().await {
        let mut groups = vec![first];
        groups.extend(std::iter::from_fn(|| unsynced.try_recv().ok()).take(UNSYNCED));
        engine.answer_synced(groups);
    }
}

impl Engine {
    /// Waits for the disk and answers.
    pub(crate) fn answer_synced(&self, groups: Vec<Settled>) {
        // All were committed by now, so that one sync brings all of them.
        let synced = groups
            .last()
            .and_then(|group| group.unsynced.as_ref())
            .map_or(Ok(()), Unsynced::sync);
        let failure = synced.err().map(Arc::new);
        for mut group in groups {
            if let Some(failure) = &failure {
                group.fail(failure);
            }
            self.answer(group);
        }
    }

    /// Answers a group and wakes who waits for what it brought.
    pub(crate) fn answer(&self, group: Settled) {
        if group.rings != 0 {
            self.bell.ring(group.rings);
            self.tell.others(group.rings);
        }
        for (unit, outcome, who) in group.answers {
            let label = match &outcome {
                Ok(()) => "kept",
                Err(CommitError::Conflict { .. }) => "conflict",
                Err(_) => "failed",
            };
            metrics::counter!("counterfoil_store_units", "unit" => unit, "outcome" => label).increment(1);
            // Who asked may have gone away; the unit is kept or not all the same.
            let _ = who.send(outcome);
        }
    }
}
