//! Recording what became of a message of ours.
//!
//! A status may come before the answer to the send, out of order, or for a message that another system sent. It is kept as it
//! came; which message it belongs to is told by our own id, which the provider echoes, or by the provider's.

use super::keep;
use super::record::{Arrived, Outcome};
use crate::Flow;
use crate::context::Unavailable;
use crate::live::event;
use crate::log;
use counterfoil_ledger::leaf::Actor;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::tick::TickState;
use counterfoil_model::{MessageId, TickId, Timestamp};
use counterfoil_store::Unit;
use counterfoil_store::rows::{MessageRow, TickRow};
use counterfoil_vault::{Keyed, Kind, Label, Place};
use counterfoil_whatsapp::webhook::{Item, Status, StatusKind, StatusUpdate};

/// Adds to `unit` the tick that `status` reports, or keeps it whole when it reports something else.
pub(crate) async fn add(
    flow: &Flow,
    unit: Unit,
    arrived: Arrived,
    item: &Item,
    status: &StatusUpdate,
) -> Result<(Unit, Outcome), Unavailable> {
    let kept = |reason| async move { Ok((keep::add(flow, unit, arrived, item, reason).await?, Outcome::Kept)) };
    let Some(state) = state(status) else { return kept(keep::Reason::NotHandled).await };
    let Some(kit) = flow.kit(arrived.connection) else { return kept(keep::Reason::NumberNotSetUp).await };
    if !kit.channels.iter().any(|channel| item.phone_number_id.as_deref() == Some(&channel.phone_number_id)) {
        return kept(keep::Reason::NumberNotSetUp).await;
    }

    let provider = flow.vault().dedupe(status.message_id.as_bytes());
    let message = message_of(flow, status, provider).await?;
    let tree = match &message {
        Some(message) => flow.store().conversation_tree(message.conversation).await?.unwrap_or(kit.tree),
        None => kit.tree,
    };
    let recorded_at = flow.now();
    let id = TickId::new(recorded_at, flow.random());
    let key = flow.vault().item(tree).await?;
    let place = Place { kind: Kind::Tick, object: *id.bytes(), label: Label::Raw };
    let commitment = key.commit(Label::Raw, &item.raw);
    let mut leaf = log::leaf(LeafKind::Tick, recorded_at, id.bytes(), Actor::SYSTEM)
        .commitment(log::label(Label::Raw), commitment);
    if let Some(message) = &message {
        leaf = leaf.follows(*message.id.bytes());
    }
    let row = TickRow {
        id,
        message: message.as_ref().map(|message| message.id),
        provider: Some(provider),
        state,
        at: status.timestamp.map_or(arrived.at, Timestamp::from_micros),
        code: status.errors.first().and_then(|error| error.code),
        raw: Some(key.seal(place, &item.raw)),
        recorded_at,
    };
    let mut unit = unit.record(row, leaf);
    if let Some(message) = &message {
        unit = unit.event(event::message_changed(message.conversation, message.id, flow.now()));
    }
    Ok((unit, Outcome::Recorded))
}

/// The message that a status is about: by the id that we gave along, else by the provider's.
async fn message_of(
    flow: &Flow,
    status: &StatusUpdate,
    provider: Keyed,
) -> Result<Option<MessageRow>, Unavailable> {
    if let Some(ours) = status.callback_data.as_deref().and_then(|text| text.parse::<MessageId>().ok())
        && let Some(message) = flow.store().message_get(ours).await?
    {
        return Ok(Some(message));
    }
    match flow.store().tick_message(provider).await? {
        Some(message) => Ok(flow.store().message_get(message).await?),
        None => Ok(None),
    }
}

fn state(status: &StatusUpdate) -> Option<TickState> {
    match status.status {
        Status::Message(StatusKind::Sent) => Some(TickState::Sent),
        Status::Message(StatusKind::Delivered) => Some(TickState::Delivered),
        Status::Message(StatusKind::Read) => Some(TickState::Read),
        Status::Message(StatusKind::Played) => Some(TickState::Played),
        Status::Message(StatusKind::Failed) => Some(TickState::Failed),
        Status::Message(_) | Status::Call(_) => None,
    }
}
