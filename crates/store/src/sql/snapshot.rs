//! Rows on their way out of tables that are read at one moment, or into them, a stretch at a time, so that few of them are in memory at once.

use super::Failure;
use super::value::Value;
use tokio::sync::mpsc;

/// How many rows are handed on at a time, unless they are large.
const ROWS: usize = 256;
/// How many bytes of them.
const BYTES: usize = 1 << 20;

/// Some rows of one of the tables that were asked for.
pub(crate) struct Snapshot {
    /// The place of its text among those asked for.
    pub(crate) table: usize,
    /// The rows; never none.
    pub(crate) rows: Vec<Vec<Value>>,
}

/// Gathers rows of one table until they are worth handing on.
pub(crate) struct Gathering {
    table: usize,
    rows: Vec<Vec<Value>>,
    bytes: usize,
}

impl Gathering {
    pub(crate) fn of(table: usize) -> Self {
        Self {
            table,
            rows: Vec::new(),
            bytes: 0,
        }
    }

    /// Adds a row; what is to be handed on now, if it is enough.
    pub(crate) fn add(&mut self, row: Vec<Value>) -> Option<Snapshot> {
        self.bytes += row.iter().map(Value::weight).sum::<usize>();
        self.rows.push(row);
        let enough = self.rows.len() >= ROWS || self.bytes >= BYTES;
        enough.then(|| self.rest()).flatten()
    }

    /// What was not handed on yet.
    pub(crate) fn rest(&mut self) -> Option<Snapshot> {
        self.bytes = 0;
        let (table, rows) = (self.table, std::mem::take(&mut self.rows));
        (!rows.is_empty()).then_some(Snapshot { table, rows })
    }
}

/// Nobody wants the rows any more.
pub(super) fn unwanted(_: mpsc::error::SendError<Snapshot>) -> Failure {
    Failure::connection_gone()
}
