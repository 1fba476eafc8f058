//! A private note inside a customer conversation. It never leaves the house.

use super::{IdempotencyKey, WriteError, Written};
use crate::Flow;
use counterfoil_model::ConversationId;
use counterfoil_policy::Staff;

/// Records a private note of `staff`: 1 to 10,000 characters.
///
/// # Errors
/// See [`WriteError`].
pub async fn note(
    flow: &Flow,
    staff: &Staff,
    conversation: ConversationId,
    text: String,
    key: Option<IdempotencyKey>,
) -> Result<Written, WriteError> {
    let _ = (flow, staff, conversation, text, key);
    todo!()
}
