//! Holds: why, and whether they still stand.

use crate::Store;
use crate::rows::{HoldEndRow, HoldRow, Row};
use crate::sql::value::args;
use crate::sql::{ReadError, statements, text};
use counterfoil_model::HoldId;

statements! {
    HOLD = text!("SELECT ", HoldRow::COLUMNS, " FROM hold WHERE hold.id = $1");
    HOLDS = text!("SELECT ", HoldRow::COLUMNS, " FROM hold WHERE hold.id < $1 ORDER BY hold.id DESC LIMIT $2");
    ENDS = text!("SELECT ", HoldEndRow::COLUMNS, " FROM hold_end WHERE hold_end.id IN ({list})");
}

impl Store {
    /// One hold.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn hold_get(&self, id: HoldId) -> Result<Option<HoldRow>, ReadError> {
        self.one(HOLD, args![id]).await
    }

    /// Holds before this one, or the last of all, newest first, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn holds(&self, before: Option<HoldId>, limit: usize) -> Result<Vec<HoldRow>, ReadError> {
        let before = before.unwrap_or(HoldId::from_bytes([0xff; 16]));
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(HOLDS, args![before, most]).await
    }

    /// Which of these holds were released, and when; in no order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn holds_ended(&self, ids: &[HoldId]) -> Result<Vec<HoldEndRow>, ReadError> {
        self.all_of(ENDS, Vec::new(), ids.iter().copied()).await
    }
}
