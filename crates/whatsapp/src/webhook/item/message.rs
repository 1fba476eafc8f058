//! A message to one of our numbers.
//!
//! Source: Meta, Webhooks, `messages`, editions 2025-10 to 2026-08.

use serde_json::Value;

use super::content::{self, Direction, InboundContent};
use super::context::{Context, Referral};
use super::fault::Fault;
use super::sender::Party;
use super::shape;
use crate::redacted::redacted_debug;
use crate::webhook::kind::{ContentKind, NotUnderstoodKind};

/// A message to one of our numbers.
#[derive(Clone, PartialEq)]
pub struct InboundMessage {
    /// The provider's id of the message.
    pub id: String,
    /// When it was sent, unix microseconds (the provider tells whole seconds); `None` if missing or absurd.
    pub timestamp: Option<i64>,
    /// Who sent it.
    pub sender: Party,
    /// The sender's number is the business number itself, as in some samples: no contact can be made of it.
    pub from_own_number: bool,
    /// The group in which it was sent.
    pub group_id: Option<String>,
    /// What it answers or forwards.
    pub context: Option<Context>,
    /// The advertisement that led to it.
    pub referral: Option<Referral>,
    /// Errors that the provider reports with it.
    pub errors: Vec<Fault>,
    /// Another handler owns the conversation at the moment.
    pub standby: bool,
    /// What it consists of.
    pub content: InboundContent,
}

redacted_debug!(InboundMessage);

/// A message and how well its content could be read.
pub(crate) struct ReadMessage {
    pub(crate) message: InboundMessage,
    pub(crate) content: Result<ContentKind, NotUnderstoodKind>,
}

/// Reads a message; `None` if it is not an object with an id. A content that cannot be read becomes
/// [`InboundContent::Unknown`], so that the sender and the time are still known.
pub(crate) fn read(
    message: &Value,
    contact: Option<&Value>,
    own_number: Option<&str>,
    standby: bool,
) -> Option<ReadMessage> {
    let id = shape::some_text(message, "id")?;
    let (kind, content) = match content::read(message, Direction::Inbound) {
        Ok((kind, content)) => (Ok(kind), content),
        Err(why) => (Err(why), InboundContent::Unknown),
    };
    let from = shape::some_text(message, "from");
    let message = InboundMessage {
        id,
        timestamp: shape::instant(message, "timestamp"),
        from_own_number: from.is_some_and(|from| own_number.is_some_and(|own| crate::phone::same_number(&from, own))),
        sender: Party::sender(message, contact),
        group_id: shape::some_text(message, "group_id"),
        context: Context::read(message),
        referral: Referral::read(message),
        errors: Fault::list(message),
        standby,
        content,
    };
    Some(ReadMessage { message, content: kind })
}
