//! An echo: something sent for us elsewhere, typed by an employee on the phone app or sent by another handler.
//!
//! An echo does not tell who typed it. Echoes come in any order.
//!
//! Source: Meta, `smb_message_echoes` (2026-05) and `standby` (2026-08).

use serde_json::Value;

use super::content::{self, Direction, InboundContent};
use super::context::Context;
use super::fault::Fault;
use super::opaque::Opaque;
use super::sender::Party;
use super::shape;
use crate::redacted::redacted_debug;
use crate::webhook::kind::{ContentKind, NotUnderstoodKind};

/// Something sent for us elsewhere.
#[derive(Clone, PartialEq)]
pub struct EchoMessage {
    /// The provider's id of the message.
    pub id: String,
    /// When it was sent, unix microseconds.
    pub timestamp: Option<i64>,
    /// To whom it went.
    pub recipient: Party,
    /// The group to which it went.
    pub group_id: Option<String>,
    /// What it answers.
    pub context: Option<Context>,
    /// Errors that the provider reports with it.
    pub errors: Vec<Fault>,
    /// The definition of the template or flow that was sent, if told.
    pub definition: Option<Opaque>,
    /// What it consists of.
    pub content: InboundContent,
}

redacted_debug!(EchoMessage);

/// An echo and how well its content could be read.
pub(crate) struct ReadEcho {
    pub(crate) echo: EchoMessage,
    pub(crate) content: Result<ContentKind, NotUnderstoodKind>,
}

/// Reads an echo; `None` if it has no id.
pub(crate) fn read(echo: &Value, contact: Option<&Value>) -> Option<ReadEcho> {
    let id = shape::some_text(echo, "id")?;
    // Another handler's echo holds the request that it sent, one level deeper.
    let sent = shape::child(echo, "message").unwrap_or(echo);
    let (kind, content) = match content::read(sent, Direction::Outbound) {
        Ok((kind, content)) => (Ok(kind), content),
        Err(why) => (Err(why), InboundContent::Unknown),
    };
    let to_group = shape::str_of(sent, "recipient_type") == Some("group");
    let mut recipient = Party::addressee(sent, contact);
    let group_id = if to_group {
        recipient.phone.take()
    } else {
        shape::some_text(sent, "group_id")
    };
    let definition = shape::child(echo, "message").and(echo.get("template").or_else(|| echo.get("flow")));
    let echo = EchoMessage {
        id,
        timestamp: shape::instant(echo, "timestamp"),
        recipient,
        group_id,
        context: Context::read(sent),
        errors: Fault::list(echo),
        definition: definition.map(Opaque::of),
        content,
    };
    Some(ReadEcho { echo, content: kind })
}
