//! Erasures: what was decided, since when it holds, what went, and the copies that stand elsewhere.

use crate::Store;
use crate::rows::{
    ErasedCopyRow, ErasedKeyRow, ErasedRow, ErasureAttemptRow, ErasureFinalRow, ErasureLiveRow, ErasureRow, Row,
};
use crate::sql::value::args;
use crate::sql::{ReadError, statements, text};
use counterfoil_model::{ErasureId, Timestamp, TreeId};

statements! {
    ERASURE = text!("SELECT ", ErasureRow::COLUMNS, " FROM erasure WHERE erasure.id = $1");
    ERASURE_OF = text!("SELECT ", ErasureRow::COLUMNS, " FROM erasure WHERE erasure.object_id = $1 ORDER BY erasure.id DESC LIMIT 1");
    ERASURES = text!("SELECT ", ErasureRow::COLUMNS, " FROM erasure WHERE erasure.id < $1 ORDER BY erasure.id DESC LIMIT $2");
    LIVE = text!("SELECT ", ErasureLiveRow::COLUMNS, " FROM erasure_live WHERE erasure_live.id IN ({list})");
    FINAL = text!("SELECT ", ErasureFinalRow::COLUMNS, " FROM erasure_final WHERE erasure_final.id IN ({list})");
    // Each once: whoever asks goes on after the last.
    RIPE = text!("SELECT ", ErasureLiveRow::COLUMNS, " FROM erasure_live WHERE erasure_live.recorded_at < $1 AND erasure_live.id > $2 \
        AND NOT EXISTS (SELECT 1 FROM erasure_final WHERE erasure_final.id = erasure_live.id) ORDER BY erasure_live.id LIMIT $3");
    ERASED_AMONG = text!("SELECT ", ErasedRow::COLUMNS, " FROM erased WHERE erased.object_id IN ({list})");
    COPIES = text!("SELECT ", ErasedCopyRow::COLUMNS, " FROM erased_copy WHERE erased_copy.erasure_id = $1 \
        ORDER BY erased_copy.filing_id LIMIT $2");
    KEYS = text!("SELECT DISTINCT ", ErasedKeyRow::COLUMNS, " FROM erased_key WHERE erased_key.erasure_id = $1 \
        AND (erased_key.tree_id, erased_key.first_index, erased_key.last_index) > ($2, $3, $4) \
        ORDER BY erased_key.tree_id, erased_key.first_index, erased_key.last_index LIMIT $5");
    ATTEMPTS = text!("SELECT ", ErasureAttemptRow::COLUMNS, " FROM erasure_attempt WHERE erasure_attempt.erasure_id = $1 \
        AND erasure_attempt.challenge_id = (SELECT last.challenge_id FROM erasure_attempt AS last WHERE last.erasure_id = $1 \
        ORDER BY last.challenge_id DESC LIMIT 1) \
        ORDER BY erasure_attempt.id LIMIT $2");
}

impl Store {
    /// One erasure.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erasure_get(&self, id: ErasureId) -> Result<Option<ErasureRow>, ReadError> {
        self.one(ERASURE, args![id]).await
    }

    /// The last erasure that was decided of this message, attachment, conversation or contact.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erasure_of(&self, object: [u8; 16]) -> Result<Option<ErasureRow>, ReadError> {
        self.one(ERASURE_OF, args![object]).await
    }

    /// Erasures before this one, or the last of all, newest first, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erasures(&self, before: Option<ErasureId>, limit: usize) -> Result<Vec<ErasureRow>, ReadError> {
        let before = before.unwrap_or(ErasureId::from_bytes([0xff; 16]));
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(ERASURES, args![before, most]).await
    }

    /// Since when each of these erasures is live, if it is; in no order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erasures_live(&self, ids: &[ErasureId]) -> Result<Vec<ErasureLiveRow>, ReadError> {
        self.all_of(LIVE, Vec::new(), ids.iter().copied()).await
    }

    /// Since when each of these erasures is final, if it is; in no order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erasures_final(&self, ids: &[ErasureId]) -> Result<Vec<ErasureFinalRow>, ReadError> {
        self.all_of(FINAL, Vec::new(), ids.iter().copied()).await
    }

    /// Erasures after this one, or from the first, that were live before `before` and are not final, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erasures_ripe(
        &self,
        before: Timestamp,
        after: Option<ErasureId>,
        limit: usize,
    ) -> Result<Vec<ErasureLiveRow>, ReadError> {
        let after = after.unwrap_or(ErasureId::from_bytes([0; 16]));
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(RIPE, args![before, after, most]).await
    }

    /// Which of these ids are of rows that were erased, and by which erasure; in no order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erased_among(&self, ids: &[[u8; 16]]) -> Result<Vec<ErasedRow>, ReadError> {
        self.all_of(ERASED_AMONG, Vec::new(), ids.iter().copied()).await
    }

    /// What other systems hold of what an erasure took, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erased_copies(&self, erasure: ErasureId, limit: usize) -> Result<Vec<ErasedCopyRow>, ReadError> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(COPIES, args![erasure, most]).await
    }

    /// Which keys an erasure destroyed, in the order of their trees, each once, after `after`, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erased_keys(
        &self,
        erasure: ErasureId,
        after: Option<&ErasedKeyRow>,
        limit: usize,
    ) -> Result<Vec<ErasedKeyRow>, ReadError> {
        let (tree, first, last) = after.map_or((TreeId::from_bytes([0; 16]), -1, -1), |key| {
            (key.tree, key.first, key.last)
        });
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(KEYS, args![erasure, tree, first, last, most]).await
    }

    /// What the last run of the challenger over an erasure found, place by place, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erasure_attempts(
        &self,
        erasure: ErasureId,
        limit: usize,
    ) -> Result<Vec<ErasureAttemptRow>, ReadError> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(ATTEMPTS, args![erasure, most]).await
    }
}
