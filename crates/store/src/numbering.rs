//! Numbering: gives leaves and events their numbers and extends the log, in the transaction that does so.
//!
//! A group numbers its own as the last thing before its commit, with the head of the log held: of several that number at the same time
//! one waits for the other's commit, so that a number once seen is never followed by a late smaller one. When some still wait from before,
//! or the head does not agree with itself, they are left without numbers in the pending tables, and the sequencer numbers those in one pass, in
//! the order in which it finds them committed. Signing follows; it is never done here.

use crate::Store;
use crate::bell::rings;
use crate::read::LogHead;
use crate::rows::{EventRow, LeafRow, Row};
use crate::sql::value::args;
use crate::sql::{Cells, Failure, Field, ReadError, Session, Value, statements};
use counterfoil_ledger::Hash;
use counterfoil_ledger::tree::leaf_hash;

statements! {
    PENDING = "SELECT CASE WHEN EXISTS (SELECT 1 FROM pending_leaf) OR EXISTS (SELECT 1 FROM pending_event) \
        THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END";
    // Also locks the row: two sequencers never number at the same time.
    HEAD_FENCE = "UPDATE log_head SET fence = $1 WHERE id = 1 AND fence <= $1";
    HEAD_MOVE = "UPDATE log_head SET size = $1, frontier = $2, root = $3, event_number = $4 WHERE id = 1";
    LEAVES_PENDING = "SELECT id, subject, bytes FROM pending_leaf ORDER BY id LIMIT $1";
    LEAVES_TAKE = "DELETE FROM pending_leaf WHERE id IN ({list})";
    LEAVES_TAKE_UP_TO = "DELETE FROM pending_leaf WHERE id <= $1";
    EVENTS_PENDING = "SELECT id, kind, conversation_id, subject, person_id, at FROM pending_event ORDER BY id LIMIT $1";
    EVENTS_TAKE = "DELETE FROM pending_event WHERE id IN ({list})";
    EVENTS_TAKE_UP_TO = "DELETE FROM pending_event WHERE id <= $1";
}

/// What one pass of the sequencer numbered.
#[derive(Debug)]
pub struct Sequenced {
    /// The number of the first new leaf.
    pub first: i64,
    /// How many leaves are new.
    pub leaves: usize,
    /// How many events got their numbers.
    pub events: usize,
    /// Entries in the tree now.
    pub size: i64,
    /// Its root now.
    pub root: Hash,
}

/// Why nothing was numbered.
#[derive(Debug, thiserror::Error)]
pub enum SequenceError {
    /// A newer sequencer has taken over.
    #[error("another sequencer has taken over")]
    Fenced,
    /// What is kept of the log does not agree with itself: the database was changed by something else.
    #[error("the head of the log does not agree with itself")]
    Damaged,
    /// The engine could not be asked.
    #[error("the log could not be extended")]
    Store(#[source] ReadError),
}

impl SequenceError {
    /// Whether doing the whole pass again is right.
    fn may_try_again(&self) -> bool {
        matches!(self, Self::Store(ReadError::Unavailable(failure)) if failure.may_try_again())
    }
}

impl From<ReadError> for SequenceError {
    fn from(error: ReadError) -> Self {
        Self::Store(error)
    }
}

impl From<Failure> for SequenceError {
    fn from(failure: Failure) -> Self {
        Self::Store(failure.into())
    }
}

/// What has no number yet.
#[derive(Default)]
pub(crate) struct Unnumbered {
    /// Subject and bytes, in their order.
    pub(crate) leaves: Vec<(Value, Vec<u8>)>,
    /// All of each row but its number, in their order.
    pub(crate) events: Vec<Vec<Value>>,
}

impl Unnumbered {
    pub(crate) fn is_empty(&self) -> bool {
        self.leaves.is_empty() && self.events.is_empty()
    }
}

/// Numbers what a group of units brings in its own transaction, or gives it back: some wait from before and go first, or the log does not
/// agree with itself, which is the sequencer's to say. The last thing before the commit, since all others wait behind it.
pub(crate) async fn at_once(session: &mut Session, brought: Unnumbered) -> Result<Option<Unnumbered>, Failure> {
    if brought.is_empty() {
        return Ok(None);
    }
    let head = match LogHead::held(session).await {
        Err(SequenceError::Store(ReadError::Unavailable(failure))) => return Err(failure),
        head => head,
    };
    // Looked at after the head is held: who came before has ended.
    match head {
        Ok(head) if !waits(session.rows(PENDING, Vec::new()).await?) => {
            append(session, head, brought).await?;
            Ok(None)
        }
        _ => Ok(Some(brought)),
    }
}

/// Numbers the leaves and events from `head` on, and moves it.
async fn append(session: &mut Session, head: LogHead, new: Unnumbered) -> Result<Sequenced, Failure> {
    let (leaves, events) = (new.leaves.len(), new.events.len());
    let mut frontier = head.frontier;
    let rows = (head.size..).zip(new.leaves).map(|(number, (subject, bytes))| {
        let hash = leaf_hash(&bytes);
        frontier.append(hash);
        vec![number.into_value(), subject, hash.into_value(), bytes.into_value()]
    });
    let rows: Vec<Vec<Value>> = rows.collect();
    session.insert(LeafRow::TABLE.insert, &rows).await?;
    let numbered = (head.event_number + 1..).zip(new.events);
    let numbered = numbered.map(|(number, row)| std::iter::once(number.into_value()).chain(row).collect());
    let numbered: Vec<Vec<Value>> = numbered.collect();
    session.insert(EventRow::TABLE.insert, &numbered).await?;
    let counted = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let (size, root) = (head.size + counted(leaves), frontier.root());
    let event_number = head.event_number + counted(events);
    session
        .execute(HEAD_MOVE, args![size, frontier.to_bytes(), root, event_number])
        .await?;
    Ok(Sequenced {
        first: head.size,
        leaves,
        events,
        size,
        root,
    })
}

fn waits(answer: Vec<Vec<Value>>) -> bool {
    answer.first().and_then(|row| row.first()) == Some(&Value::Int(1))
}

/// How to take what waits.
struct Taking {
    pending: &'static str,
    listed: &'static str,
    up_to: &'static str,
}

const LEAVES_TAKING: Taking = Taking {
    pending: LEAVES_PENDING,
    listed: LEAVES_TAKE,
    up_to: LEAVES_TAKE_UP_TO,
};
const EVENTS_TAKING: Taking = Taking {
    pending: EVENTS_PENDING,
    listed: EVENTS_TAKE,
    up_to: EVENTS_TAKE_UP_TO,
};

/// Takes what waits, in the order of its ids: all of each row but its id.
async fn take(session: &mut Session, taking: &Taking, limit: i64) -> Result<Vec<Vec<Value>>, Failure> {
    let mut rows = session.rows(taking.pending, args![limit]).await?;
    let ids = rows.iter_mut().filter(|row| !row.is_empty()).map(|row| row.remove(0));
    let mut ids: Vec<Value> = ids.collect();
    if session.writes_alone() {
        // Nobody can have added one below the last in between.
        if let Some(last) = ids.pop() {
            session.execute(taking.up_to, vec![last]).await?;
        }
    } else {
        session.execute_listed(taking.listed, &[], ids).await?;
    }
    Ok(rows)
}

/// Numbers what waits, under a fencing number.
async fn number(session: &mut Session, fence: i64, limit: i64) -> Result<Sequenced, SequenceError> {
    if session.execute(HEAD_FENCE, args![fence]).await? != 1 {
        return Err(SequenceError::Fenced);
    }
    let head = LogHead::held(session).await?;
    let leaves = take(session, &LEAVES_TAKING, limit).await?;
    let leaves = leaves.into_iter().map(|row| {
        let mut cells = Cells::new(row);
        let subject: [u8; 16] = cells.take("pending_leaf", "subject")?;
        Ok((subject.into_value(), cells.take("pending_leaf", "bytes")?))
    });
    let waiting = Unnumbered {
        leaves: leaves.collect::<Result<_, ReadError>>()?,
        events: take(session, &EVENTS_TAKING, limit).await?,
    };
    Ok(append(session, head, waiting).await?)
}

impl Store {
    /// Gives up to `limit` waiting leaves and `limit` waiting events their numbers and extends the log, in one transaction that
    /// keeps nothing when `fence` is older than another sequencer's. `None` when nothing waits. Signing follows; it is not done here.
    ///
    /// # Errors
    /// See [`SequenceError`].
    pub async fn sequence(&self, fence: i64, limit: usize) -> Result<Option<Sequenced>, SequenceError> {
        if !waits(self.database().rows(PENDING, Vec::new()).await?) {
            return Ok(None);
        }
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut tries = 1;
        let sequenced = loop {
            let mut session = self.database().begin().await?;
            let error = match number(&mut session, fence, limit).await {
                Ok(sequenced) => match session.commit().await {
                    Ok(()) => break sequenced,
                    Err(failure) => failure.into(),
                },
                Err(error) => {
                    // The next transaction must find the connection free; a failing rollback closes it.
                    let _ = session.rollback().await;
                    error
                }
            };
            if !error.may_try_again() || tries == crate::alone::TRIES {
                return Err(error);
            }
            tries += 1;
        };
        if sequenced.events > 0 {
            self.bell().events.ring();
            self.engine().tell.others(rings::EVENTS);
        }
        Ok(Some(sequenced))
    }
}
