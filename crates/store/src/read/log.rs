//! The log: giving what waits its numbers, and reading entries back.
//!
//! Units of work leave their leaves and events without numbers; one sequencer at a time numbers both in one pass, in the order in
//! which it finds them committed. So no unit waits for another's number, and a number once seen is never followed by a late smaller one.

use crate::Store;
use crate::bell::rings;
use crate::rows::{EventRow, LeafRow, LogHeadRow, Row, read_all, read_one};
use crate::sql::value::args;
use crate::sql::{Cells, Database, Failure, Field, ReadError, Session, Value, statements, text};
use counterfoil_ledger::Hash;
use counterfoil_ledger::tree::{Frontier, leaf_hash};
use std::ops::Range;

statements! {
    PENDING = "SELECT CASE WHEN EXISTS (SELECT 1 FROM pending_leaf) OR EXISTS (SELECT 1 FROM pending_event) \
        THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END";
    HEAD = text!("SELECT ", LogHeadRow::COLUMNS, " FROM log_head WHERE log_head.id = 1");
    // Also locks the row: two sequencers never number at the same time.
    HEAD_FENCE = "UPDATE log_head SET fence = $1 WHERE id = 1 AND fence <= $1";
    HEAD_MOVE = "UPDATE log_head SET size = $1, frontier = $2, root = $3, event_number = $4 WHERE id = 1";
    LEAVES_PENDING = "SELECT id, subject, bytes FROM pending_leaf ORDER BY id LIMIT $1";
    LEAVES_TAKE = "DELETE FROM pending_leaf WHERE id IN ({list})";
    LEAVES_TAKE_UP_TO = "DELETE FROM pending_leaf WHERE id <= $1";
    EVENTS_PENDING = "SELECT id, kind, conversation_id, subject, person_id, at FROM pending_event ORDER BY id LIMIT $1";
    EVENTS_TAKE = "DELETE FROM pending_event WHERE id IN ({list})";
    EVENTS_TAKE_UP_TO = "DELETE FROM pending_event WHERE id <= $1";
    LEAVES = text!("SELECT ", LeafRow::COLUMNS, " FROM leaf WHERE leaf.number >= $1 AND leaf.number < $2 ORDER BY leaf.number");
    LEAF_NUMBERS = "SELECT leaf.subject, leaf.number FROM leaf WHERE leaf.subject IN ({list})";
    LEAVES_OF = text!("SELECT ", LeafRow::COLUMNS, " FROM leaf WHERE leaf.subject = $1 ORDER BY leaf.number");
    PENDING_COUNT = "SELECT (SELECT count(*) FROM pending_leaf), (SELECT count(*) FROM pending_event)";
}

/// How far the log goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHead {
    /// Entries in the tree.
    pub size: i64,
    /// Its root.
    pub root: Hash,
    /// What is needed to extend it.
    pub frontier: Frontier,
    /// The number of the last event.
    pub event_number: i64,
    /// The fencing number of the last sequencer.
    pub fence: i64,
}

/// What one pass of the sequencer numbered.
pub struct Sequenced {
    /// The number of the first new leaf.
    pub first: i64,
    /// How many leaves are new.
    pub count: i64,
    /// Entries in the tree now.
    pub size: i64,
    /// Its root now.
    pub root: Hash,
    /// What is needed to extend it.
    pub frontier: Frontier,
    /// The hashes of the new leaves.
    pub leaf_hashes: Vec<Hash>,
    /// The new leaves.
    pub leaves: Vec<LeafRow>,
    /// The events that got their numbers.
    pub events: Vec<EventRow>,
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

async fn head(database: &Database) -> Result<LogHead, SequenceError> {
    let row = read_one(database.rows(HEAD, Vec::new()).await?)?;
    known(row)
}

fn known(row: Option<LogHeadRow>) -> Result<LogHead, SequenceError> {
    let row = row.ok_or(SequenceError::Damaged)?;
    let frontier = Frontier::from_bytes(&row.frontier).map_err(|_| SequenceError::Damaged)?;
    if i64::try_from(frontier.size()) != Ok(row.size) || frontier.root() != row.root {
        return Err(SequenceError::Damaged);
    }
    Ok(LogHead {
        size: row.size,
        root: row.root,
        frontier,
        event_number: row.event_number,
        fence: row.fence,
    })
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

/// Numbers what waits; `None` when the fencing number is too old.
async fn number(session: &mut Session, fence: i64, limit: i64) -> Result<Option<Numbered>, Failure> {
    if session.execute(HEAD_FENCE, args![fence]).await? != 1 {
        return Ok(None);
    }
    let head = session.rows(HEAD, Vec::new()).await?;
    let head = match read_one::<LogHeadRow>(head)
        .map_err(SequenceError::from)
        .and_then(known)
    {
        Ok(head) => head,
        Err(error) => return Ok(Some(Err(error))),
    };
    let leaves = take(session, &LEAVES_TAKING, limit).await?;
    let events = take(session, &EVENTS_TAKING, limit).await?;
    let mut frontier = head.frontier;
    let mut leaf_rows = Vec::with_capacity(leaves.len());
    for (number, row) in (head.size..).zip(leaves) {
        let mut cells = Cells::new(row);
        let parts = (
            cells.take("pending_leaf", "subject"),
            cells.take::<Vec<u8>>("pending_leaf", "bytes"),
        );
        let (subject, bytes) = match parts {
            (Ok(subject), Ok(bytes)) => (subject, bytes),
            (Err(error), _) | (_, Err(error)) => return Ok(Some(Err(error.into()))),
        };
        let hash = leaf_hash(&bytes);
        frontier.append(hash);
        leaf_rows.push(LeafRow {
            number,
            subject,
            hash,
            bytes,
        });
    }
    let numbered: Vec<Vec<Value>> = (head.event_number + 1..)
        .zip(events)
        .map(|(number, row)| std::iter::once(number.into_value()).chain(row).collect())
        .collect();
    let event_number = head.event_number + i64::try_from(numbered.len()).unwrap_or(i64::MAX);
    let (size, root) = (
        head.size + i64::try_from(leaf_rows.len()).unwrap_or(i64::MAX),
        frontier.root(),
    );
    let leaf_values = leaf_rows.iter().map(|row| row.clone().values()).collect();
    session.insert(LeafRow::TABLE.insert, leaf_values).await?;
    session.insert(EventRow::TABLE.insert, numbered.clone()).await?;
    session
        .execute(HEAD_MOVE, args![size, frontier.to_bytes(), root, event_number])
        .await?;
    let events = match read_all(numbered) {
        Ok(events) => events,
        Err(error) => return Ok(Some(Err(error.into()))),
    };
    Ok(Some(Ok(Sequenced {
        first: head.size,
        count: size - head.size,
        size,
        root,
        frontier,
        leaf_hashes: leaf_rows.iter().map(|row| row.hash).collect(),
        leaves: leaf_rows,
        events,
    })))
}

type Numbered = Result<Sequenced, SequenceError>;

impl Store {
    /// Gives up to `limit` waiting leaves and `limit` waiting events their numbers and extends the log, in one transaction that
    /// keeps nothing when `fence` is older than another sequencer's. `None` when nothing waits. Signing follows; it is not done here.
    ///
    /// # Errors
    /// See [`SequenceError`].
    pub async fn sequence(&self, fence: i64, limit: usize) -> Result<Option<Sequenced>, SequenceError> {
        let waits = self.database().rows(PENDING, Vec::new()).await?;
        if waits.first().and_then(|row| row.first()) != Some(&Value::Int(1)) {
            return Ok(None);
        }
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut tries = 1;
        let sequenced = loop {
            let mut session = self.database().begin().await?;
            let failure = match number(&mut session, fence, limit).await {
                Ok(Some(Ok(sequenced))) => match session.commit().await {
                    Ok(()) => break sequenced,
                    Err(failure) => failure,
                },
                Ok(Some(Err(error))) => {
                    session.rollback().await?;
                    return Err(error);
                }
                Ok(None) => {
                    session.rollback().await?;
                    return Err(SequenceError::Fenced);
                }
                Err(failure) => failure,
            };
            if !failure.may_try_again() || tries == crate::alone::TRIES {
                return Err(failure.into());
            }
            tries += 1;
        };
        if !sequenced.events.is_empty() {
            self.bell().events.ring();
            self.engine().tell.others(rings::EVENTS);
        }
        Ok(Some(sequenced))
    }

    /// How far the log goes.
    ///
    /// # Errors
    /// [`SequenceError::Damaged`] when what is kept does not agree with itself; [`SequenceError::Store`].
    pub async fn log_head(&self) -> Result<LogHead, SequenceError> {
        head(self.database()).await
    }

    /// Entries by their numbers, in order; those that there are.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn leaves(&self, numbers: Range<i64>) -> Result<Vec<LeafRow>, ReadError> {
        self.all(LEAVES, args![numbers.start, numbers.end]).await
    }

    /// Subject and number of every entry about these subjects, in the order of the numbers.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn leaf_numbers_of(&self, subjects: &[[u8; 16]]) -> Result<Vec<([u8; 16], i64)>, ReadError> {
        let list = subjects.iter().map(|subject| subject.into_value()).collect();
        let rows = self.database().listed(LEAF_NUMBERS, Vec::new(), list).await?;
        let pairs = rows.into_iter().map(|row| {
            let mut cells = Cells::new(row);
            Ok((cells.take("leaf", "subject")?, cells.take("leaf", "number")?))
        });
        let mut pairs: Vec<([u8; 16], i64)> = pairs.collect::<Result<_, ReadError>>()?;
        pairs.sort_unstable_by_key(|(_, number)| *number);
        Ok(pairs)
    }

    /// Every entry about one subject: its life, in order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn leaves_of(&self, subject: [u8; 16]) -> Result<Vec<LeafRow>, ReadError> {
        self.all(LEAVES_OF, args![subject]).await
    }

    /// How many leaves and events wait for their numbers.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn pending_counts(&self) -> Result<(i64, i64), ReadError> {
        let rows = self.database().rows(PENDING_COUNT, Vec::new()).await?;
        let mut cells = Cells::new(rows.into_iter().next().unwrap_or_default());
        Ok((
            cells.take("pending_leaf", "count")?,
            cells.take("pending_event", "count")?,
        ))
    }
}
