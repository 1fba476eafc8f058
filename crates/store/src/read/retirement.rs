//! The retirements of key epochs.

use crate::Store;
use crate::rows::{RetirementRow, RetirementStepRow, Row};
use crate::sql::value::args;
use crate::sql::{ReadError, statements, text};
use counterfoil_model::RetirementId;

statements! {
    RETIREMENT = text!("SELECT ", RetirementRow::COLUMNS, " FROM retirement WHERE retirement.id = $1");
    RETIREMENTS = text!("SELECT ", RetirementRow::COLUMNS, " FROM retirement ORDER BY retirement.epoch DESC LIMIT $1");
    STEPS = text!("SELECT ", RetirementStepRow::COLUMNS, " FROM retirement_step WHERE retirement_step.retirement_id IN ({list})");
}

impl Store {
    /// One retirement.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn retirement_get(&self, id: RetirementId) -> Result<Option<RetirementRow>, ReadError> {
        self.one(RETIREMENT, args![id]).await
    }

    /// The last retirements, of the newest epoch first, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn retirements(&self, limit: usize) -> Result<Vec<RetirementRow>, ReadError> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(RETIREMENTS, args![most]).await
    }

    /// The steps that were taken of these retirements, in no order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn retirement_steps(&self, ids: &[RetirementId]) -> Result<Vec<RetirementStepRow>, ReadError> {
        self.all_of(STEPS, Vec::new(), ids.iter().copied()).await
    }
}
