//! Where a colleague writes: the conversation, if it is theirs to write in.

use super::WriteError;
use crate::Flow;
use counterfoil_model::ConversationId;
use counterfoil_model::{TeamId, Timestamp};
use counterfoil_policy::{Action, Actor, Refusal, Staff, may, reach};
use counterfoil_store::rows::ConversationRow;
use counterfoil_whatsapp::window::Window;

/// Finds a conversation for `staff` to write in, if `action` on its team is allowed.
///
/// # Errors
/// [`WriteError::NotFound`] when there is none or it is another team's; [`WriteError::Refused`].
pub(crate) async fn writable(
    flow: &Flow,
    staff: &Staff,
    conversation: ConversationId,
    action: fn(Option<TeamId>) -> Action,
) -> Result<ConversationRow, WriteError> {
    let actor = Actor::Staff(staff.clone());
    let reach = reach(&actor).map_err(|_| WriteError::Refused)?;
    let row = flow
        .store()
        .conversation_get(conversation, &reach)
        .await
        .map_err(crate::context::Unavailable::from)?;
    let row = row.ok_or(WriteError::NotFound)?;
    match may(&actor, action(row.team)) {
        Ok(_) => Ok(row),
        Err(Refusal::Team) => Err(WriteError::NotFound),
        Err(Refusal::Role) => Err(WriteError::Refused),
    }
}

/// Until when free text may be sent in a conversation; `None` when it may not now.
pub(crate) fn window_until(last_inbound_at: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    match counterfoil_whatsapp::window::window(last_inbound_at.map(Timestamp::micros), now.micros()) {
        Window::Open { until } => Some(Timestamp::from_micros(until)),
        _ => None,
    }
}
