//! Remembering how far a person has seen a conversation, and setting it back.

use super::ReadError;
use crate::Flow;
use crate::context::Unavailable;
use crate::live::event;
use counterfoil_model::{ConversationId, Timestamp};
use counterfoil_policy::{Actor, Staff, reach};
use counterfoil_store::{Change, Unit};
use std::time::Duration;

/// Marks a conversation as seen by `staff` up to now, or as unread again.
///
/// # Errors
/// As [`super::thread::thread`].
pub async fn mark_seen(flow: &Flow, staff: &Staff, conversation: ConversationId, seen: bool) -> Result<(), ReadError> {
    let reach = reach(&Actor::Staff(staff.clone()))?;
    let row = flow
        .store()
        .conversation_get(conversation, &reach)
        .await?
        .ok_or(ReadError::NotFound)?;
    let at = if seen {
        flow.now()
    } else {
        // Just before the contact's newest message was recorded, so that it alone is unread again.
        let newest = flow.store().messages_last(&[row.id], &reach).await?.into_iter().next();
        newest.map_or(Timestamp::default(), |message| {
            message.recorded_at.minus(Duration::from_micros(1))
        })
    };
    let unit = Unit::new("conversation.seen")
        .change(Change::read_mark(staff.person, conversation, at))
        .event(event::conversation_seen(conversation, staff.person, flow.now()));
    flow.store().commit(unit).await.map_err(Unavailable::from)?;
    Ok(())
}
