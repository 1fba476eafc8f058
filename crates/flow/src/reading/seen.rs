//! Remembering how far a person has seen a conversation, and setting it back.

use super::ReadError;
use crate::Flow;
use counterfoil_model::ConversationId;
use counterfoil_policy::Staff;

/// Marks a conversation as seen by `staff` up to now, or as unread again.
///
/// # Errors
/// As [`super::thread::thread`].
pub async fn mark_seen(flow: &Flow, staff: &Staff, conversation: ConversationId, seen: bool) -> Result<(), ReadError> {
    let _ = (flow, staff, conversation, seen);
    todo!()
}
