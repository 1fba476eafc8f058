//! What the pages and the API remember.

use crate::Store;
use crate::rows::{DraftRow, IdempotencyRow, ReadMarkRow, ReadingRow, Row};
use crate::sql::value::args;
use crate::sql::{ReadError, statements, text};
use counterfoil_model::{ConversationId, PersonId, SessionId, Timestamp};
use counterfoil_vault::Keyed;
use std::collections::HashSet;

statements! {
    READING_FIRST = text!("SELECT ", ReadingRow::COLUMNS, " FROM reading WHERE reading.object = $1 ORDER BY reading.at LIMIT 1");
    READING_SEEN = text!("SELECT ", ReadingRow::COLUMNS, " FROM reading WHERE reading.session_id = $1 AND reading.purpose = $2 \
        AND reading.at >= $3 AND reading.object IN ({list})");
    READ_MARK = text!("SELECT ", ReadMarkRow::COLUMNS, " FROM read_mark WHERE read_mark.person_id = $1 AND read_mark.conversation_id = $2");
    DRAFT = text!("SELECT ", DraftRow::COLUMNS, " FROM draft WHERE draft.person_id = $1 AND draft.conversation_id = $2");
    IDEMPOTENCY = text!("SELECT ", IdempotencyRow::COLUMNS, " FROM idempotency WHERE idempotency.key_hash = $1");
}

impl Store {
    /// Which of `objects` the session has read for this purpose at `since` or later.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn reading_seen(
        &self,
        session: SessionId,
        purpose: i64,
        objects: &[[u8; 16]],
        since: Timestamp,
    ) -> Result<HashSet<[u8; 16]>, ReadError> {
        let fixed = args![session, purpose, since];
        let rows: Vec<ReadingRow> = self.all_of(READING_SEEN, fixed, objects.iter().copied()).await?;
        Ok(rows.into_iter().map(|row| row.object).collect())
    }

    /// Up to when a person has read a conversation.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn read_mark_get(
        &self,
        person: PersonId,
        conversation: ConversationId,
    ) -> Result<Option<ReadMarkRow>, ReadError> {
        self.one(READ_MARK, args![person, conversation]).await
    }

    /// What a person has begun to write in a conversation.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn draft_get(
        &self,
        person: PersonId,
        conversation: ConversationId,
    ) -> Result<Option<DraftRow>, ReadError> {
        self.one(DRAFT, args![person, conversation]).await
    }

    /// What the request with this key made, also when its time is over.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn idempotency_get(&self, key: Keyed) -> Result<Option<IdempotencyRow>, ReadError> {
        self.one(IDEMPOTENCY, args![key]).await
    }

    /// The first reading of a thing by somebody, as far as it is remembered here; the log has it for good.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn reading_first(&self, object: [u8; 16]) -> Result<Option<ReadingRow>, ReadError> {
        self.one(READING_FIRST, args![object]).await
    }
}
