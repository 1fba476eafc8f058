//! What a restore lost of erasures: which leaves tell of a decision, of what stays, and of attempts to read what was erased.

use crate::Store;
use crate::rows::{ErasureLostRow, Row};
use crate::sql::value::args;
use crate::sql::{Cells, ReadError, statements, text};
use counterfoil_model::ErasureId;
use counterfoil_model::erasure::ErasureLost;

statements! {
    AMONG = text!("SELECT ", ErasureLostRow::COLUMNS, " FROM erasure_lost WHERE erasure_lost.id IN ({list})");
    DECISION = text!("SELECT ", ErasureLostRow::COLUMNS, " FROM erasure_lost WHERE erasure_lost.lost = $1 AND erasure_lost.erasure_id = $2");
    DECISIONS = text!("SELECT ", ErasureLostRow::COLUMNS, " FROM erasure_lost WHERE erasure_lost.lost = $1 AND erasure_lost.erasure_id < $2 \
        ORDER BY erasure_lost.erasure_id DESC LIMIT $3");
    // What was said to stay once more since then is told by its record.
    KEPT = text!("SELECT ", ErasureLostRow::COLUMNS, " FROM erasure_lost WHERE erasure_lost.lost = $1 AND erasure_lost.erasure_id = $2 \
        AND erasure_lost.id > $3 AND NOT EXISTS (SELECT 1 FROM erasure_kept WHERE erasure_kept.erasure_id = $2 \
        AND erasure_kept.object_id = erasure_lost.object_id) ORDER BY erasure_lost.id LIMIT $4");
    KEPT_COUNT = "SELECT count(*) FROM erasure_lost WHERE erasure_lost.lost = $1 AND erasure_lost.erasure_id = $2 \
        AND NOT EXISTS (SELECT 1 FROM erasure_kept WHERE erasure_kept.erasure_id = $2 AND erasure_kept.object_id = erasure_lost.object_id)";
    ATTEMPTS = text!("SELECT ", ErasureLostRow::COLUMNS, " FROM erasure_lost WHERE erasure_lost.lost = $1 AND erasure_lost.erasure_id = $2 \
        ORDER BY erasure_lost.id DESC LIMIT $3");
}

impl Store {
    /// Those of these records that a restore lost; in no order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erasure_lost_among(&self, ids: &[[u8; 16]]) -> Result<Vec<ErasureLostRow>, ReadError> {
        self.all_of(AMONG, Vec::new(), ids.iter().copied()).await
    }

    /// The decision on this erasure, if a restore lost it.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erasure_lost(&self, id: ErasureId) -> Result<Option<ErasureLostRow>, ReadError> {
        self.one(DECISION, args![ErasureLost::Decision, id]).await
    }

    /// Decisions on erasures before this one, or of the last of all, that a restore lost, newest first, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erasures_lost(
        &self,
        before: Option<ErasureId>,
        limit: usize,
    ) -> Result<Vec<ErasureLostRow>, ReadError> {
        let before = before.unwrap_or(ErasureId::from_bytes([0xff; 16]));
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(DECISIONS, args![ErasureLost::Decision, before, most]).await
    }

    /// What stays of what an erasure is of as only leaves tell, after this one, oldest first, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erasure_lost_kept(
        &self,
        erasure: ErasureId,
        after: Option<[u8; 16]>,
        limit: usize,
    ) -> Result<Vec<ErasureLostRow>, ReadError> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let arguments = args![ErasureLost::Kept, erasure, after.unwrap_or_default(), most];
        self.all(KEPT, arguments).await
    }

    /// How much that is.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erasure_lost_kept_count(&self, erasure: ErasureId) -> Result<i64, ReadError> {
        let rows = self
            .database()
            .rows(KEPT_COUNT, args![ErasureLost::Kept, erasure])
            .await?;
        Cells::new(rows.into_iter().next().unwrap_or_default()).take("erasure_lost", "count")
    }

    /// Attempts to read what an erasure took of which only leaves tell, newest first, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erasure_lost_attempts(
        &self,
        erasure: ErasureId,
        limit: usize,
    ) -> Result<Vec<ErasureLostRow>, ReadError> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(ATTEMPTS, args![ErasureLost::Attempt, erasure, most]).await
    }
}
