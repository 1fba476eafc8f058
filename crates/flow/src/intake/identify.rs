//! Who it is: from the identities that an update carries to one contact.
//!
//! A contact is found by a business-scoped user id, its parent, or a phone number, never by a username or a name. A phone number
//! and a user id are linked only when one update carries both. A number that turns up with another user id has a new owner: it
//! is ended for the old contact and their history stays apart. Source: Cloud API, business-scoped user ids, edition 2026-06.

use super::known::Known;
use super::senders::Name;
use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use crate::lookup::{Hashes, Lookups, value};
use counterfoil_ledger::leaf::Actor;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::contact::IdentityKind;
use counterfoil_model::{ContactId, ContactNameId, IdentityId, Timestamp, TreeId};
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_store::rows::{ContactNameRow, ContactRow, IdentityEndRow, IdentityRow};
use counterfoil_store::{Change, Unit};
use counterfoil_vault::{Keyed, Kind, Label, Place, TreeKind};
use counterfoil_whatsapp::webhook::item::{IdentityChange, Party};

/// One identity as an update gives it.
struct Given {
    kind: IdentityKind,
    value: String,
    hashes: Hashes,
}

/// A name by which a contact is found, and the other hashes under which it may stand while the lookup key is replaced.
pub(crate) struct Named {
    pub(crate) name: Name,
    pub(crate) others: Vec<Keyed>,
}

/// The contact that an update is from, perhaps just being made.
pub(crate) struct Sender {
    pub(crate) contact: ContactId,
    pub(crate) tree: TreeId,
}

/// Finds or makes the contact, and adds to `unit` what is new about them. `None` when the update names nobody.
pub(crate) async fn identify(
    flow: &Flow,
    unit: Unit,
    known: &Known,
    party: &Party,
    profile: Option<&str>,
    since: Timestamp,
) -> Result<(Unit, Option<Sender>), Unavailable> {
    let given = given(known.lookups(), party);
    if !given.iter().any(|each| each.kind.decides()) {
        return Ok((unit, None));
    }
    let living: Vec<Option<&IdentityRow>> = given
        .iter()
        .map(|each| known.living(each.kind, each.hashes.written))
        .collect();
    let held_by = |kind| {
        given
            .iter()
            .zip(&living)
            .find(|(each, row)| each.kind == kind && row.is_some())
            .and_then(|(_, row)| *row)
    };
    let by_user_id = held_by(IdentityKind::UserId)
        .or_else(|| held_by(IdentityKind::ParentUserId))
        .map(|row| row.contact);
    let by_phone = held_by(IdentityKind::Phone).map(|row| row.contact);
    let contact = match (by_user_id, by_phone) {
        (Some(contact), _) => Some(contact),
        (None, Some(contact)) if carries_other_user_id(flow, contact, &given).await? => None,
        (None, by_phone) => by_phone,
    };

    // Who has a name by a later update than this one keeps it: this one came late.
    let taken: Vec<&IdentityRow> = living
        .iter()
        .flatten()
        .copied()
        .filter(|row| Some(row.contact) != contact && row.since <= since)
        .collect();
    let unit = end_all(unit, &taken, since);
    let (mut unit, sender) = match contact {
        Some(contact) => {
            let row = known.contact(contact);
            let row = row.ok_or_else(|| Unavailable("an identity names a contact that is not there".into()))?;
            (
                unit,
                Sender {
                    contact,
                    tree: row.tree,
                },
            )
        }
        None => make(flow, unit).await?,
    };
    for row in &taken {
        unit = ended(flow, unit, row, since);
    }
    for (each, row) in given.iter().zip(&living) {
        let begins = row
            .as_ref()
            .is_none_or(|row| taken.iter().any(|taken| taken.id == row.id));
        if begins {
            unit = begin(flow, unit, known, &sender, each, since).await?;
        }
    }
    let unit = name(flow, unit, known, &sender, profile).await?;
    Ok((unit, Some(sender)))
}

/// Follows a change that WhatsApp reports: ends what is old and begins what is new for the same contact.
///
/// `None` when the old identities name nobody; the new ones then count as an ordinary sender.
pub(crate) async fn follow(
    flow: &Flow,
    unit: Unit,
    known: &Known,
    party: &Party,
    change: &IdentityChange,
    since: Timestamp,
) -> Result<(Unit, Option<Sender>), Unavailable> {
    let pairs = [
        (
            IdentityKind::Phone,
            change.old_phone.as_ref().or(party.phone.as_ref()),
            change.new_phone.as_ref(),
        ),
        (
            IdentityKind::UserId,
            change.old_user_id.as_ref(),
            change.new_user_id.as_ref(),
        ),
        (
            IdentityKind::ParentUserId,
            change.old_parent_user_id.as_ref(),
            change.new_parent_user_id.as_ref(),
        ),
    ];
    let mut sender = None;
    for (kind, old, _) in &pairs {
        if let Some(old) = old
            && let Some(row) = known.living(*kind, hashes(known.lookups(), *kind, old).written)
            // Who got the name after this change is somebody else.
            && row.since <= since
            && let Some(contact) = known.contact(row.contact)
        {
            sender = Some(Sender {
                contact: contact.id,
                tree: contact.tree,
            });
            break;
        }
    }
    let Some(sender) = sender else {
        let new = Party {
            phone: change.new_phone.clone().or_else(|| party.phone.clone()),
            user_id: change.new_user_id.clone().or_else(|| party.user_id.clone()),
            parent_user_id: change
                .new_parent_user_id
                .clone()
                .or_else(|| party.parent_user_id.clone()),
            ..Party::default()
        };
        return identify(flow, unit, known, &new, None, since).await;
    };
    let (mut taken, mut new_names) = (Vec::new(), Vec::new());
    for (kind, old, new) in pairs {
        let Some(new) = new else { continue };
        let old_key = old.map(|old| hashes(known.lookups(), kind, old).written);
        let hashes = hashes(known.lookups(), kind, new);
        let new_key = hashes.written;
        if let Some(old_key) = old_key.filter(|old_key| *old_key != new_key)
            && let Some(row) = known.living(kind, old_key)
            && row.contact == sender.contact
        {
            taken.push(row);
        }
        let holder = known.living(kind, new_key);
        if holder.is_some_and(|row| row.contact == sender.contact) {
            continue;
        }
        taken.extend(holder);
        new_names.push(Given {
            kind,
            value: new.clone(),
            hashes,
        });
    }
    let mut unit = end_all(unit, &taken, since);
    for row in &taken {
        unit = ended(flow, unit, row, since);
    }
    for given in &new_names {
        unit = begin(flow, unit, known, &sender, given, since).await?;
    }
    Ok((unit, Some(sender)))
}

/// The keyed identities that an update names, old and new.
pub(crate) fn named(lookups: &Lookups, party: &Party, change: Option<&IdentityChange>) -> Vec<Named> {
    let changed = change.into_iter().flat_map(|change| {
        [
            (IdentityKind::Phone, &change.old_phone),
            (IdentityKind::Phone, &change.new_phone),
            (IdentityKind::UserId, &change.old_user_id),
            (IdentityKind::UserId, &change.new_user_id),
            (IdentityKind::ParentUserId, &change.old_parent_user_id),
            (IdentityKind::ParentUserId, &change.new_parent_user_id),
        ]
    });
    let changed = changed.filter_map(|(kind, value)| Some((kind, value.as_deref()?)));
    let all = names(party).chain(changed);
    all.map(|(kind, value)| {
        let hashes = hashes(lookups, kind, value);
        Named {
            name: (kind, hashes.written),
            others: hashes.others,
        }
    })
    .collect()
}

/// The identities that an update gives somebody.
fn names(party: &Party) -> impl Iterator<Item = (IdentityKind, &str)> {
    let all = [
        (IdentityKind::UserId, &party.user_id),
        (IdentityKind::ParentUserId, &party.parent_user_id),
        (IdentityKind::Phone, &party.phone),
        (IdentityKind::Username, &party.username),
    ];
    let all = all
        .into_iter()
        .filter_map(|(kind, value)| Some((kind, value.as_deref()?)));
    all.filter(|(_, value)| !value.is_empty())
}

fn given(lookups: &Lookups, party: &Party) -> Vec<Given> {
    let given = names(party).map(|(kind, value)| Given {
        kind,
        value: value.to_owned(),
        hashes: hashes(lookups, kind, value),
    });
    given.collect()
}

/// The keyed forms under which an identity is found.
fn hashes(lookups: &Lookups, kind: IdentityKind, value: &str) -> Hashes {
    let (lookup, text) = value::identity(kind, value);
    lookups.hashes(lookup, &text)
}

/// Whether `contact` has a living user id and the update carries a different one.
async fn carries_other_user_id(flow: &Flow, contact: ContactId, given: &[Given]) -> Result<bool, Unavailable> {
    let Some(user_id) = given.iter().find(|each| each.kind == IdentityKind::UserId) else {
        return Ok(false);
    };
    let identities = flow.store().identities_of(&[contact]).await?;
    Ok(identities
        .iter()
        .any(|row| row.kind == IdentityKind::UserId && row.ended_at.is_none() && !user_id.hashes.hold(row.lookup)))
}

async fn make(flow: &Flow, unit: Unit) -> Result<(Unit, Sender), Unavailable> {
    let at = flow.now();
    let contact = ContactId::new(at, flow.random());
    let tree = flow.vault().tree_create(TreeKind::Contact).await?;
    let leaf = log::leaf(LeafKind::Contact, at, contact.bytes(), Actor::SYSTEM);
    let unit = unit.record(
        ContactRow {
            id: contact,
            tree,
            recorded_at: at,
        },
        leaf,
    );
    Ok((unit, Sender { contact, tree }))
}

async fn begin(
    flow: &Flow,
    unit: Unit,
    known: &Known,
    sender: &Sender,
    given: &Given,
    since: Timestamp,
) -> Result<Unit, Unavailable> {
    let at = flow.now();
    let id = IdentityId::new(at, flow.random());
    let item = flow.vault().item(sender.tree).await?;
    let place = Place {
        kind: Kind::Identity,
        object: *id.bytes(),
        label: Label::Value,
    };
    let leaf = log::leaf(LeafKind::Identity, at, id.bytes(), Actor::SYSTEM)
        .commitment(
            log::label(Label::Value),
            item.commit(Label::Value, given.value.as_bytes()),
        )
        .follows(*sender.contact.bytes());
    let row = IdentityRow {
        id,
        contact: sender.contact,
        kind: given.kind,
        lookup: given.hashes.written,
        value: item.seal(place, &given.value),
        since,
        ended_at: None,
        recorded_at: at,
    };
    Ok(unit.record(row, leaf).change(known.lookups().stands()))
}

/// Ends identities. This goes before the first row of the unit: only what ended leaves room for the same name with another contact.
fn end_all(unit: Unit, taken: &[&IdentityRow], since: Timestamp) -> Unit {
    unit.changes(taken.iter().map(|row| Change::identity_end(row.id, ending(row, since))))
}

/// Puts on the record that an identity ended.
fn ended(flow: &Flow, unit: Unit, row: &IdentityRow, since: Timestamp) -> Unit {
    let at = flow.now();
    let leaf = log::leaf(LeafKind::IdentityEnded, at, row.id.bytes(), Actor::SYSTEM);
    let end = IdentityEndRow {
        id: row.id,
        ended_at: ending(row, since),
        recorded_at: at,
    };
    unit.record(end, leaf)
}

/// When an identity ended: never before it began.
fn ending(row: &IdentityRow, since: Timestamp) -> Timestamp {
    since.max(row.since)
}

/// Adds the profile name when it is not the one that we know already.
async fn name(
    flow: &Flow,
    unit: Unit,
    known: &Known,
    sender: &Sender,
    profile: Option<&str>,
) -> Result<Unit, Unavailable> {
    let Some(profile) = profile.filter(|name| !name.trim().is_empty()) else {
        return Ok(unit);
    };
    if let Some(row) = known.name(sender.contact) {
        let place = Place {
            kind: Kind::ContactName,
            object: *row.id.bytes(),
            label: Label::Name,
        };
        let permit = machine_permit(Machine::Intake, vec![place.object]);
        match flow.vault().open(&permit, place, &row.name).await {
            Ok(name) if name.expose() == profile => return Ok(unit),
            Ok(_) | Err(counterfoil_vault::OpenError::Erased) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let at = flow.now();
    let id = ContactNameId::new(at, flow.random());
    let item = flow.vault().item(sender.tree).await?;
    let place = Place {
        kind: Kind::ContactName,
        object: *id.bytes(),
        label: Label::Name,
    };
    let name = profile.to_owned();
    let leaf = log::leaf(LeafKind::ContactName, at, id.bytes(), Actor::SYSTEM)
        .commitment(log::label(Label::Name), item.commit(Label::Name, name.as_bytes()))
        .follows(*sender.contact.bytes());
    Ok(unit.record(
        ContactNameRow {
            id,
            contact: sender.contact,
            name: item.seal(place, &name),
            recorded_at: at,
        },
        leaf,
    ))
}
