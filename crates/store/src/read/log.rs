//! The log: how far it goes, its entries, and what waits for a number.

use crate::Store;
use crate::numbering::SequenceError;
use crate::rows::{LeafRow, LogHeadRow, Row, read_one};
use crate::sql::dialect::{HEAD_HELD, LOG_HEAD};
use crate::sql::value::args;
use crate::sql::{Cells, Field, ReadError, Session, statements, text};
use counterfoil_ledger::Hash;
use counterfoil_ledger::tree::Frontier;
use counterfoil_model::Timestamp;
use std::ops::Range;

statements! {
    HEAD = LOG_HEAD;
    LEAVES = text!("SELECT ", LeafRow::COLUMNS, " FROM leaf WHERE leaf.number >= $1 AND leaf.number < $2 ORDER BY leaf.number");
    LEAF_NUMBERS = "SELECT leaf.subject, leaf.number FROM leaf WHERE leaf.subject IN ({list})";
    LEAVES_OF = text!("SELECT ", LeafRow::COLUMNS, " FROM leaf WHERE leaf.subject = $1 ORDER BY leaf.number");
    LEAVES_OF_AFTER = text!("SELECT ", LeafRow::COLUMNS, " FROM leaf WHERE leaf.subject = $1 AND leaf.number > $2 ORDER BY leaf.number LIMIT $3");
    PENDING_COUNT = "SELECT (SELECT count(*) FROM pending_leaf), (SELECT count(*) FROM pending_event)";
    PENDING_OLDEST = "SELECT min(pending_event.at) FROM pending_event";
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

impl LogHead {
    /// As a transaction sees it that holds it to its end: nobody else moves it before.
    pub(crate) async fn held(session: &mut Session) -> Result<Self, SequenceError> {
        let text = session.text(&HEAD_HELD);
        read_one(session.rows(text, Vec::new()).await?)?.try_into()
    }
}

impl TryFrom<Option<LogHeadRow>> for LogHead {
    type Error = SequenceError;

    fn try_from(row: Option<LogHeadRow>) -> Result<Self, SequenceError> {
        let row = row.ok_or(SequenceError::Damaged)?;
        let frontier = Frontier::from_bytes(&row.frontier).map_err(|_| SequenceError::Damaged)?;
        if i64::try_from(frontier.size()) != Ok(row.size) || frontier.root() != row.root {
            return Err(SequenceError::Damaged);
        }
        Ok(Self {
            size: row.size,
            root: row.root,
            frontier,
            event_number: row.event_number,
            fence: row.fence,
        })
    }
}

impl Store {
    /// How far the log goes.
    ///
    /// # Errors
    /// [`SequenceError::Damaged`] when what is kept does not agree with itself; [`SequenceError::Store`].
    pub async fn log_head(&self) -> Result<LogHead, SequenceError> {
        self.one(HEAD, Vec::new()).await?.try_into()
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

    /// The entries about one subject behind this number, in order, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn leaves_of_after(
        &self,
        subject: [u8; 16],
        after: Option<i64>,
        limit: usize,
    ) -> Result<Vec<LeafRow>, ReadError> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(LEAVES_OF_AFTER, args![subject, after.unwrap_or(-1), most])
            .await
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

    /// Since when the oldest event waits for its number; the leaves of its unit of work wait as long.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn pending_oldest(&self) -> Result<Option<Timestamp>, ReadError> {
        let mut rows = self.database().rows(PENDING_OLDEST, Vec::new()).await?;
        rows.pop()
            .map_or(Ok(None), |row| Cells::new(row).take("pending_event", "at"))
    }
}
