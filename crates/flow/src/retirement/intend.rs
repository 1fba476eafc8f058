//! Deciding that the open key epoch is retired. What is decided is done, by a job.

use super::{RetirementError, going, sealed_at};
use crate::Flow;
use crate::authority::{self, NoAuthority};
use crate::context::Unavailable;
use crate::jobs::JobKind;
use crate::log;
use counterfoil_ledger::leaf::Fact;
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::{RetirementId, Timestamp};
use counterfoil_policy::{Action, Actor, Machine, may};
use counterfoil_store::rows::RetirementRow;
use counterfoil_store::{CommitError, Unit};
use counterfoil_vault::{Content, EpochStage, Label};
use std::time::Duration;

/// By how much the clocks of nodes may differ.
const SKEW: Duration = Duration::from_secs(10);

/// Decides that the open key epoch is retired, and has it done.
///
/// # Errors
/// See [`RetirementError`]. Nothing was decided.
pub async fn intend(flow: &Flow, actor: &Actor, authority: &str) -> Result<RetirementId, RetirementError> {
    let granted = may(actor, Action::RetireEpoch).map_err(|_| RetirementError::Refused)?;
    let authority = authority::named(authority).map_err(|none| match none {
        NoAuthority::Missing => RetirementError::NoAuthority,
        NoAuthority::TooLong => RetirementError::TooLong,
    })?;
    if let Some(going) = going(flow).await? {
        return Err(RetirementError::Going(going.id));
    }
    let epochs = flow.vault().epochs_list().await.map_err(Unavailable::from)?;
    let open = epochs.iter().rfind(|epoch| epoch.stage == EpochStage::Open);
    let epoch = open
        .ok_or_else(|| Unavailable("no key epoch is open".into()))
        .map(|open| open.number)?;
    let at = flow.now();
    let final_before = final_before(flow, at).await?;
    let id = RetirementId::new(at, flow.random());
    let key = flow.vault().item(flow.organisation_tree()).await;
    let key = key.map_err(Unavailable::from)?;
    let leaf = log::leaf(
        LeafKind::RetirementIntended,
        at,
        id.bytes(),
        log::actor(granted.actor()),
    )
    .commitment(
        log::label(Label::Authority),
        key.commit(Label::Authority, &authority.encode()),
    )
    .fact(FactKey::Epoch, Fact::Int(epoch));
    let row = RetirementRow {
        id,
        epoch,
        final_before,
        authority: key.seal(sealed_at(id), &authority),
        recorded_at: at,
    };
    let unit = Unit::new("retirement.intend")
        .record(row, leaf)
        .job(JobKind::Retire.due(*id.bytes(), at));
    match flow.store().commit(unit).await {
        Ok(()) => Ok(id),
        // Somebody was first, or this very attempt was kept and its answer lost.
        Err(CommitError::Conflict { .. }) => {
            let first = flow.store().retirements(1).await.map_err(Unavailable::from)?.pop();
            match first {
                Some(first) => Err(RetirementError::Going(first.id)),
                None => Err(Unavailable("a retirement stands there and does not".into()).into()),
            }
        }
        Err(error) => Err(Unavailable::from(error).into()),
    }
}

/// Retires the open epoch when it has been open for `period`, and no retirement goes on.
pub(crate) async fn when_due(flow: &Flow, period: Duration) -> Result<(), Unavailable> {
    let epochs = flow.vault().epochs_list().await?;
    let due = |at: Timestamp| at.plus(period) <= flow.now();
    let open = epochs.iter().rfind(|epoch| epoch.stage == EpochStage::Open);
    if !open.is_some_and(|open| due(open.opened_at)) {
        return Ok(());
    }
    match intend(flow, &Actor::Machine(Machine::Upkeep), "the schedule").await {
        Ok(_) | Err(RetirementError::Going(_)) => Ok(()),
        Err(RetirementError::Unavailable(error)) => Err(error),
        Err(error) => Err(Unavailable(Box::new(error))),
    }
}

/// The moment before which an erasure must have been live to become final: no key of the next epoch was there then, and no intake key of that day goes
/// over to it, under which the post still opens that brought what was erased.
async fn final_before(flow: &Flow, at: Timestamp) -> Result<Timestamp, Unavailable> {
    let oldest = flow.vault().intake_oldest().await?;
    let day = oldest.map_or(at, |day| Timestamp::from_seconds(i64::from(day.number()) * 86_400));
    Ok(at.min(day).minus(SKEW))
}
