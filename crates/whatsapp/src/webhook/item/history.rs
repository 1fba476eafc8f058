//! Older messages, handed over once when a number of the phone app joins.
//!
//! They come in parts without order; a part holds threads, a thread holds messages of both sides. Files of the last
//! fortnight follow as messages of their own under the same id; older files never come.
//!
//! Source: Meta, Coexistence, `history`, 2026-02 to 2026-06.

use serde_json::Value;

use super::content::{self, Direction, InboundContent};
use super::context::Context;
use super::fault::Fault;
use super::sender::Party;
use super::shape;
use crate::redacted::redacted_debug;
use crate::webhook::kind::{ContentKind, NotUnderstoodKind};

/// One older message.
#[derive(Clone, PartialEq)]
pub struct HistoryMessage {
    /// The provider's id of the message.
    pub id: String,
    /// When it was sent, unix microseconds.
    pub timestamp: Option<i64>,
    /// Sent by the business rather than to it.
    pub from_business: bool,
    /// The person on the other side: the sender, or for our own messages the thread.
    pub other_side: Party,
    /// What it answers.
    pub context: Option<Context>,
    /// What had become of it, in the provider's words (`READ`, `DELIVERED`, …).
    pub state: Option<String>,
    /// Errors that the provider reports with it.
    pub errors: Vec<Fault>,
    /// Where it stands in the transfer.
    pub part: HistoryPart,
    /// What it consists of.
    pub content: InboundContent,
}

/// Where a part stands in the transfer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HistoryPart {
    /// 0 is the last day, 1 up to 90 days, 2 up to 180.
    pub phase: Option<i64>,
    /// Its place within the phase.
    pub chunk_order: Option<i64>,
    /// How much has been handed over, in percent; 100 is the end.
    pub progress: Option<i64>,
}

redacted_debug!(HistoryMessage);

/// A history message and how well its content could be read.
pub(crate) struct ReadHistory {
    pub(crate) message: HistoryMessage,
    pub(crate) content: Result<ContentKind, NotUnderstoodKind>,
}

impl HistoryPart {
    pub(crate) fn read(metadata: Option<&Value>) -> Self {
        let metadata = metadata.unwrap_or(&Value::Null);
        Self {
            phase: shape::whole(metadata, "phase"),
            chunk_order: shape::whole(metadata, "chunk_order"),
            progress: shape::whole(metadata, "progress"),
        }
    }
}

/// Reads an older message of a thread (or without one, when it is a file that follows); `None` if it has no id.
pub(crate) fn read(
    message: &Value,
    contact: Option<&Value>,
    own_number: Option<&str>,
    thread: Option<&Value>,
    part: HistoryPart,
) -> Option<ReadHistory> {
    let id = shape::some_text(message, "id")?;
    let from = shape::some_text(message, "from");
    let from_business = from
        .as_deref()
        .is_some_and(|from| own_number.is_some_and(|own| crate::phone::same_number(from, own)));
    let direction = if from_business {
        Direction::Outbound
    } else {
        Direction::Inbound
    };
    let (kind, content) = match content::read(message, direction) {
        Ok((kind, content)) => (Ok(kind), content),
        Err(why) => (Err(why), InboundContent::Unknown),
    };
    let mut other_side = if from_business {
        Party::addressee(message, contact)
    } else {
        Party::sender(message, contact)
    };
    if let Some(thread) = thread {
        // A thread is named by a phone number, or by a user id, which has letters in front.
        let name = shape::some_text(thread, "id").unwrap_or_default();
        let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'+');
        other_side.phone = other_side.phone.or_else(|| is_number.then(|| name.clone()));
        other_side.user_id = other_side
            .user_id
            .or_else(|| shape::some_text(thread, "user_id"))
            .or_else(|| (!is_number && name.contains('.')).then_some(name));
    }
    let message = HistoryMessage {
        id,
        timestamp: shape::instant(message, "timestamp"),
        from_business,
        other_side,
        context: Context::read(message),
        state: shape::child(message, "history_context").and_then(|context| shape::some_text(context, "status")),
        errors: Fault::list(message),
        part,
        content,
    };
    Some(ReadHistory { message, content: kind })
}
