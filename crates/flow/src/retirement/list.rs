//! The key epochs and their retirements, as they are shown.

use super::work::backup_since;
use super::{RetirementError, Taken, sealed_at};
use crate::Flow;
use crate::authority;
use crate::context::Unavailable;
use counterfoil_model::retirement::RetirementStep;
use counterfoil_model::{NodeId, RetirementId, Timestamp};
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::rows::RetirementRow;
use counterfoil_vault::Epoch;

/// The most retirements that are shown.
const MOST: usize = 1_000;

/// The steps, in the order in which they are taken.
const ORDER: [RetirementStep; 4] = [
    RetirementStep::Turned,
    RetirementStep::Rekeyed,
    RetirementStep::Emptied,
    RetirementStep::Destroyed,
];

/// A key epoch, with its retirement once that was decided.
#[derive(Debug, Clone)]
pub struct EpochView {
    /// The epoch.
    pub epoch: Epoch,
    /// Its retirement.
    pub retirement: Option<RetirementView>,
}

/// A retirement as it is shown.
#[derive(Debug, Clone)]
pub struct RetirementView {
    /// Which.
    pub retirement: RetirementId,
    /// On whose word; `None` when that was erased.
    pub authority: Option<String>,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// What was live before this becomes final with it.
    pub final_before: Timestamp,
    /// Which steps were taken, and when.
    pub steps: Vec<(RetirementStep, Timestamp)>,
    /// What it waits for; `None` when it is at its end.
    pub waits: Option<Waits>,
}

/// What a retirement waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waits {
    /// These nodes do not have the root key of the next epoch, or its lookup key: none when they are being made.
    NewKey(Vec<NodeId>),
    /// The hashes by which numbers and names are found are being made again.
    Rekeying,
    /// Keys are being wrapped anew.
    Rewrapping,
    /// A backup from after that, tried and found sound.
    Backup,
    /// These nodes have not destroyed the root key of this epoch yet: none when it is just being done.
    OldKey(Vec<NodeId>),
}

/// All key epochs, oldest first.
///
/// # Errors
/// [`RetirementError::Refused`], [`RetirementError::Unavailable`].
pub async fn epochs(flow: &Flow, actor: &Actor) -> Result<Vec<EpochView>, RetirementError> {
    may(actor, Action::RetireEpoch).map_err(|_| RetirementError::Refused)?;
    let rows = flow.store().retirements(MOST).await.map_err(Unavailable::from)?;
    let epochs = flow.vault().epochs_list().await.map_err(Unavailable::from)?;
    let mut views = Vec::with_capacity(epochs.len());
    for epoch in epochs {
        let retirement = match rows.iter().find(|row| row.epoch == epoch.number) {
            Some(row) => Some(view(flow, row).await?),
            None => None,
        };
        views.push(EpochView { epoch, retirement });
    }
    Ok(views)
}

async fn view(flow: &Flow, row: &RetirementRow) -> Result<RetirementView, Unavailable> {
    let taken = Taken::of(flow, row).await?;
    let steps = ORDER
        .into_iter()
        .filter_map(|step| Some((step, taken.step(step)?.recorded_at)));
    Ok(RetirementView {
        retirement: row.id,
        authority: authority::opened(flow, sealed_at(row.id), &row.authority).await?,
        decided_at: row.recorded_at,
        final_before: row.final_before,
        steps: steps.collect(),
        waits: waits(flow, row, &taken).await?,
    })
}

async fn waits(flow: &Flow, row: &RetirementRow, taken: &Taken) -> Result<Option<Waits>, Unavailable> {
    Ok(if taken.has(RetirementStep::Destroyed) {
        None
    } else if !taken.has(RetirementStep::Turned) {
        Some(Waits::NewKey(flow.vault().epoch_unknown_to(row.epoch + 1).await?))
    } else if !taken.has(RetirementStep::Rekeyed) && !taken.has(RetirementStep::Emptied) {
        Some(Waits::Rekeying)
    } else if !taken.has(RetirementStep::Emptied) {
        Some(Waits::Rewrapping)
    } else if backup_since(flow, taken).await?.is_none() {
        Some(Waits::Backup)
    } else {
        Some(Waits::OldKey(flow.vault().epoch_held_by(row.epoch).await?))
    })
}
