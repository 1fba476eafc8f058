//! What is left of something that was erased: what stays here, with its ground, and the copies elsewhere, with what became of them.
//!
//! Read for certificates; counted whole, listed up to a bound. What stays and lost its record in a restore is told by its leaf.

use super::certificate::written;
use super::keep::place;
use crate::Flow;
use crate::authority;
use crate::context::Unavailable;
use crate::filing::withdraw::WithdrawalRefusal;
use crate::log;
use counterfoil_ledger::leaf::{Fact, Leaf};
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::erasure::{CopyState, ErasureTarget, KeptGround, WithdrawalStep};
use counterfoil_model::{ErasureId, FilingId, HoldId, ReferenceId, Timestamp};
use counterfoil_store::rows::{ErasedCopyRow, ErasureKeptRow, ErasureLostRow, WithdrawalStepRow};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many of each a certificate lists.
pub const LISTED: usize = 400;

/// Something that stays.
#[derive(Debug, Clone, Serialize)]
pub struct KeptItem {
    /// What sort of thing it is; `None` where a restore lost that.
    pub target: Option<ErasureTarget>,
    /// Its id.
    pub object: String,
    /// Why.
    pub ground: KeptGround,
    /// By which hold, where it is one.
    pub hold: Option<HoldId>,
    /// In the words of whoever left it out; `None` also when they were erased themselves, and when they are lost.
    pub words: Option<String>,
    /// Whether its record was lost in a restore, so that its leaf alone tells of it: by which hold it stays, and on what ground, that does not say.
    pub lost: bool,
    /// Since when.
    pub since: Timestamp,
    /// A later erasure that took it.
    pub taken_by: Option<ErasureId>,
}

/// A copy in another system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Copy {
    /// Which filing brought it there.
    pub filing: FilingId,
    /// On which reference.
    pub reference: ReferenceId,
    /// What is known of it.
    pub state: CopyState,
    /// Since when that is known; `None`: since it was erased here.
    pub since: Option<Timestamp>,
    /// Why it was refused.
    pub refusal: Option<WithdrawalRefusal>,
}

/// What stays of what an erasure is of: the first `listed` of it, and how much there is.
pub(super) async fn kept(flow: &Flow, erasure: ErasureId, listed: usize) -> Result<(Vec<KeptItem>, u64), Unavailable> {
    let store = flow.store();
    let count = store.erasure_kept_count(erasure).await? + store.erasure_lost_kept_count(erasure).await?;
    let mut items = Vec::new();
    if count > 0 && listed > 0 {
        for row in store.erasure_kept(erasure, None, listed).await? {
            items.push(item(flow, row).await?);
        }
        let room = listed.saturating_sub(items.len());
        let lost = store.erasure_lost_kept(erasure, None, room).await?;
        items.extend(told(flow, erasure, &lost).await?);
        let objects: Vec<[u8; 16]> = items.iter().map(|(object, _)| *object).collect();
        let gone = store.erased_among(&objects).await?;
        for (object, item) in &mut items {
            let taken_by = gone.iter().find(|gone| gone.object == *object);
            item.taken_by = taken_by.map(|gone| gone.erasure);
        }
    }
    let items = items.into_iter().map(|(_, item)| item).collect();
    Ok((items, count.unsigned_abs()))
}

/// One that is on the record.
async fn item(flow: &Flow, row: ErasureKeptRow) -> Result<([u8; 16], KeptItem), Unavailable> {
    let words = match &row.words {
        Some(words) => authority::opened(flow, place(row.id), words).await?,
        None => None,
    };
    let item = KeptItem {
        target: Some(row.target),
        object: written(Some(row.target), row.object),
        ground: row.ground,
        hold: row.hold,
        words,
        lost: false,
        since: row.recorded_at,
        taken_by: None,
    };
    Ok((row.object, item))
}

/// Those whose records a restore lost, as their leaves tell them.
async fn told(
    flow: &Flow,
    erasure: ErasureId,
    lost: &[ErasureLostRow],
) -> Result<Vec<([u8; 16], KeptItem)>, Unavailable> {
    let ids: Vec<[u8; 16]> = lost.iter().map(|row| row.id).collect();
    let leaves = log::about(flow, &ids).await?;
    let item = |row: &ErasureLostRow| {
        let ours = |leaf: &&Leaf| leaf.subject == row.id && leaf.kind == LeafKind::ErasureKept;
        let leaf = leaves.iter().find(ours)?;
        let (object, ground) = match (leaf.items.first(), leaf.facts.get(&FactKey::Reason)) {
            (Some(object), Some(Fact::Int(ground))) => (*object, KeptGround::from_code(*ground)?),
            _ => return None,
        };
        let item = KeptItem {
            target: row.target,
            object: written(row.target, object),
            ground,
            hold: None,
            words: None,
            lost: true,
            since: Timestamp::from_micros(leaf.at),
            taken_by: None,
        };
        (leaf.follows == Some(*erasure.bytes())).then_some((object, item))
    };
    Ok(lost.iter().filter_map(item).collect())
}

/// The copies elsewhere of what an erasure took: the first `listed` of them, and how many there are in each state.
pub(super) async fn copies(
    flow: &Flow,
    erasure: ErasureId,
    listed: usize,
) -> Result<(Vec<Copy>, BTreeMap<&'static str, u64>, bool), Unavailable> {
    let (mut copies, mut counts, mut may_stand, mut after) = (Vec::new(), BTreeMap::new(), false, None);
    loop {
        let page = flow.store().erased_copies(erasure, after, LISTED).await?;
        let Some(last) = page.last() else {
            return Ok((copies, counts, may_stand));
        };
        after = Some(last.filing);
        let filings: Vec<FilingId> = page.iter().map(|row| row.filing).collect();
        let steps = flow.store().withdrawal_steps_of(&filings).await?;
        for row in page {
            // What came of asking is told before that it was asked, also where both are of one moment.
            let of_it = steps.iter().filter(|step| step.filing == row.filing);
            let step = of_it.max_by_key(|step| step.step != WithdrawalStep::Asked);
            let copy = copy(&row, step);
            *counts.entry(copy.state.name()).or_default() += 1;
            may_stand |= copy.state.may_stand();
            if copies.len() < listed {
                copies.push(copy);
            }
        }
    }
}

/// What the last step says of a copy; without one, what was known when it was erased here.
fn copy(row: &ErasedCopyRow, step: Option<&WithdrawalStepRow>) -> Copy {
    let state = match step.map(|step| step.step) {
        None => row.state,
        Some(WithdrawalStep::Asked) => CopyState::Asked,
        Some(WithdrawalStep::Withdrawn) => CopyState::Withdrawn,
        Some(WithdrawalStep::Refused) => CopyState::Refused,
        // Whether one that was never acknowledged arrived, nobody here knows.
        Some(WithdrawalStep::NotOffered) => CopyState::Stands,
        Some(WithdrawalStep::NotThere) if row.state == CopyState::NotHandedOver => CopyState::NotHandedOver,
        Some(WithdrawalStep::NotThere) => CopyState::NotThere,
    };
    let refused = step.filter(|step| step.step == WithdrawalStep::Refused);
    Copy {
        filing: row.filing,
        reference: row.reference,
        state,
        since: step.map(|step| step.at),
        refusal: refused.map(|step| WithdrawalRefusal::of(step.code)),
    }
}
