//! References and filings.

use crate::Store;
use crate::rows::{FilingRow, FilingStepRow, ReferenceRow, Row};
use crate::sql::value::args;
use crate::sql::{Cells, Field, ReadError, statements, text};
use counterfoil_model::{ContactId, FilingId, MessageId, ReferenceId};
use counterfoil_vault::Keyed;

statements! {
    REFERENCE_BY_LOOKUP = text!("SELECT ", ReferenceRow::COLUMNS, " FROM reference \
        WHERE reference.system = $1 AND reference.kind = $2 AND reference.lookup IN ({list})");
    REFERENCES = text!("SELECT ", ReferenceRow::COLUMNS, " FROM reference WHERE reference.id IN ({list})");
    FILING = text!("SELECT ", FilingRow::COLUMNS, " FROM filing WHERE filing.id = $1");
    FILINGS_OF = text!("SELECT ", FilingRow::COLUMNS, " FROM filing WHERE filing.message_id IN ({list})");
    // Filed on by messages of others than this contact.
    REFERENCES_SHARED = "SELECT DISTINCT filing.reference_id FROM filing JOIN message ON message.id = filing.message_id \
        JOIN conversation ON conversation.id = message.conversation_id \
        WHERE (conversation.contact_id IS NULL OR conversation.contact_id <> $1) AND filing.reference_id IN ({list})";
    FILING_STEPS_OF = text!("SELECT ", FilingStepRow::COLUMNS, " FROM filing_step WHERE filing_step.filing_id IN ({list})");
}

impl Store {
    /// The reference to the object with this number in another system, keyed under each of the lookup keys that there are.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn reference_by_lookup(
        &self,
        system: &str,
        kind: &str,
        lookups: &[Keyed],
    ) -> Result<Option<ReferenceRow>, ReadError> {
        let args = args![system.to_owned(), kind.to_owned()];
        self.one_of(REFERENCE_BY_LOOKUP, args, lookups.iter().copied()).await
    }

    /// These references, in no order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn references_get(&self, ids: &[ReferenceId]) -> Result<Vec<ReferenceRow>, ReadError> {
        self.all_of(REFERENCES, Vec::new(), ids.iter().copied()).await
    }

    /// One filing.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn filing_get(&self, id: FilingId) -> Result<Option<FilingRow>, ReadError> {
        self.one(FILING, args![id]).await
    }

    /// The filings of these messages, oldest first.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn filings_of(&self, messages: &[MessageId]) -> Result<Vec<FilingRow>, ReadError> {
        let mut rows: Vec<FilingRow> = self.all_of(FILINGS_OF, Vec::new(), messages.iter().copied()).await?;
        rows.sort_unstable_by_key(|row| row.id);
        Ok(rows)
    }

    /// All steps of these filings, oldest first.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn filing_steps_of(&self, filings: &[FilingId]) -> Result<Vec<FilingStepRow>, ReadError> {
        let mut rows: Vec<FilingStepRow> = self
            .all_of(FILING_STEPS_OF, Vec::new(), filings.iter().copied())
            .await?;
        rows.sort_unstable_by_key(|row| row.id);
        Ok(rows)
    }

    /// Those of these references on which messages of others than this contact were filed too; in no order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn references_shared(
        &self,
        references: &[ReferenceId],
        contact: ContactId,
    ) -> Result<Vec<ReferenceId>, ReadError> {
        let list = references.iter().map(|id| id.into_value()).collect();
        let rows = self.database().listed(REFERENCES_SHARED, args![contact], list).await?;
        rows.into_iter()
            .map(|row| Cells::new(row).take("filing", "reference_id"))
            .collect()
    }
}
