//! A unit of work as plain data: what belongs together and is kept together or not at all.
//!
//! Built by a use case, handed to [`crate::Store::commit`], run by the writer with others in one transaction. A unit may be run
//! again when another transaction was in the way, so it holds values and never code.
//!
//! Order inside a unit: changes named before the first row, then all rows (table by table), then the other changes, then events,
//! jobs and leaves. Foreign keys are looked at when the transaction ends.

use crate::change::Change;
use crate::columns;
use crate::rows::{Record, Row, Table};
use crate::sql::Value;
use counterfoil_ledger::leaf::{Leaf, LeafError};
use counterfoil_model::{ConversationId, PersonId, Timestamp};

/// Something that happened, before the sequencer gives it a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewEvent {
    /// What happened: one of the numbers that `flow` defines.
    pub kind: i64,
    /// In which conversation, if in one; readers are cut by it.
    pub conversation: Option<ConversationId>,
    /// To what.
    pub subject: Option<[u8; 16]>,
    /// For or by whom.
    pub person: Option<PersonId>,
    /// When.
    pub at: Timestamp,
}

/// A piece of work to be done later. One that waits for the same subject is moved earlier instead of doubled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Which work: one of our words.
    pub kind: &'static str,
    /// On what: an id of ours.
    pub subject: Vec<u8>,
    /// Not before.
    pub run_at: Timestamp,
}

/// What one use case wants kept.
pub struct Unit {
    pub(crate) name: &'static str,
    pub(crate) before: Vec<Change>,
    pub(crate) rows: Vec<(&'static Table, Vec<Value>)>,
    pub(crate) after: Vec<Change>,
    pub(crate) events: Vec<NewEvent>,
    pub(crate) jobs: Vec<NewJob>,
    /// Subject and bytes, in the order given.
    pub(crate) leaves: Vec<([u8; 16], Vec<u8>)>,
    pub(crate) broken: Option<LeafError>,
}

impl Unit {
    /// An empty unit; `name` labels it in metrics, such as `intake.record`.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            before: Vec::new(),
            rows: Vec::new(),
            after: Vec::new(),
            events: Vec::new(),
            jobs: Vec::new(),
            leaves: Vec::new(),
            broken: None,
        }
    }

    /// Puts a row on the record: inserts it, and leaves `leaf` with the record digest of the row. The leaf's subject is the row's id.
    #[must_use]
    pub fn record<R: Record>(mut self, row: R, leaf: Leaf) -> Self {
        let values = row.values();
        debug_assert!(
            values.first() == Some(&Value::Bytes(leaf.subject.to_vec())),
            "the leaf of a row of {} is about that row",
            R::TABLE.name
        );
        let digest = columns::digest(R::TABLE, &values);
        self.rows.push((R::TABLE, values));
        self.leaf(leaf.record(digest))
    }

    /// Leaves a leaf for something that has no row, such as a reading.
    #[must_use]
    pub fn leaf(mut self, leaf: Leaf) -> Self {
        match leaf.encode() {
            Ok(bytes) => self.leaves.push((leaf.subject, bytes)),
            Err(error) => self.broken = Some(error),
        }
        self
    }

    /// Inserts a row of a table that is not on the record.
    #[must_use]
    pub fn insert<R: Row>(mut self, row: R) -> Self {
        self.rows.push((R::TABLE, row.values()));
        self
    }

    /// Puts a row of the record back that was lost and that its leaf, which is in the log, tells whole: the caller has compared
    /// [`Self::digest_of`] with it.
    #[must_use]
    pub fn put_back<R: Record>(self, row: R) -> Self {
        self.insert(row)
    }

    /// Whether it inserts a row of this table.
    pub fn holds<R: Row>(&self) -> bool {
        self.rows.iter().any(|(table, _)| table.name == R::TABLE.name)
    }

    /// Changes or deletes rows, under a guard.
    #[must_use]
    pub fn change(mut self, change: Change) -> Self {
        if self.rows.is_empty() {
            self.before.push(change);
        } else {
            self.after.push(change);
        }
        self
    }

    /// Does all of `changes`, in order.
    #[must_use]
    pub fn changes(self, changes: impl IntoIterator<Item = Change>) -> Self {
        changes.into_iter().fold(self, Self::change)
    }

    /// Tells what happened to those who follow the events.
    #[must_use]
    pub fn event(mut self, event: NewEvent) -> Self {
        self.events.push(event);
        self
    }

    /// Has a piece of work done.
    #[must_use]
    pub fn job(mut self, job: NewJob) -> Self {
        self.jobs.push(job);
        self
    }

    /// The record digest that [`Self::record`] would give a row.
    pub fn digest_of<R: Record>(row: R) -> [u8; 32] {
        columns::digest(R::TABLE, &row.values())
    }
}
