//! What someone has begun to write and not sent, sealed, so that it survives a reload.

use super::WriteError;
use crate::Flow;
use counterfoil_model::ConversationId;
use counterfoil_policy::Staff;

/// Keeps the begun text of `staff` in a conversation; an empty text removes it. At most 10,000 characters.
///
/// # Errors
/// [`WriteError::NotFound`], [`WriteError::Refused`], [`WriteError::TooLong`], [`WriteError::Unavailable`].
pub async fn draft_save(flow: &Flow, staff: &Staff, conversation: ConversationId, text: String) -> Result<(), WriteError> {
    let _ = (flow, staff, conversation, text);
    todo!()
}
