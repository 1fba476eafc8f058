//! Doing it: one step after the other, each asked for again until it is on the log.

use super::Taken;
use crate::Flow;
use crate::context::Unavailable;
use crate::jobs::{Ended, subject};
use crate::log;
use crate::lookup::renew;
use counterfoil_ledger::leaf::{Actor, Fact};
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::retirement::RetirementStep;
use counterfoil_model::{ErasureId, RetirementId, RetirementStepId};
use counterfoil_store::rows::{BackupRow, ErasureFinalRow, RetirementRow, RetirementStepRow};
use counterfoil_store::{Claimed, CommitError, Unit};
use counterfoil_vault::Live;
use std::time::Duration;

/// How soon to look again for what another node does.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How soon to look again for what a person does: a trial that was sound wishes for the job anew, and this is for the one whose wish was lost.
const LOOK_LATER: Duration = Duration::from_secs(60);
/// How many erasures become final together.
const TOGETHER: usize = 100;

/// Takes the steps that are left, as far as none waits for something.
pub(crate) async fn run(flow: &Flow, job: &Claimed) -> Result<Ended, Unavailable> {
    let retirement = flow
        .store()
        .retirement_get(RetirementId::from_bytes(subject(job)))
        .await?;
    let Some(retirement) = retirement else {
        return Ok(Ended::Done);
    };
    let taken = Taken::of(flow, &retirement).await?;
    let waits = Ok(Ended::Waits(flow.now().plus(LOOK_AGAIN)));
    let later = Ok(Ended::Waits(flow.now().plus(LOOK_LATER)));
    let (vault, epoch) = (flow.vault(), retirement.epoch);
    if !taken.has(RetirementStep::Turned) {
        let next = vault.epoch_make(epoch).await?;
        if !vault.epoch_unknown_to(next).await?.is_empty() {
            return waits;
        }
        vault.epoch_turn(next).await?;
        put(flow, &retirement, RetirementStep::Turned).await?;
    }
    if !taken.has(RetirementStep::Emptied) {
        // Before anything is wrapped anew: the old lookup key never comes under the next epoch, whose copies stay.
        if !taken.has(RetirementStep::Rekeyed) {
            if !rekey(flow, epoch + 1).await? {
                return waits;
            }
            put(flow, &retirement, RetirementStep::Rekeyed).await?;
        }
        empty(flow, epoch).await?;
        put(flow, &retirement, RetirementStep::Emptied).await?;
        return later;
    }
    if !taken.has(RetirementStep::Destroyed) {
        if backup_since(flow, &taken).await?.is_none() {
            return later;
        }
        vault.epoch_retire(epoch).await?;
        vault.epochs_destroy().await?;
        if !vault.epoch_held_by(epoch).await?.is_empty() {
            return waits;
        }
        put(flow, &retirement, RetirementStep::Destroyed).await?;
    }
    finish(flow, &retirement).await?;
    Ok(Ended::Done)
}

/// Makes everything found by the lookup key of `next`, then destroys those of before. `false` while a node does not know that of `next` yet, or still
/// remembers one of before.
async fn rekey(flow: &Flow, next: i64) -> Result<bool, Unavailable> {
    let vault = flow.vault();
    // It was made with the epoch, unless an earlier program did that.
    vault.lookup_make(next).await?;
    if !vault.epoch_unknown_to(next).await?.is_empty() {
        return Ok(false);
    }
    // They are destroyed only after the pass: without them there is nothing left to do.
    if vault.lookup_keys().epochs().any(|epoch| epoch < next) {
        renew::turn(flow, next).await?;
        renew::pass(flow, next).await?;
        vault.lookup_destroy(next).await?;
    }
    Ok(vault.forgotten().await? == Live::Everywhere)
}

/// Wraps whatever `epoch` wraps under the open one, and rests as long as it works, so that whoever writes meanwhile need not wait.
async fn empty(flow: &Flow, epoch: i64) -> Result<(), Unavailable> {
    let clock = &flow.inner.clock;
    loop {
        let (mut after, mut some) = (None, false);
        loop {
            let began = clock.monotonic();
            let page = flow.vault().epoch_rewrap(epoch, after).await?;
            after = page.next;
            if after.is_none() {
                break;
            }
            some = true;
            metrics::counter!("trees_rewrapped_total").increment(page.trees);
            clock.sleep(clock.monotonic() - began).await;
        }
        if !some {
            break;
        }
    }
    flow.vault().epoch_rewrap_secrets(epoch).await?;
    Ok(())
}

/// The newest backup that was taken since the epoch was emptied, was tried, and is sound: without one, whatever breaks after the root key is gone would be
/// lost. Its log has the leaf that says so, so that whatever clocks say, its copy of the vault is from after it.
pub(super) async fn backup_since(flow: &Flow, taken: &Taken) -> Result<Option<BackupRow>, Unavailable> {
    let Some(emptied) = taken.step(RetirementStep::Emptied) else {
        return Ok(None);
    };
    let numbers = flow.store().leaf_numbers_of(&[*emptied.id.bytes()]).await?;
    let Some((_, number)) = numbers.first() else {
        return Ok(None);
    };
    Ok(flow.store().backup_sound_since(*number).await?)
}

/// Puts a step on the record; nothing when it is there.
async fn put(flow: &Flow, retirement: &RetirementRow, step: RetirementStep) -> Result<(), Unavailable> {
    let (kind, epoch) = match step {
        RetirementStep::Turned => (LeafKind::KeyEpochOpened, retirement.epoch + 1),
        RetirementStep::Rekeyed => (LeafKind::KeyEpochRekeyed, retirement.epoch),
        RetirementStep::Emptied => (LeafKind::KeyEpochEmptied, retirement.epoch),
        RetirementStep::Destroyed => (LeafKind::KeyEpochDestroyed, retirement.epoch),
    };
    let at = flow.now();
    let id = RetirementStepId::new(at, flow.random());
    let leaf = log::leaf(kind, at, id.bytes(), Actor::SYSTEM)
        .follows(*retirement.id.bytes())
        .fact(FactKey::Epoch, Fact::Int(epoch));
    let row = RetirementStepRow {
        id,
        retirement: retirement.id,
        step,
        recorded_at: at,
    };
    match flow
        .store()
        .commit(Unit::new("retirement.step").record(row, leaf))
        .await
    {
        Ok(()) | Err(CommitError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Puts on the record of each erasure that was live early enough that it is final.
async fn finish(flow: &Flow, retirement: &RetirementRow) -> Result<(), Unavailable> {
    let mut after: Option<ErasureId> = None;
    loop {
        let ripe = flow
            .store()
            .erasures_ripe(retirement.final_before, after, TOGETHER)
            .await?;
        let Some(last) = ripe.last() else { return Ok(()) };
        after = Some(last.id);
        let at = flow.now();
        let mut unit = Unit::new("erasure.final");
        for live in ripe {
            let leaf = log::leaf(LeafKind::ErasedFinal, at, live.id.bytes(), Actor::SYSTEM);
            let row = ErasureFinalRow {
                id: live.id,
                retirement: retirement.id,
                recorded_at: at,
            };
            unit = unit.record(row, leaf.follows(*retirement.id.bytes()));
        }
        flow.store().commit(unit).await?;
    }
}
