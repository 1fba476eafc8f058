//! Recording what was said or done in a conversation, whichever way it came: who, in which conversation, sealed, with its leaf, its event and the jobs for its files.

use super::content::Content;
use super::identify::Sender;
use super::known::Known;
use super::record::Arrival;
use super::said::Said;
use super::{attach, identify, keep};
use crate::Flow;
use crate::connections::kit::ChannelKit;
use crate::context::Unavailable;
use crate::live::event;
use crate::log;
use counterfoil_ledger::leaf::{Actor, Fact};
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::body::Body;
use counterfoil_model::conversation::ConversationKind;
use counterfoil_model::message::{Direction, MessageKind, Origin};
use counterfoil_model::{ConversationId, MessageId, Timestamp};
use counterfoil_store::rows::{ConversationRow, ItemOutcome, MessageRow};
use counterfoil_store::{Change, Unit};
use counterfoil_vault::{Content as _, Kind, Label, Place, TreeKind};

/// Adds to `unit` the message and all that it brings, or keeps it whole when it cannot be placed.
pub(crate) async fn add(
    flow: &Flow,
    unit: Unit,
    known: &Known,
    arrival: &Arrival,
    said: &Said<'_>,
) -> Result<(Unit, ItemOutcome), Unavailable> {
    let (arrived, item) = (arrival.post, &arrival.item);
    let kept = async |unit, why| {
        let unit = keep::add(flow, unit, arrived, item, why).await?;
        Ok((unit, ItemOutcome::Kept))
    };
    let kit = flow.kit(arrived.connection);
    let channel = kit
        .as_ref()
        .and_then(|kit| kit.channel_named(item.phone_number_id.as_deref()));
    let Some(channel) = channel else {
        return kept(unit, keep::Reason::NumberNotSetUp).await;
    };
    if said.in_group {
        return kept(unit, keep::Reason::NotHandled).await;
    }
    let occurred_at = arrival.occurred_at();
    let party = said.other_side;
    let (unit, sender) = match said.change {
        Some(change) => identify::follow(flow, unit, known, party, change, occurred_at).await?,
        None => {
            let profile = party.profile_name.as_deref();
            identify::identify(flow, unit, known, party, profile, occurred_at).await?
        }
    };
    let Some(sender) = sender else {
        return kept(unit, keep::Reason::NoSender).await;
    };

    let content = said.content();
    // The contact's own words open the window; what WhatsApp tells about them does not.
    let opens = content.direction == Direction::Inbound;
    let (unit, conversation) = conversation(flow, unit, known, &sender, channel, occurred_at, opens).await?;
    let unit = record(flow, unit, &conversation, arrival, said, content).await?;
    Ok((unit, ItemOutcome::Recorded))
}

/// Finds or makes the conversation of a contact and a number, and moves its times forward.
async fn conversation(
    flow: &Flow,
    unit: Unit,
    known: &Known,
    sender: &Sender,
    channel: &ChannelKit,
    occurred_at: Timestamp,
    opens: bool,
) -> Result<(Unit, ConversationRow), Unavailable> {
    let contact = sender.contact;
    if let Some(row) = known.conversation_of(contact, channel.id) {
        let unit = unit.change(Change::conversation_touch(row.id, occurred_at, opens));
        return Ok((unit, row.clone()));
    }
    let at = flow.now();
    let row = ConversationRow {
        id: ConversationId::new(at, flow.random()),
        kind: ConversationKind::Customer,
        contact: Some(contact),
        channel: Some(channel.id),
        team: channel.team,
        tree: flow.vault().tree_create(TreeKind::Conversation).await?,
        last_at: occurred_at,
        last_inbound_at: opens.then_some(occurred_at),
        recorded_at: at,
    };
    let leaf = log::leaf(LeafKind::Conversation, at, row.id.bytes(), Actor::SYSTEM).follows(*contact.bytes());
    Ok((unit.record(row.clone(), leaf), row))
}

async fn record(
    flow: &Flow,
    mut unit: Unit,
    conversation: &ConversationRow,
    arrival: &Arrival,
    said: &Said<'_>,
    content: Content<'_>,
) -> Result<Unit, Unavailable> {
    let (item, occurred_at) = (&arrival.item, arrival.occurred_at());
    let at = flow.now();
    let id = MessageId::new(at, flow.random());
    let key = flow.vault().item(conversation.tree).await?;
    let place = |label| Place {
        kind: Kind::Message,
        object: *id.bytes(),
        label,
    };
    let body: Body = content.body;
    let refers = content
        .refers
        .map(|provider_id| flow.vault().dedupe(provider_id.as_bytes()));
    // Who wrote on our side elsewhere is not told.
    let actor = conversation
        .contact
        .filter(|_| content.direction != Direction::Outbound)
        .map_or(Actor::SYSTEM, |contact| Actor::contact(*contact.bytes()));
    let mut leaf = log::leaf(LeafKind::Message, at, id.bytes(), actor)
        .commitment(log::label(Label::Body), key.commit(Label::Body, &body.encode()))
        .commitment(log::label(Label::Raw), key.commit(Label::Raw, &item.raw))
        .follows(*conversation.id.bytes())
        .fact(FactKey::HappenedAt, Fact::Int(occurred_at.micros()));
    if said.origin != Origin::Live {
        leaf = leaf.fact(FactKey::Origin, Fact::Int(said.origin.code()));
    }
    let row = MessageRow {
        id,
        conversation: conversation.id,
        direction: content.direction,
        kind: content.kind,
        author: None,
        refers,
        occurred_at,
        provider: said.provider_id.map(|id| flow.vault().dedupe(id.as_bytes())),
        body: key.seal(place(Label::Body), &body),
        raw: Some(key.seal(place(Label::Raw), &item.raw)),
        provider_id: said
            .provider_id
            .map(|id| key.seal(place(Label::ProviderId), &id.to_owned())),
        recorded_at: at,
        mark: Some(arrival.mark.item()),
        origin: said.origin,
    };
    unit = unit
        .record(row, leaf)
        .event(event::message_new(conversation.id, id, flow.now()));
    if let Some((kind, media)) = content.media {
        unit = attach::add(flow, unit, conversation, id, kind, media).await?;
    }
    if let Some(refers) = refers.filter(|_| changes_another(content.kind)) {
        for target in flow.store().messages_by_provider(conversation.id, &[refers]).await? {
            unit = unit.event(event::message_changed(conversation.id, target.id, flow.now()));
        }
    }
    Ok(unit)
}

/// Whether such a message changes how an earlier one looks.
pub(crate) fn changes_another(kind: MessageKind) -> bool {
    matches!(
        kind,
        MessageKind::Reaction | MessageKind::Edit | MessageKind::Withdrawal
    )
}
