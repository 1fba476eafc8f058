//! What is left of something that was erased: what stays here, with its ground, and the copies elsewhere, with what became of them.
//!
//! Read for certificates, a page at a time; counted whole, listed up to a bound.

use super::decide::Target;
use super::keep::place;
use crate::Flow;
use crate::authority;
use crate::context::Unavailable;
use crate::filing::withdraw::WithdrawalRefusal;
use counterfoil_model::erasure::{CopyState, ErasureTarget, KeptGround, WithdrawalStep};
use counterfoil_model::{ErasureId, FilingId, HoldId, ReferenceId, Timestamp};
use counterfoil_store::rows::{ErasedCopyRow, ErasureKeptRow, WithdrawalStepRow};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many of each a certificate lists.
pub const LISTED: usize = 400;

/// Something that stays.
#[derive(Debug, Clone, Serialize)]
pub struct KeptItem {
    /// What sort of thing it is.
    pub target: ErasureTarget,
    /// Its id.
    pub object: String,
    /// Why.
    pub ground: KeptGround,
    /// By which hold, where it is one.
    pub hold: Option<HoldId>,
    /// In the words of whoever left it out; `None` also when they were erased themselves.
    pub words: Option<String>,
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
    let (mut items, mut count, mut after) = (Vec::new(), 0, None);
    loop {
        let page = flow.store().erasure_kept(erasure, after, LISTED).await?;
        let Some(last) = page.last() else {
            return Ok((items, count));
        };
        after = Some(last.id);
        count += page.len() as u64;
        let room = listed.saturating_sub(items.len());
        let objects: Vec<[u8; 16]> = page.iter().take(room).map(|row| row.object).collect();
        let gone = flow.store().erased_among(&objects).await?;
        for row in page.into_iter().take(room) {
            let taken_by = gone.iter().find(|gone| gone.object == row.object);
            let taken_by = taken_by.map(|gone| gone.erasure);
            items.push(item(flow, row, taken_by).await?);
        }
    }
}

async fn item(flow: &Flow, row: ErasureKeptRow, taken_by: Option<ErasureId>) -> Result<KeptItem, Unavailable> {
    let words = match &row.words {
        Some(words) => authority::opened(flow, place(row.id), words).await?,
        None => None,
    };
    Ok(KeptItem {
        target: row.target,
        object: Target::from_parts(row.target, row.object).to_string(),
        ground: row.ground,
        hold: row.hold,
        words,
        since: row.recorded_at,
        taken_by,
    })
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
            let step = steps.iter().rfind(|step| step.filing == row.filing);
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
