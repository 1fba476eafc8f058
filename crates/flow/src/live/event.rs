//! The events that units of work leave for live pages: what changed, where. They carry no content.

use crate::Flow;
use counterfoil_model::{ConversationId, EventId, MessageId, PersonId};
use counterfoil_store::rows::EventRow;

/// A message is new.
pub(crate) const MESSAGE_NEW: i64 = 1;
/// A message's state, files or filing changed.
pub(crate) const MESSAGE_CHANGED: i64 = 2;
/// What a person has seen of a conversation changed.
pub(crate) const CONVERSATION_SEEN: i64 = 3;

pub(crate) fn message_new(conversation: ConversationId, message: MessageId) -> EventRow {
    row(flow, MESSAGE_NEW, conversation, Some(message), None)
}

pub(crate) fn message_changed(flow: &Flow, conversation: ConversationId, message: MessageId) -> EventRow {
    row(flow, MESSAGE_CHANGED, conversation, Some(message), None)
}

pub(crate) fn conversation_seen(flow: &Flow, conversation: ConversationId, person: PersonId) -> EventRow {
    row(flow, CONVERSATION_SEEN, conversation, None, Some(person))
}

fn row(
    flow: &Flow,
    kind: i64,
    conversation: ConversationId,
    message: Option<MessageId>,
    person: Option<PersonId>,
) -> EventRow {
    let at = flow.now();
    EventRow {
        id: EventId::new(at, flow.random()),
        kind,
        conversation: Some(conversation),
        subject: message.map(|message| *message.bytes()),
        person,
        at,
    }
}
