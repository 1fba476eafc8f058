//! Recording what a colleague wrote: sealed under the conversation, with its leaf and its event.

use crate::Flow;
use crate::context::Unavailable;
use crate::live::event;
use crate::log;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::body::Body;
use counterfoil_model::message::{Direction, MessageKind, Origin};
use counterfoil_model::{ConversationId, MessageId, Timestamp};
use counterfoil_policy::Staff;
use counterfoil_store::rows::{ConversationRow, MessageRow};
use counterfoil_store::{Change, Unit};
use counterfoil_vault::{Content as _, Keyed, Kind, Label, Place};

/// A message of a colleague, ready to be recorded.
pub(crate) struct Writing<'a> {
    pub(crate) id: MessageId,
    pub(crate) at: Timestamp,
    pub(crate) staff: &'a Staff,
    pub(crate) direction: Direction,
    pub(crate) kind: MessageKind,
    pub(crate) body: Body,
    pub(crate) refers: Option<Keyed>,
    /// The message that this one sends once more.
    pub(crate) again: Option<MessageId>,
}

/// Adds to `unit` the message, its leaf and its event, and moves the conversation forward.
pub(crate) async fn add(
    flow: &Flow,
    unit: Unit,
    conversation: &ConversationRow,
    writing: Writing<'_>,
) -> Result<Unit, Unavailable> {
    let Writing {
        id,
        at,
        staff,
        direction,
        kind,
        body,
        refers,
        again,
    } = writing;
    let key = flow.vault().item(conversation.tree).await?;
    let place = Place {
        kind: Kind::Message,
        object: *id.bytes(),
        label: Label::Body,
    };
    let leaf = log::leaf(LeafKind::Message, at, id.bytes(), log::staff(staff))
        .commitment(log::label(Label::Body), key.commit(Label::Body, &body.encode()))
        .follows(again.map_or(*conversation.id.bytes(), |again| *again.bytes()));
    let row = MessageRow {
        id,
        conversation: conversation.id,
        direction,
        kind,
        author: Some(staff.person),
        refers,
        occurred_at: at,
        provider: None,
        body: key.seal(place, &body),
        raw: None,
        provider_id: None,
        recorded_at: at,
        mark: None,
        origin: Origin::Live,
    };
    Ok(unit
        .record(row, leaf)
        .change(Change::conversation_touch(conversation.id, at, false))
        .event(event::message_new(conversation.id, id, flow.now())))
}

/// The bytes that name an operation on a conversation, for idempotency keys.
pub(crate) fn route(operation: &str, conversation: ConversationId) -> Vec<u8> {
    let mut route = operation.as_bytes().to_vec();
    route.push(0);
    route.extend_from_slice(conversation.bytes());
    route
}
