//! What became of a message or call of ours.
//!
//! Statuses come in any order, repeat, skip steps (read without delivered) and may come before the answer to the sending
//! itself. Store every one; never let one take another back.
//!
//! Source: Meta, Webhooks, status messages; names of recipients as in the editions of March, June and August 2026.

use serde_json::Value;

use super::fault::Fault;
use super::sender::Party;
use super::shape;
use crate::redacted::redacted_debug;
use crate::webhook::kind::{CallStatusKind, StatusKind};

/// What became of a message or call of ours.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusUpdate {
    /// The provider's id of the message (or call).
    pub message_id: String,
    /// What is reported.
    pub status: Status,
    /// When it happened, unix microseconds.
    pub timestamp: Option<i64>,
    /// To whom the message went, as far as told; in a group, the participant.
    pub recipient: Party,
    /// The group to which the message went.
    pub group_id: Option<String>,
    /// Why it failed.
    pub errors: Vec<Fault>,
    /// The text that we gave along when sending, to match by.
    pub callback_data: Option<String>,
    /// The priced conversation, where the provider still tells it.
    pub conversation: Option<Conversation>,
    /// What it costs.
    pub pricing: Option<Pricing>,
}

/// What is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// About a message.
    Message(StatusKind),
    /// About a call that rings.
    Call(CallStatusKind),
}

/// A priced conversation.
#[derive(Clone, PartialEq, Eq)]
pub struct Conversation {
    /// The provider's id.
    pub id: Option<String>,
    /// When it ends, unix microseconds.
    pub expires_at: Option<i64>,
    /// Why it was opened, such as `service`.
    pub origin: Option<String>,
}

/// What a message costs.
#[derive(Clone, PartialEq, Eq)]
pub struct Pricing {
    /// Whether it is charged; to be removed by the provider, use type and category.
    pub billable: Option<bool>,
    /// `PMP`, or `CBP` before July 2025.
    pub model: Option<String>,
    /// Such as `regular` or `free_customer_service`.
    pub kind: Option<String>,
    /// Such as `utility`.
    pub category: Option<String>,
}

redacted_debug!(StatusUpdate, Conversation, Pricing);

/// Reads a status; `None` if it has no id or no status. `about_call` says that it came among calls.
pub(crate) fn read(status: &Value, contact: Option<&Value>, about_call: bool) -> Option<StatusUpdate> {
    let name = shape::str_of(status, "status")?;
    let about_call = about_call || shape::str_of(status, "type") == Some("call");
    let in_group = shape::str_of(status, "recipient_type") == Some("group");
    let recipient_id = shape::some_text(status, "recipient_id");
    let recipient = if in_group {
        Party {
            phone: shape::first_text(status, &["recipient_participant_id", "participant_recipient_id"]),
            user_id: shape::some_text(status, "recipient_participant_user_id"),
            parent_user_id: shape::some_text(status, "recipient_participant_parent_user_id"),
            ..Party::default()
        }
    } else {
        Party {
            phone: recipient_id.clone(),
            user_id: shape::some_text(status, "recipient_user_id"),
            // Three spellings within one year; the middle one was used in March 2026, the last one before it.
            parent_user_id: shape::first_text(
                status,
                &["recipient_parent_user_id", "parent_recipient_user_id", "parent_user_id"],
            ),
            ..Party::default()
        }
    };
    let mut recipient = recipient.complete_from(contact);
    recipient.identity_key_hash =
        shape::some_text(status, "recipient_identity_key_hash").or(recipient.identity_key_hash);
    Some(StatusUpdate {
        message_id: shape::some_text(status, "id")?,
        status: if about_call {
            Status::Call(call_status(name))
        } else {
            Status::Message(message_status(name))
        },
        timestamp: shape::instant(status, "timestamp"),
        recipient,
        group_id: recipient_id.filter(|_| in_group),
        errors: Fault::list(status),
        callback_data: shape::some_text(status, "biz_opaque_callback_data"),
        conversation: shape::child(status, "conversation").map(|conversation| Conversation {
            id: shape::some_text(conversation, "id"),
            expires_at: shape::instant(conversation, "expiration_timestamp"),
            origin: shape::child(conversation, "origin").and_then(|origin| shape::some_text(origin, "type")),
        }),
        pricing: shape::child(status, "pricing").map(|pricing| Pricing {
            billable: pricing.get("billable").and_then(Value::as_bool),
            model: shape::some_text(pricing, "pricing_model"),
            kind: shape::some_text(pricing, "type"),
            category: shape::some_text(pricing, "category"),
        }),
    })
}

fn message_status(name: &str) -> StatusKind {
    match name {
        "sent" => StatusKind::Sent,
        "delivered" => StatusKind::Delivered,
        "read" => StatusKind::Read,
        "played" => StatusKind::Played,
        "failed" => StatusKind::Failed,
        "deleted" => StatusKind::Deleted,
        "warning" => StatusKind::Warning,
        _ => StatusKind::Unknown,
    }
}

fn call_status(name: &str) -> CallStatusKind {
    match name {
        "RINGING" => CallStatusKind::Ringing,
        "ACCEPTED" => CallStatusKind::Accepted,
        "REJECTED" => CallStatusKind::Rejected,
        _ => CallStatusKind::Unknown,
    }
}
