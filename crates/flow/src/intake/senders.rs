//! Who wrote lately, as the record had it: so that the next message of the same person need not ask again.
//!
//! Stands between recording and the store, and never in its place: whoever is not here, or not as a message names them, is read for. It
//! holds only what this node itself may change while it records; whatever changes a person makes it forget them, and so does a conflict.

use counterfoil_model::ContactId;
use counterfoil_model::contact::IdentityKind;
use counterfoil_store::rows::{ContactNameRow, ContactRow, ConversationRow, IdentityRow};
use counterfoil_vault::Keyed;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many people are remembered.
const MOST: usize = 8_192;

/// By what a person is found.
pub(crate) type Name = (IdentityKind, Keyed);

/// What the record says about one person.
pub(crate) struct Sender {
    pub(crate) contact: ContactRow,
    /// The living identities that were asked for.
    pub(crate) identities: Vec<IdentityRow>,
    /// The newest name.
    pub(crate) name: Option<ContactNameRow>,
    pub(crate) conversations: Vec<ConversationRow>,
}

/// People by what they are found by.
#[derive(Default)]
pub(crate) struct Senders(Mutex<People>);

#[derive(Default)]
struct People {
    /// Under which fencing number this node records.
    fence: Option<i64>,
    /// The epoch of the lookup key that their names are keyed with.
    epoch: i64,
    /// Grows whenever somebody is forgotten: what was read before that may be stale.
    forgotten: u64,
    by_contact: HashMap<ContactId, Arc<Sender>>,
    by_name: HashMap<Name, ContactId>,
    /// In the order in which they came.
    order: VecDeque<ContactId>,
}

/// When something was read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading(u64);

impl Senders {
    /// The beginning of a reading.
    pub(crate) fn reading(&self) -> Reading {
        Reading(self.people().forgotten)
    }

    /// The person whom all these names mean, if each is known and is theirs.
    pub(crate) fn named(&self, names: &[Name]) -> Option<Arc<Sender>> {
        let people = self.people();
        let mut contacts = names.iter().map(|name| people.by_name.get(name));
        let first = *contacts.next()??;
        if contacts.any(|other| other != Some(&first)) {
            return None;
        }
        people.by_contact.get(&first).cloned()
    }

    /// Remembers a person who was read at `reading`, unless somebody was forgotten since.
    pub(crate) fn remember(&self, reading: Reading, sender: &Arc<Sender>) {
        let mut people = self.people();
        if people.forgotten != reading.0 || people.fence.is_none() {
            return;
        }
        people.part(sender.contact.id);
        if people.order.len() >= MOST
            && let Some(oldest) = people.order.front().copied()
        {
            people.part(oldest);
        }
        people.take(sender);
    }

    /// Forgets whoever has one of these names.
    pub(crate) fn forget(&self, names: &[Name]) {
        let mut people = self.people();
        people.forgotten += 1;
        for name in names {
            if let Some(contact) = people.by_name.get(name).copied() {
                people.part(contact);
            }
        }
    }

    /// Forgets everybody.
    pub(crate) fn forget_all(&self) {
        let mut people = self.people();
        *people = People {
            fence: people.fence,
            epoch: people.epoch,
            forgotten: people.forgotten + 1,
            ..People::default()
        };
    }

    /// This node records under this fencing number, or does not: another node may have recorded since the last one.
    pub(crate) fn led_by(&self, fence: Option<i64>) {
        let changed = std::mem::replace(&mut self.people().fence, fence) != fence;
        if changed {
            self.forget_all();
        }
    }

    /// Names are keyed with the lookup key of this epoch from now on: by those that were keyed with an earlier one nobody is found.
    pub(crate) fn keyed_by(&self, epoch: i64) {
        let changed = {
            let mut people = self.people();
            let later = people.epoch < epoch;
            people.epoch = people.epoch.max(epoch);
            later
        };
        if changed {
            self.forget_all();
        }
    }

    fn people(&self) -> MutexGuard<'_, People> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl People {
    fn take(&mut self, sender: &Arc<Sender>) {
        let contact = sender.contact.id;
        for row in &sender.identities {
            self.by_name.insert((row.kind, row.lookup), contact);
        }
        self.by_contact.insert(contact, Arc::clone(sender));
        self.order.push_back(contact);
    }

    fn part(&mut self, contact: ContactId) {
        if let Some(sender) = self.by_contact.remove(&contact) {
            self.order.retain(|other| *other != contact);
            for row in &sender.identities {
                self.by_name.remove(&(row.kind, row.lookup));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use counterfoil_model::{IdentityId, Timestamp, TreeId};
    use counterfoil_vault::Sealed;

    const AT: Timestamp = Timestamp::from_micros(1);

    fn name(number: u8) -> Name {
        (IdentityKind::Phone, Keyed::from_bytes([number; 32]))
    }

    fn person(contact: u8, names: &[Name]) -> Arc<Sender> {
        let id = ContactId::from_bytes([contact; 16]);
        let identity = |(at, (kind, lookup)): (usize, &Name)| IdentityRow {
            id: IdentityId::from_bytes([u8::try_from(at).unwrap(); 16]),
            contact: id,
            kind: *kind,
            lookup: *lookup,
            value: Sealed::from_bytes(Vec::new()),
            since: AT,
            ended_at: None,
            recorded_at: AT,
        };
        Arc::new(Sender {
            contact: ContactRow {
                id,
                tree: TreeId::from_bytes([9; 16]),
                recorded_at: AT,
            },
            identities: names.iter().enumerate().map(identity).collect(),
            name: None,
            conversations: Vec::new(),
        })
    }

    fn leading() -> Senders {
        let senders = Senders::default();
        senders.led_by(Some(1));
        senders
    }

    fn is_known(senders: &Senders, names: &[Name]) -> bool {
        senders.named(names).is_some()
    }

    #[test]
    fn only_whom_all_names_mean_is_known() {
        let senders = leading();
        senders.remember(senders.reading(), &person(1, &[name(1), name(2)]));
        senders.remember(senders.reading(), &person(2, &[name(3)]));
        assert!(is_known(&senders, &[name(1)]) && is_known(&senders, &[name(2), name(1)]));
        for other in [&[][..], &[name(4)], &[name(1), name(4)], &[name(1), name(3)]] {
            assert!(!is_known(&senders, other));
        }
    }

    #[test]
    fn what_was_read_before_somebody_was_forgotten_is_not_remembered() {
        let senders = leading();
        let reading = senders.reading();
        senders.remember(reading, &person(1, &[name(1)]));
        senders.forget(&[name(1)]);
        assert!(!is_known(&senders, &[name(1)]));
        senders.remember(reading, &person(2, &[name(2)]));
        assert!(!is_known(&senders, &[name(2)]));
        senders.remember(senders.reading(), &person(2, &[name(2)]));
        assert!(is_known(&senders, &[name(2)]));
    }

    #[test]
    fn another_lead_begins_with_nobody() {
        let senders = leading();
        senders.remember(senders.reading(), &person(1, &[name(1)]));
        senders.led_by(Some(1));
        assert!(is_known(&senders, &[name(1)]));
        for fence in [Some(2), None] {
            senders.led_by(fence);
            assert!(!is_known(&senders, &[name(1)]));
            senders.remember(senders.reading(), &person(1, &[name(1)]));
        }
        assert!(!is_known(&senders, &[name(1)]), "who does not lead remembers nobody");
    }

    #[test]
    fn another_lookup_key_begins_with_nobody() {
        let senders = leading();
        senders.keyed_by(1);
        senders.remember(senders.reading(), &person(1, &[name(1)]));
        senders.keyed_by(1);
        assert!(is_known(&senders, &[name(1)]));
        let reading = senders.reading();
        senders.keyed_by(2);
        assert!(!is_known(&senders, &[name(1)]));
        senders.remember(reading, &person(1, &[name(1)]));
        assert!(!is_known(&senders, &[name(1)]), "it was read before");
        senders.remember(senders.reading(), &person(1, &[name(2)]));
        senders.keyed_by(1);
        assert!(
            is_known(&senders, &[name(2)]),
            "who has not heard of it changes nothing"
        );
    }

    #[test]
    fn the_oldest_goes_when_there_are_too_many() {
        let senders = leading();
        for number in 0..=u32::try_from(MOST).unwrap() {
            let mut bytes = [0; 32];
            bytes[..4].copy_from_slice(&number.to_be_bytes());
            let mut one = person(1, &[(IdentityKind::Phone, Keyed::from_bytes(bytes))]);
            let row = Arc::get_mut(&mut one).unwrap();
            row.contact.id = ContactId::from_bytes(bytes[..16].try_into().unwrap());
            senders.remember(senders.reading(), &one);
        }
        assert_eq!(senders.people().order.len(), MOST);
        assert!(!is_known(&senders, &[name(0)]));
    }
}
