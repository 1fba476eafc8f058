//! What is on the record already about the items that are about to be recorded, read for many of them in one go.
//!
//! Stands between opening a delivery and recording its items: a few questions for a whole batch instead of several for each item. It may be
//! stale by the time a unit of work runs; so whatever is decided by it is repeated there as a guard, and after a conflict the item
//! is read for again, alone. It never decides anything itself.

use super::mark::{Mark, Marks};
use super::record::Arrival;
use super::senders::{Name, Sender};
use crate::Flow;
use crate::context::{Unavailable, everything};
use crate::lookup::Lookups;
use counterfoil_model::contact::IdentityKind;
use counterfoil_model::{ChannelId, ContactId, ConversationId, MessageId};
use counterfoil_store::rows::{ContactNameRow, ContactRow, ConversationRow, IdentityRow, MessageRow};
use counterfoil_vault::Keyed;
use counterfoil_whatsapp::webhook::Item;
use counterfoil_whatsapp::webhook::item::StatusUpdate;
use std::collections::HashMap;
use std::sync::Arc;

/// What is on the record about some items.
pub(crate) struct Known {
    /// With what their names are keyed: all that is decided by what is known here writes with the same.
    lookups: Lookups,
    seen: Marks,
    /// The person whom a name means, and which of their identities it is.
    living: HashMap<Name, (Arc<Sender>, usize)>,
    people: HashMap<ContactId, Arc<Sender>>,
    conversations: HashMap<ConversationId, ConversationRow>,
    messages: HashMap<MessageId, MessageRow>,
    reported: HashMap<Keyed, MessageId>,
}

impl Known {
    /// Reads it, with a number of questions that does not depend on the number of items, and has their key trees ready.
    pub(crate) async fn read(flow: &Flow, arrivals: &[&Arrival]) -> Result<Self, Unavailable> {
        let mut known = Self {
            // Before anything is read: whoever was recorded under this key or one before is then found.
            lookups: flow.lookups().await?,
            seen: Marks::read(flow, arrivals.iter().map(|each| each.mark)).await?,
            living: HashMap::new(),
            people: HashMap::new(),
            conversations: HashMap::new(),
            messages: HashMap::new(),
            reported: HashMap::new(),
        };
        let fresh = || arrivals.iter().filter(|each| !known.seen.hold(&each.mark));
        let senders = &flow.inner.senders;
        senders.keyed_by(known.lookups.epoch());
        let (mut remembered, mut unknown) = (Vec::new(), HashMap::new());
        for each in fresh() {
            let named = each.named(&known.lookups);
            if named.is_empty() {
                continue;
            }
            let names: Vec<Name> = named.iter().map(|named| named.name).collect();
            match senders.named(&names) {
                Some(sender) => remembered.push(sender),
                None => unknown.extend(named.into_iter().map(|named| (named.name, named.others))),
            }
        }
        let statuses: Vec<&StatusUpdate> = fresh()
            .filter_map(|each| match &each.item.item {
                Item::Status(status) => Some(status.as_ref()),
                _ => None,
            })
            .collect();
        let reading = senders.reading();
        for sender in read_senders(flow, &unknown).await? {
            senders.remember(reading, &sender);
            known.meet(sender);
        }
        remembered.into_iter().for_each(|sender| known.meet(sender));
        known.read_messages(flow, &statuses).await?;
        let of_people = known.people.values().flat_map(|sender| {
            let conversations = sender.conversations.iter().map(|row| row.tree);
            conversations.chain([sender.contact.tree])
        });
        let of_messages = known.conversations.values().map(|row| row.tree);
        let trees: Vec<_> = of_people.chain(of_messages).collect();
        flow.vault().trees_ready(&trees).await?;
        Ok(known)
    }

    fn meet(&mut self, sender: Arc<Sender>) {
        for (at, row) in sender.identities.iter().enumerate() {
            self.living.insert((row.kind, row.lookup), (Arc::clone(&sender), at));
        }
        self.people.insert(sender.contact.id, sender);
    }

    async fn read_messages(&mut self, flow: &Flow, statuses: &[&StatusUpdate]) -> Result<(), Unavailable> {
        let store = flow.store();
        let providers = statuses
            .iter()
            .map(|status| flow.vault().dedupe(status.message_id.as_bytes()));
        let providers: Vec<Keyed> = providers.collect();
        for tick in store.ticks_of(&[], &providers).await? {
            if let (Some(provider), Some(message)) = (tick.provider, tick.message) {
                self.reported.entry(provider).or_insert(message);
            }
        }
        let echoed = statuses.iter().filter_map(|status| echoed(status));
        let messages: Vec<MessageId> = echoed.chain(self.reported.values().copied()).collect();
        self.messages = by(store.messages_get(&messages, &everything()?).await?, |row| row.id);
        let conversations: Vec<ConversationId> = self.messages.values().map(|row| row.conversation).collect();
        let rows = store.conversations_get(&conversations, &everything()?).await?;
        self.conversations.extend(by(rows, |row| row.id));
        Ok(())
    }

    /// Whether such an item was taken before.
    pub(crate) fn seen(&self, mark: &Mark) -> bool {
        self.seen.hold(mark)
    }

    /// With what names are keyed here.
    pub(crate) fn lookups(&self) -> &Lookups {
        &self.lookups
    }

    /// The identity that stands for a keyed number, user id or username.
    pub(crate) fn living(&self, kind: IdentityKind, lookup: Keyed) -> Option<&IdentityRow> {
        let (sender, at) = self.living.get(&(kind, lookup))?;
        sender.identities.get(*at)
    }

    /// A contact that one of the identities names.
    pub(crate) fn contact(&self, id: ContactId) -> Option<&ContactRow> {
        self.people.get(&id).map(|sender| &sender.contact)
    }

    /// The newest name of such a contact.
    pub(crate) fn name(&self, contact: ContactId) -> Option<&ContactNameRow> {
        self.people.get(&contact)?.name.as_ref()
    }

    /// The conversation between such a contact and a number.
    pub(crate) fn conversation_of(&self, contact: ContactId, channel: ChannelId) -> Option<&ConversationRow> {
        let mut conversations = self.people.get(&contact)?.conversations.iter();
        conversations.find(|row| row.channel == Some(channel))
    }

    /// A conversation that one of the messages is in.
    pub(crate) fn conversation(&self, id: ConversationId) -> Option<&ConversationRow> {
        self.conversations.get(&id)
    }

    /// The message with an id that a status echoes.
    pub(crate) fn message(&self, id: MessageId) -> Option<&MessageRow> {
        self.messages.get(&id)
    }

    /// The message that an earlier report with this keyed provider id was about.
    pub(crate) fn reported(&self, provider: Keyed) -> Option<&MessageRow> {
        self.messages.get(self.reported.get(&provider)?)
    }
}

/// The people whom some names mean, with a number of questions that does not depend on the number of names. Who stands under another hash of a
/// name is given back as standing under the one that is written.
async fn read_senders(flow: &Flow, names: &HashMap<Name, Vec<Keyed>>) -> Result<Vec<Arc<Sender>>, Unavailable> {
    let mut identities: HashMap<ContactId, Vec<IdentityRow>> = HashMap::new();
    for kind in IdentityKind::ALL.iter().copied() {
        let of_kind = || names.iter().filter(|((each, _), _)| *each == kind);
        let others = of_kind().flat_map(|((_, written), others)| others.iter().map(|other| (*other, *written)));
        let written: HashMap<Keyed, Keyed> = others.collect();
        let lookups = of_kind().map(|((_, written), _)| written).chain(written.keys());
        let lookups: Vec<Keyed> = lookups.copied().collect();
        for mut row in flow.store().identities_living(kind, &lookups).await? {
            row.lookup = written.get(&row.lookup).copied().unwrap_or(row.lookup);
            identities.entry(row.contact).or_default().push(row);
        }
    }
    let contacts: Vec<ContactId> = identities.keys().copied().collect();
    let store = flow.store();
    let mut names = by(store.contact_names_of(&contacts).await?, |row| row.contact);
    let mut conversations: HashMap<ContactId, Vec<ConversationRow>> = HashMap::new();
    for row in store.conversations_of(&contacts, &everything()?).await? {
        if let Some(contact) = row.contact {
            conversations.entry(contact).or_default().push(row);
        }
    }
    let rows = store.contacts_get(&contacts).await?.into_iter();
    let sender = |contact: ContactRow| Sender {
        identities: identities.remove(&contact.id).unwrap_or_default(),
        name: names.remove(&contact.id),
        conversations: conversations.remove(&contact.id).unwrap_or_default(),
        contact,
    };
    Ok(rows.map(sender).map(Arc::new).collect())
}

/// The id of ours that a status echoes, when it is one.
pub(crate) fn echoed(status: &StatusUpdate) -> Option<MessageId> {
    status.callback_data.as_deref().and_then(|text| text.parse().ok())
}

fn by<K: Eq + std::hash::Hash, R>(rows: Vec<R>, key: impl Fn(&R) -> K) -> HashMap<K, R> {
    rows.into_iter().map(|row| (key(&row), row)).collect()
}
