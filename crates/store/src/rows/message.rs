//! Messages, and what became of those that went out.

use super::{ItemMark, record};
use counterfoil_model::body::Body;
use counterfoil_model::message::{Direction, MessageKind, Origin};
use counterfoil_model::tick::TickState;
use counterfoil_model::{ConversationId, MessageId, PersonId, TickId, Timestamp};
use counterfoil_vault::{Keyed, Sealed};

record! {
    /// One item in a conversation.
    MessageRow in "message" {
        id: MessageId = "id",
        conversation: ConversationId = "conversation_id",
        direction: Direction = "direction",
        kind: MessageKind = "kind",
        author: Option<PersonId> = "author_id",
        /// The provider id quoted, edited, withdrawn or reacted to, keyed.
        refers: Option<Keyed> = "refers_hash",
        occurred_at: Timestamp = "occurred_at",
        provider: Option<Keyed> = "provider_hash",
        body: Sealed<Body> = "sealed_body",
        raw: Option<Sealed<Vec<u8>>> = "sealed_raw",
        provider_id: Option<Sealed<String>> = "sealed_provider_id",
        recorded_at: Timestamp = "recorded_at",
        /// Of a message that came in: its mark in `seen`.
        mark: Option<ItemMark> = "mark",
        /// By which way it came to be here.
        origin: Origin = "origin",
    }
}

record! {
    /// One report of what became of an outbound message.
    TickRow in "tick" {
        id: TickId = "id",
        message: Option<MessageId> = "message_id",
        provider: Option<Keyed> = "provider_hash",
        state: TickState = "state",
        at: Timestamp = "at",
        /// The provider's error number.
        code: Option<i64> = "code",
        about: Option<Sealed<Vec<u8>>> = "sealed_about",
        recorded_at: Timestamp = "recorded_at",
    }
}
