//! Ticks.

use crate::Store;
use crate::rows::{Row, TickRow};
use crate::sql::{ReadError, statements, text};
use counterfoil_model::MessageId;
use counterfoil_vault::Keyed;

statements! {
    TICKS_BY_MESSAGE = text!("SELECT ", TickRow::COLUMNS, " FROM tick WHERE tick.message_id IN ({list})");
    TICKS_BY_PROVIDER = text!("SELECT ", TickRow::COLUMNS, " FROM tick WHERE tick.provider_hash IN ({list})");
}

impl Store {
    /// All reports about these messages or these keyed provider ids, each once, oldest first.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn ticks_of(&self, messages: &[MessageId], providers: &[Keyed]) -> Result<Vec<TickRow>, ReadError> {
        let mut rows: Vec<TickRow> = self
            .all_of(TICKS_BY_MESSAGE, Vec::new(), messages.iter().copied())
            .await?;
        rows.extend(
            self.all_of::<TickRow, _>(TICKS_BY_PROVIDER, Vec::new(), providers.iter().copied())
                .await?,
        );
        rows.sort_unstable_by_key(|row| (row.at, row.id));
        rows.dedup_by_key(|row| row.id);
        Ok(rows)
    }
}
