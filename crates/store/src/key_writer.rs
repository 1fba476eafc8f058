//! The vault store's writer: takes all writes that wait, keeps them in one transaction, answers after the commit.
//!
//! New contacts come in many at a time and each needs two trees; together they cost the disk one flush. When one of a group is refused
//! (its epoch is closed, somebody wrote first), nothing of the group is kept and each is tried alone, so that only it is told so.

use crate::alone::TRIES;
use crate::key_puncture;
use crate::sql::value::args;
use crate::sql::{Database, ReadError, Value, statements};
use counterfoil_model::Timestamp;
use counterfoil_vault::{HoldRow, TreePuncture};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};

/// The most writes in one transaction.
const GROUP: usize = 256;

statements! {
    // Touching the row makes writing under an epoch and closing it wait for one another.
    EPOCH_OPEN = "UPDATE epoch SET state = state WHERE number = $1 AND state = 1";
}

/// Touches an epoch, if it is open.
pub(crate) const IS_OPEN: &str = EPOCH_OPEN;

/// One write: statements that must change one row each, all or none, while all of `epochs` are open.
pub(crate) struct Write {
    pub(crate) epochs: Vec<i64>,
    pub(crate) statements: Vec<(&'static str, Vec<Value>)>,
    /// Trees that have forgotten leaves, and when.
    pub(crate) punctures: Option<(Vec<TreePuncture>, Timestamp)>,
    /// Whether the bytes that stood there before must be gone from the file when it is answered.
    pub(crate) scrub: bool,
}

/// What became of a write.
#[derive(PartialEq)]
pub(crate) enum Outcome {
    Kept,
    /// Nothing is kept: an epoch is closed, or a row is another than was thought.
    Refused,
    /// Nothing is kept: these holds are in the way.
    Held(Vec<HoldRow>),
}

/// A write and who waits for it.
pub(crate) struct Waiting {
    pub(crate) write: Write,
    pub(crate) answer: oneshot::Sender<Result<Outcome, Arc<ReadError>>>,
}

/// Takes what waits until the store is closed and nothing waits any more.
pub(crate) async fn run(
    database: Arc<Database>,
    mut queue: mpsc::Receiver<Waiting>,
    mut closing: watch::Receiver<bool>,
) {
    loop {
        let mut group = Vec::new();
        tokio::select! {
            _ = queue.recv_many(&mut group, GROUP) => {}
            _ = closing.changed() => {
                queue.close();
                queue.recv_many(&mut group, GROUP).await;
            }
        }
        if group.is_empty() {
            return;
        }
        let (writes, answers): (Vec<Write>, Vec<_>) = group.into_iter().map(|w| (w.write, w.answer)).unzip();
        for (outcome, answer) in settle(&database, &writes).await.into_iter().zip(answers) {
            // Who asked may have gone away; the write is kept or not all the same.
            let _ = answer.send(outcome.map_err(Arc::new));
        }
    }
}

async fn settle(database: &Database, writes: &[Write]) -> Vec<Result<Outcome, ReadError>> {
    if let [_, _, ..] = writes
        && let Ok(Outcome::Kept) = keep(database, writes).await
    {
        return writes.iter().map(|_| Ok(Outcome::Kept)).collect();
    }
    let mut outcomes = Vec::with_capacity(writes.len());
    for write in writes {
        outcomes.push(keep(database, std::slice::from_ref(write)).await);
    }
    outcomes
}

/// Keeps all of `writes` or none, again when another transaction is in the way.
async fn keep(database: &Database, writes: &[Write]) -> Result<Outcome, ReadError> {
    let mut tries = 1;
    loop {
        match attempt(database, writes).await {
            Err(ReadError::Unavailable(failure)) if failure.may_try_again() && tries < TRIES => tries += 1,
            outcome => return outcome,
        }
    }
}

async fn attempt(database: &Database, writes: &[Write]) -> Result<Outcome, ReadError> {
    let mut epochs: Vec<i64> = writes.iter().flat_map(|write| &write.epochs).copied().collect();
    epochs.sort_unstable();
    epochs.dedup();
    let mut statements: Vec<(&'static str, Vec<Value>)> = Vec::new();
    statements.extend(epochs.into_iter().map(|epoch| (EPOCH_OPEN, args![epoch])));
    statements.extend(writes.iter().flat_map(|write| &write.statements).cloned());

    let mut session = database.begin().await?;
    for (statement, args) in statements {
        if session.execute(statement, args).await? != 1 {
            session.rollback().await?;
            return Ok(Outcome::Refused);
        }
    }
    for (trees, at) in writes.iter().filter_map(|write| write.punctures.as_ref()) {
        match key_puncture::put(&mut session, trees, *at).await? {
            Outcome::Kept => {}
            other => {
                session.rollback().await?;
                return Ok(other);
            }
        }
    }
    session.commit().await?;
    if writes.iter().any(|write| write.scrub) {
        database.scrub().await?;
    }
    Ok(Outcome::Kept)
}
