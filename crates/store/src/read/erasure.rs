//! Erasures: what was decided, since when it holds, what went and what stayed, and the copies elsewhere.

use crate::Store;
use crate::rows::{
    ErasedCopyRow, ErasedKeyRow, ErasedRow, ErasureAttemptRow, ErasureFinalRow, ErasureKeptRow, ErasureLiveRow,
    ErasureRow, Row, WithdrawalStepRow,
};
use crate::sql::value::args;
use crate::sql::{Cells, ReadError, statements, text};
use counterfoil_model::{ErasureId, ErasureKeptId, FilingId, Timestamp, TreeId};

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
        AND erased_copy.filing_id > $2 ORDER BY erased_copy.filing_id LIMIT $3");
    COPY = text!("SELECT ", ErasedCopyRow::COLUMNS, " FROM erased_copy WHERE erased_copy.filing_id = $1");
    COPIES_UNASKED = text!("SELECT ", ErasedCopyRow::COLUMNS, " FROM erased_copy WHERE erased_copy.filing_id > $1 \
        AND NOT EXISTS (SELECT 1 FROM withdrawal_step WHERE withdrawal_step.filing_id = erased_copy.filing_id) \
        ORDER BY erased_copy.filing_id LIMIT $2");
    WITHDRAWAL_STEPS = text!("SELECT ", WithdrawalStepRow::COLUMNS, " FROM withdrawal_step WHERE withdrawal_step.filing_id IN ({list})");
    KEPT = text!("SELECT ", ErasureKeptRow::COLUMNS, " FROM erasure_kept WHERE erasure_kept.erasure_id = $1 AND erasure_kept.id > $2 \
        ORDER BY erasure_kept.id LIMIT $3");
    KEPT_AMONG = text!("SELECT ", ErasureKeptRow::COLUMNS, " FROM erasure_kept WHERE erasure_kept.erasure_id = $1 \
        AND erasure_kept.object_id IN ({list})");
    KEPT_COUNT = "SELECT count(*) FROM erasure_kept WHERE erasure_kept.erasure_id = $1";
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

    /// What other systems were given of what an erasure took, after this one in order of filing, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erased_copies(
        &self,
        erasure: ErasureId,
        after: Option<FilingId>,
        limit: usize,
    ) -> Result<Vec<ErasedCopyRow>, ReadError> {
        let after = after.unwrap_or(FilingId::from_bytes([0; 16]));
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(COPIES, args![erasure, after, most]).await
    }

    /// What other systems were given of something that was erased, and nobody has asked for, after this one in order of filing, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erased_copies_unasked(
        &self,
        after: Option<FilingId>,
        limit: usize,
    ) -> Result<Vec<ErasedCopyRow>, ReadError> {
        let after = after.unwrap_or(FilingId::from_bytes([0; 16]));
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(COPIES_UNASKED, args![after, most]).await
    }

    /// What another system was given with this filing, when its message was erased.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erased_copy_get(&self, filing: FilingId) -> Result<Option<ErasedCopyRow>, ReadError> {
        self.one(COPY, args![filing]).await
    }

    /// What became of asking for these copies, oldest first.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn withdrawal_steps_of(&self, filings: &[FilingId]) -> Result<Vec<WithdrawalStepRow>, ReadError> {
        let steps = self.all_of(WITHDRAWAL_STEPS, Vec::new(), filings.iter().copied());
        let mut steps: Vec<WithdrawalStepRow> = steps.await?;
        steps.sort_unstable_by_key(|step| step.id);
        Ok(steps)
    }

    /// What stays of what an erasure is of, after this one, oldest first, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erasure_kept(
        &self,
        erasure: ErasureId,
        after: Option<ErasureKeptId>,
        limit: usize,
    ) -> Result<Vec<ErasureKeptRow>, ReadError> {
        let after = after.unwrap_or(ErasureKeptId::from_bytes([0; 16]));
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(KEPT, args![erasure, after, most]).await
    }

    /// How much stays of what an erasure is of.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erasure_kept_count(&self, erasure: ErasureId) -> Result<i64, ReadError> {
        let rows = self.database().rows(KEPT_COUNT, args![erasure]).await?;
        Cells::new(rows.into_iter().next().unwrap_or_default()).take("erasure_kept", "count")
    }

    /// Those of these objects that stay though this erasure is of them; in no order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn erasure_kept_among(
        &self,
        erasure: ErasureId,
        objects: &[[u8; 16]],
    ) -> Result<Vec<ErasureKeptRow>, ReadError> {
        self.all_of(KEPT_AMONG, args![erasure], objects.iter().copied()).await
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
