//! The events that units of work leave for live pages and for other nodes: what changed, where. They carry no content.

use counterfoil_model::{ConnectionId, ConversationId, MessageId, PersonId, Timestamp};
use counterfoil_store::NewEvent;

/// A message is new.
pub(crate) const MESSAGE_NEW: i64 = 1;
/// A message's state, files or filing changed.
pub(crate) const MESSAGE_CHANGED: i64 = 2;
/// What a person has seen of a conversation changed.
pub(crate) const CONVERSATION_SEEN: i64 = 3;

/// So much changed in so many places that every page had better load afresh.
pub(crate) const AFRESH: i64 = 5;

/// A connection or one of its numbers was set up or changed: every node reads them again.
pub(crate) const CONNECTION_CHANGED: i64 = 4;

pub(crate) fn connection_changed(connection: ConnectionId, at: Timestamp) -> NewEvent {
    NewEvent {
        kind: CONNECTION_CHANGED,
        conversation: None,
        subject: Some(*connection.bytes()),
        person: None,
        at,
    }
}

pub(crate) fn afresh(at: Timestamp) -> NewEvent {
    NewEvent {
        kind: AFRESH,
        conversation: None,
        subject: None,
        person: None,
        at,
    }
}

pub(crate) fn message_new(conversation: ConversationId, message: MessageId, at: Timestamp) -> NewEvent {
    event(MESSAGE_NEW, conversation, Some(message), None, at)
}

pub(crate) fn message_changed(conversation: ConversationId, message: MessageId, at: Timestamp) -> NewEvent {
    event(MESSAGE_CHANGED, conversation, Some(message), None, at)
}

pub(crate) fn conversation_seen(conversation: ConversationId, person: PersonId, at: Timestamp) -> NewEvent {
    event(CONVERSATION_SEEN, conversation, None, Some(person), at)
}

fn event(
    kind: i64,
    conversation: ConversationId,
    message: Option<MessageId>,
    person: Option<PersonId>,
    at: Timestamp,
) -> NewEvent {
    let subject = message.map(|message| *message.bytes());
    NewEvent {
        kind,
        conversation: Some(conversation),
        subject,
        person,
        at,
    }
}
