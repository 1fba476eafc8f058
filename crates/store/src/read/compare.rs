//! What `verify` asks beside the scan: leaves by many subjects at once, what is there at all, and the head of the log without trust.

use super::scan::recorded;
use crate::Store;
use crate::rows::{LeafRow, Row};
use crate::sql::value::args;
use crate::sql::{Cells, Field, ReadError, statements, text};
use counterfoil_model::{BlobId, ConversationId, MessageId, Timestamp};
use std::collections::HashSet;

statements! {
    LEAVES_OF_ALL = text!("SELECT ", LeafRow::COLUMNS, " FROM leaf WHERE leaf.subject IN ({list})");
    LEAVES_PENDING_OF = "SELECT bytes FROM pending_leaf WHERE subject IN ({list})";
    MESSAGES_BEFORE_COUNT = "SELECT count(*) FROM message WHERE message.conversation_id = $1 \
        AND (message.occurred_at, message.id) < ($2, $3)";
    BLOBS_NAMED = "SELECT attachment_step.blob_id FROM attachment_step WHERE attachment_step.blob_id IN ({list})";
    LOG_SCAN = "SELECT log_head.size, log_head.frontier, log_head.root, log_head.event_number, log_head.fence, \
        (SELECT count(*) FROM leaf), (SELECT min(leaf.number) FROM leaf), (SELECT max(leaf.number) FROM leaf), \
        (SELECT max(event.number) FROM event), \
        (SELECT max(lease.fence) FROM lease WHERE lease.name = $1) FROM log_head WHERE log_head.id = 1";
}

/// The head of the log as it stands, with what it must agree with, all of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogScan {
    /// Column `size`.
    pub size: i64,
    /// Column `frontier`.
    pub frontier: Vec<u8>,
    /// Column `root`.
    pub root: Vec<u8>,
    /// Column `event_number`.
    pub event_number: i64,
    /// Column `fence`.
    pub fence: i64,
    /// How many leaves there are.
    pub leaves: i64,
    /// The least number of a leaf, if there is one.
    pub leaf_first: Option<i64>,
    /// The greatest number of a leaf, if there is one.
    pub leaf_last: Option<i64>,
    /// The greatest number of an event, if there is one.
    pub event_last: Option<i64>,
    /// The fencing number of the lease, if it was ever taken.
    pub lease_fence: Option<i64>,
}

impl Store {
    /// Every entry about these subjects, in no order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn leaves_of_all(&self, subjects: &[[u8; 16]]) -> Result<Vec<LeafRow>, ReadError> {
        self.all_of(LEAVES_OF_ALL, Vec::new(), subjects.iter().copied()).await
    }

    /// The bytes of the leaves about these subjects that wait for their numbers, in no order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn leaves_pending_of(&self, subjects: &[[u8; 16]]) -> Result<Vec<Vec<u8>>, ReadError> {
        let list = subjects.iter().map(|subject| subject.into_value()).collect();
        let rows = self.database().listed(LEAVES_PENDING_OF, Vec::new(), list).await?;
        rows.into_iter()
            .map(|row| Cells::new(row).take("pending_leaf", "bytes"))
            .collect()
    }

    /// Which of these ids a recorded table has. A table that is not on the record has none.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn record_present(&self, table: &str, ids: &[[u8; 16]]) -> Result<HashSet<[u8; 16]>, ReadError> {
        let Some(table) = recorded(table) else {
            return Ok(HashSet::new());
        };
        let list = ids.iter().map(|id| id.into_value()).collect();
        let rows = self.database().listed(table.present, Vec::new(), list).await?;
        rows.into_iter()
            .map(|row| Cells::new(row).take(table.name, table.columns[0]))
            .collect()
    }

    /// How many messages of a conversation come before this place in the order in which they occurred.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn messages_before_count(
        &self,
        conversation: ConversationId,
        at: Timestamp,
        message: MessageId,
    ) -> Result<i64, ReadError> {
        let rows = self
            .database()
            .rows(MESSAGES_BEFORE_COUNT, args![conversation, at, message])
            .await?;
        Cells::new(rows.into_iter().next().unwrap_or_default()).take("message", "count")
    }

    /// Which of these blobs a step of an attachment names.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn blobs_named(&self, blobs: &[BlobId]) -> Result<HashSet<BlobId>, ReadError> {
        let list = blobs.iter().map(|blob| blob.into_value()).collect();
        let rows = self.database().listed(BLOBS_NAMED, Vec::new(), list).await?;
        rows.into_iter()
            .map(|row| Cells::new(row).take("attachment_step", "blob_id"))
            .collect()
    }

    /// The head of the log as it stands, and what it must agree with; `lease` is the name of the sequencer's lease. `None` when the
    /// row is gone.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn log_scan(&self, lease: &str) -> Result<Option<LogScan>, ReadError> {
        let rows = self.database().rows(LOG_SCAN, args![lease.to_owned()]).await?;
        let Some(row) = rows.into_iter().next() else {
            return Ok(None);
        };
        let mut cells = Cells::new(row);
        Ok(Some(LogScan {
            size: cells.take("log_head", "size")?,
            frontier: cells.take("log_head", "frontier")?,
            root: cells.take("log_head", "root")?,
            event_number: cells.take("log_head", "event_number")?,
            fence: cells.take("log_head", "fence")?,
            leaves: cells.take("leaf", "count")?,
            leaf_first: cells.take("leaf", "number")?,
            leaf_last: cells.take("leaf", "number")?,
            event_last: cells.take("event", "number")?,
            lease_fence: cells.take("lease", "fence")?,
        }))
    }
}
