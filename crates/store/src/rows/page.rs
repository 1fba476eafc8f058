//! What the pages and the API remember: keys of repeated requests, readings, marks, drafts.

use super::row;
use counterfoil_model::{ConversationId, DraftId, PersonId, SessionId, Timestamp};
use counterfoil_vault::{Keyed, Sealed};

row! {
    /// A request that may come again. Inserting one again is a conflict named `idempotency`.
    IdempotencyRow in "idempotency" {
        key: Keyed = "key_hash",
        body: Keyed = "body_hash",
        /// What it made.
        subject: [u8; 16] = "subject",
        expires_at: Timestamp = "expires_at",
    }
}

row! {
    /// When a session last read a thing for a purpose; written by [`crate::Change::reading_seen`].
    ReadingRow in "reading" {
        session: SessionId = "session_id",
        purpose: i64 = "purpose",
        object: [u8; 16] = "object",
        at: Timestamp = "at",
    }
}

row! {
    /// Up to when a person has read a conversation; written by [`crate::Change::read_mark`].
    ReadMarkRow in "read_mark" {
        person: PersonId = "person_id",
        conversation: ConversationId = "conversation_id",
        at: Timestamp = "at",
    }
}

row! {
    /// A text begun and not sent; written by [`crate::Change::draft_put`].
    DraftRow in "draft" {
        id: DraftId = "id",
        person: PersonId = "person_id",
        conversation: ConversationId = "conversation_id",
        text: Sealed<String> = "sealed_text",
        at: Timestamp = "at",
    }
}
