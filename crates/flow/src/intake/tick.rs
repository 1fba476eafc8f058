//! Recording what became of a message of ours.
//!
//! A status may come before the answer to the send, out of order, or for a message that another system sent. It is kept as it
//! came; which message it belongs to is told by our own id, which the provider echoes, or by the provider's.

use super::keep;
use super::known::{Known, echoed};
use super::record::Arrived;
use crate::Flow;
use crate::context::Unavailable;
use crate::live::event;
use crate::log;
use counterfoil_ledger::leaf::Actor;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::message::Direction;
use counterfoil_model::tick::TickState;
use counterfoil_model::{TickId, Timestamp};
use counterfoil_store::Unit;
use counterfoil_store::rows::{ItemOutcome, MessageRow, TickRow};
use counterfoil_vault::{Keyed, Kind, Label, Place};
use counterfoil_whatsapp::webhook::item::{Status, StatusUpdate};
use counterfoil_whatsapp::webhook::{StatusKind, WebhookItem};

/// Adds to `unit` the tick that `status` reports, or keeps it whole when it reports something else.
pub(crate) async fn add(
    flow: &Flow,
    unit: Unit,
    known: &Known,
    arrived: Arrived,
    item: &WebhookItem,
    status: &StatusUpdate,
) -> Result<(Unit, ItemOutcome), Unavailable> {
    let Some(state) = state(status) else {
        return Ok((
            keep::add(flow, unit, arrived, item, keep::Reason::NotHandled).await?,
            ItemOutcome::Kept,
        ));
    };
    let kit = flow
        .kit(arrived.connection)
        .filter(|kit| kit.channel_named(item.phone_number_id.as_deref()).is_some());
    let Some(kit) = kit else {
        return Ok((
            keep::add(flow, unit, arrived, item, keep::Reason::NumberNotSetUp).await?,
            ItemOutcome::Kept,
        ));
    };

    let provider = flow.vault().dedupe(status.message_id.as_bytes());
    let message = message_of(known, status, provider);
    let conversation = message.and_then(|message| known.conversation(message.conversation));
    let tree = conversation.map_or(kit.tree, |row| row.tree);
    let recorded_at = flow.now();
    let id = TickId::new(recorded_at, flow.random());
    let key = flow.vault().item(tree).await?;
    let place = Place {
        kind: Kind::Tick,
        object: *id.bytes(),
        label: Label::Raw,
    };
    let commitment = key.commit(Label::Raw, &item.raw);
    let mut leaf = log::leaf(LeafKind::Tick, recorded_at, id.bytes(), Actor::SYSTEM)
        .commitment(log::label(Label::Raw), commitment);
    if let Some(message) = message {
        leaf = leaf.follows(*message.id.bytes());
    }
    let row = TickRow {
        id,
        message: message.map(|message| message.id),
        provider: Some(provider),
        state,
        at: status.timestamp.map_or(arrived.at, Timestamp::from_micros),
        code: status.errors.first().and_then(|error| error.code),
        about: Some(key.seal(place, &item.raw)),
        recorded_at,
    };
    let mut unit = unit.record(row, leaf);
    if let Some(message) = message {
        unit = unit.event(event::message_changed(message.conversation, message.id, flow.now()));
    }
    Ok((unit, ItemOutcome::Recorded))
}

/// The message that a status is about: by the id that we gave along, else by the provider's.
fn message_of<'a>(known: &'a Known, status: &StatusUpdate, provider: Keyed) -> Option<&'a MessageRow> {
    let echoed = echoed(status).and_then(|ours| known.message(ours));
    echoed
        .filter(|message| message.direction == Direction::Outbound)
        .or_else(|| known.reported(provider))
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
