//! Attachments and their steps.

use crate::Store;
use crate::rows::{AttachmentRow, AttachmentStepRow, Row};
use crate::sql::value::args;
use crate::sql::{ReadError, statements, text};
use counterfoil_model::{AttachmentId, MessageId};

statements! {
    ATTACHMENT = text!("SELECT ", AttachmentRow::COLUMNS, " FROM attachment WHERE attachment.id = $1");
    ATTACHMENTS_OF = text!("SELECT ", AttachmentRow::COLUMNS, " FROM attachment WHERE attachment.message_id IN ({list})");
    ATTACHMENT_STEPS_OF = text!("SELECT ", AttachmentStepRow::COLUMNS, " FROM attachment_step \
        WHERE attachment_step.attachment_id IN ({list})");
}

impl Store {
    /// One attachment; whoever opens it must hold a permit that names it.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn attachment_get(&self, id: AttachmentId) -> Result<Option<AttachmentRow>, ReadError> {
        self.one(ATTACHMENT, args![id]).await
    }

    /// The attachments of these messages, in their order within each message.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn attachments_of(&self, messages: &[MessageId]) -> Result<Vec<AttachmentRow>, ReadError> {
        let mut rows: Vec<AttachmentRow> = self
            .all_of(ATTACHMENTS_OF, Vec::new(), messages.iter().copied())
            .await?;
        rows.sort_unstable_by_key(|row| (row.message, row.position));
        Ok(rows)
    }

    /// All steps of these attachments, oldest first.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn attachment_steps_of(&self, attachments: &[AttachmentId]) -> Result<Vec<AttachmentStepRow>, ReadError> {
        let rows = self.all_of(ATTACHMENT_STEPS_OF, Vec::new(), attachments.iter().copied());
        let mut rows: Vec<AttachmentStepRow> = rows.await?;
        rows.sort_unstable_by_key(|row| row.id);
        Ok(rows)
    }
}
