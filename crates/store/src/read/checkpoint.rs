//! Checkpoints: signed notes about the log at a size.

use crate::Store;
use crate::alone::alone;
use crate::numbering::SequenceError;
use crate::rows::{CheckpointRow, Row};
use crate::sql::value::args;
use crate::sql::{ReadError, statements, text};

statements! {
    // As the append does: an older sequencer keeps nothing.
    CHECKPOINT_FENCE = "UPDATE log_head SET fence = $1 WHERE id = 1 AND fence <= $1";
    // The note for a size may be written again with more signatures under the same text.
    CHECKPOINT_PUT = "INSERT INTO checkpoint (size, note) VALUES ($1, $2) ON CONFLICT (size) DO UPDATE SET note = excluded.note";
    CHECKPOINT_LATEST = text!("SELECT ", CheckpointRow::COLUMNS, " FROM checkpoint ORDER BY checkpoint.size DESC LIMIT 1");
    CHECKPOINT_LIST = text!("SELECT ", CheckpointRow::COLUMNS, " FROM checkpoint WHERE checkpoint.size > $1 ORDER BY checkpoint.size LIMIT $2");
}

impl Store {
    /// Keeps the signed note for a size, unless `fence` is older than another sequencer's.
    ///
    /// # Errors
    /// [`SequenceError::Fenced`], [`SequenceError::Store`].
    pub async fn checkpoint_put(&self, fence: i64, size: i64, note: &str) -> Result<(), SequenceError> {
        let kept = alone!(self.database(), |session| {
            let leads = session.execute(CHECKPOINT_FENCE, args![fence]).await? == 1;
            if leads {
                session.execute(CHECKPOINT_PUT, args![size, note.to_owned()]).await?;
            }
            leads
        })?;
        if kept { Ok(()) } else { Err(SequenceError::Fenced) }
    }

    /// The note for the greatest size.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn checkpoint_latest(&self) -> Result<Option<CheckpointRow>, ReadError> {
        self.one(CHECKPOINT_LATEST, Vec::new()).await
    }

    /// The notes for sizes above `after`, smallest first.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn checkpoint_list(&self, after: i64, limit: usize) -> Result<Vec<CheckpointRow>, ReadError> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(CHECKPOINT_LIST, args![after, most]).await
    }
}
