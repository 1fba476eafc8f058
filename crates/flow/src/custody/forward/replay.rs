//! Doing again what the leaves say was erased or ended since these rows were copied. The leaves are there already, so none of this leaves another.
//!
//! Only what takes away is done again, never what gives: a row is put back only where its leaf tells all of it and its digest agrees.

use super::{ForwardError, Replayed, erasures};
use crate::Flow;
use crate::context::Unavailable;
use crate::custody::tiles::each;
use crate::erasure::decide::Target;
use crate::erasure::find::Batch;
use crate::erasure::work::{copies, destroy, erased, removal};
use crate::holds::{Covered, covered};
use crate::people::standing;
use counterfoil_ledger::Hash;
use counterfoil_ledger::leaf::{Fact, Leaf};
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::person::{PersonState, Role};
use counterfoil_model::retirement::RetirementStep;
use counterfoil_model::{
    AttachmentId, ContactId, ConversationId, ErasureId, GateEndId, GateId, HoldId, MessageId, PersonId, PersonStateId,
    RetirementId, RetirementStepId, Timestamp,
};
use counterfoil_store::Unit;
use counterfoil_store::rows::{ErasureFinalRow, ErasureLiveRow, GateEndRow, HoldEndRow, Record, RetirementStepRow};
use counterfoil_vault::HoldError;
use std::collections::BTreeSet;
use std::ops::Range;

/// The tables of what is erased as a whole, from the small to the large.
const ERASED: [&str; 4] = ["attachment", "message", "conversation", "contact"];

/// Goes through the leaves in their order.
pub(super) async fn replay(flow: &Flow, leaves: Range<u64>) -> Result<Replayed, ForwardError> {
    let mut done = Replayed::default();
    let mut pages = each(leaves);
    while let Some(page) = pages.next(flow).await? {
        for leaf in page {
            one(flow, &leaf, &mut done).await?;
        }
    }
    Ok(done)
}

async fn one(flow: &Flow, leaf: &Leaf, done: &mut Replayed) -> Result<(), ForwardError> {
    erasures::note(flow, leaf).await?;
    let (erasure, hold) = (ErasureId::from_bytes(leaf.subject), HoldId::from_bytes(leaf.subject));
    match leaf.kind {
        LeafKind::Punctured => done.erased += punctured(flow, erasure, &leaf.items).await?,
        LeafKind::ErasureIntended => {
            let target = match (leaf.items.first(), leaf.facts.get(&FactKey::HappenedAt)) {
                (Some(object), _) => found(flow, *object).await?.map(|(target, _)| target.to_string()),
                (None, Some(Fact::Int(before))) => Some(Target::Older(Timestamp::from_micros(*before)).to_string()),
                (None, _) => None,
            };
            done.undone.push((erasure, target));
        }
        LeafKind::ErasedLive => {
            done.undone.retain(|(id, _)| *id != erasure);
            let row = ErasureLiveRow {
                id: erasure,
                recorded_at: at(leaf),
            };
            done.ended += put(flow, leaf, ("erasure", leaf.subject), row).await?;
        }
        LeafKind::ErasedFinal => {
            let retirement = leaf.follows.unwrap_or_default();
            let row = ErasureFinalRow {
                id: erasure,
                retirement: RetirementId::from_bytes(retirement),
                recorded_at: at(leaf),
            };
            if is_there(flow, "retirement", retirement).await? {
                done.ended += put(flow, leaf, ("erasure", leaf.subject), row).await?;
            }
        }
        LeafKind::HoldPlaced => {
            let held = match leaf.items.first() {
                Some(object) => holds(flow, hold, *object).await?,
                None => None,
            };
            done.holds.push((hold, held));
        }
        LeafKind::HoldReleased => {
            done.holds.retain(|(id, _)| *id != hold);
            flow.vault().hold_release(hold).await.map_err(Unavailable::from)?;
            let row = HoldEndRow {
                id: hold,
                recorded_at: at(leaf),
            };
            done.ended += put(flow, leaf, ("hold", leaf.subject), row).await?;
        }
        LeafKind::PersonState => done.ended += stands_less(flow, leaf).await?,
        LeafKind::GateEnded => {
            let gate = leaf.follows.unwrap_or_default();
            let row = GateEndRow {
                id: GateEndId::from_bytes(leaf.subject),
                gate: GateId::from_bytes(gate),
                recorded_at: at(leaf),
            };
            done.ended += put(flow, leaf, ("gate", gate), row).await?;
        }
        LeafKind::KeyEpochOpened => done.ended += step(flow, leaf, RetirementStep::Turned).await?,
        LeafKind::KeyEpochEmptied => done.ended += step(flow, leaf, RetirementStep::Emptied).await?,
        LeafKind::KeyEpochDestroyed => {
            done.ended += step(flow, leaf, RetirementStep::Destroyed).await?;
            if let Some(Fact::Int(epoch)) = leaf.facts.get(&FactKey::Epoch) {
                done.epochs_destroyed.push(*epoch);
            }
        }
        _ => {}
    }
    Ok(())
}

fn at(leaf: &Leaf) -> Timestamp {
    Timestamp::from_micros(leaf.at)
}

/// Erases what these rows had, as far as it came back; how many records that were. Of each of them a row says that it was erased, whether it came back or not.
async fn punctured(flow: &Flow, erasure: ErasureId, items: &[[u8; 16]]) -> Result<u64, Unavailable> {
    let mut gone = 0;
    for table in ERASED {
        let batch = Batch::of(table, flow, items).await?;
        if batch.rows.is_empty() {
            continue;
        }
        let destroyed = destroy(flow, &batch).await?;
        let (unit, copies) = (Unit::new("forward.erase"), copies(&batch, erasure));
        let unit = removal(unit, erasure, &batch, &destroyed, &copies, flow.now())?;
        let objects = not_yet(flow, &batch.recorded()).await?;
        flow.store().commit(erased(unit, erasure, &objects)).await?;
        gone += batch.recorded().len() as u64;
    }
    let objects = not_yet(flow, items).await?;
    if !objects.is_empty() {
        let unit = erased(Unit::new("forward.erased"), erasure, &objects);
        flow.store().commit(unit).await?;
    }
    Ok(gone)
}

/// Those of which no row says yet that they were erased.
async fn not_yet(flow: &Flow, objects: &[[u8; 16]]) -> Result<Vec<[u8; 16]>, Unavailable> {
    let known = flow.store().erased_among(objects).await?;
    let known: BTreeSet<[u8; 16]> = known.into_iter().map(|row| row.object).collect();
    let objects: BTreeSet<[u8; 16]> = objects
        .iter()
        .copied()
        .filter(|object| !known.contains(object))
        .collect();
    Ok(objects.into_iter().collect())
}

/// Has the vault hold what `object` is, and says what that is, if it is here. A vault that was there all the time holds it already.
async fn holds(flow: &Flow, hold: HoldId, object: [u8; 16]) -> Result<Option<String>, Unavailable> {
    let Some((target, covered)) = found(flow, object).await? else {
        return Ok(None);
    };
    match flow.vault().hold_place(hold, covered.runs()).await {
        // It is released further on, and was in the vault that stayed or in an attempt before this one.
        Ok(()) | Err(HoldError::Released(_)) => Ok(Some(target.to_string())),
        Err(error) => Err(Unavailable(Box::new(error))),
    }
}

/// What has this id, and its keys.
pub(super) async fn found(flow: &Flow, object: [u8; 16]) -> Result<Option<(Target, Covered)>, Unavailable> {
    for target in [
        Target::Contact(ContactId::from_bytes(object)),
        Target::Conversation(ConversationId::from_bytes(object)),
        Target::Message(MessageId::from_bytes(object)),
        Target::Attachment(AttachmentId::from_bytes(object)),
    ] {
        if let Some(covered) = covered(flow, target).await? {
            return Ok(Some((target, covered)));
        }
    }
    Ok(None)
}

/// Ends somebody's access again, or what they might do more: the one state that their leaf tells, if it gives them nothing that they have not.
async fn stands_less(flow: &Flow, leaf: &Leaf) -> Result<u64, Unavailable> {
    let (Some(person), Some(record)) = (leaf.follows.map(PersonId::from_bytes), leaf.record) else {
        return Ok(0);
    };
    let Some(facts) = flow.store().person_get(person).await? else {
        return Ok(0);
    };
    let now = (standing::state(&facts), standing::roles(&facts));
    let id = PersonStateId::from_bytes(leaf.subject);
    let whoever_left = standing::some_of(Role::ALL)
        .into_iter()
        .map(|roles| (PersonState::Left, roles));
    let with_less = standing::some_of(&now.1).into_iter().map(|roles| (now.0, roles));
    for (state, roles) in whoever_left.chain(with_less) {
        let row = standing::step(id, person, state, &roles, at(leaf));
        if Unit::digest_of(row.clone()) == record {
            return put(flow, leaf, ("person", *person.bytes()), row).await;
        }
    }
    Ok(0)
}

/// A step of a retirement that goes on: the vault has taken it.
async fn step(flow: &Flow, leaf: &Leaf, step: RetirementStep) -> Result<u64, Unavailable> {
    let retirement = leaf.follows.unwrap_or_default();
    let row = RetirementStepRow {
        id: RetirementStepId::from_bytes(leaf.subject),
        retirement: RetirementId::from_bytes(retirement),
        step,
        recorded_at: at(leaf),
    };
    put(flow, leaf, ("retirement", retirement), row).await
}

/// Puts a row back that its leaf tells whole, if what it belongs to is there; how many that were.
async fn put<R: Record + Clone>(
    flow: &Flow,
    leaf: &Leaf,
    (table, belongs_to): (&str, [u8; 16]),
    row: R,
) -> Result<u64, Unavailable> {
    let told = |record: Hash| Unit::digest_of(row.clone()) == record;
    if !leaf.record.is_some_and(told)
        || is_there(flow, R::TABLE.name, leaf.subject).await?
        || !is_there(flow, table, belongs_to).await?
    {
        return Ok(0);
    }
    flow.store().commit(Unit::new("forward.end").put_back(row)).await?;
    Ok(1)
}

async fn is_there(flow: &Flow, table: &str, id: [u8; 16]) -> Result<bool, Unavailable> {
    Ok(!flow.store().record_present(table, &[id]).await?.is_empty())
}
