//! Holds over the operator socket: placing, releasing, listing.

use super::LIST_MOST;
use super::answer::{Answer, Held, Hold, HoldList, HoldReleased};
use super::erasing::named;
use crate::telemetry::chain;
use counterfoil_flow::Flow;
use counterfoil_flow::holds::{self, HoldError};
use counterfoil_model::HoldId;
use counterfoil_model::erasure::ErasureTarget;
use counterfoil_policy::Actor;

/// Holds something.
pub(super) async fn place(flow: &Flow, target: ErasureTarget, id: &str, authority: &str) -> Result<Answer, String> {
    if target == ErasureTarget::Older {
        return Err("a hold is on messages, attachments, conversations or contacts, and on no span of time".to_owned());
    }
    let placed = holds::place::place(flow, &Actor::Operator, named(flow, target, id).await?, authority).await;
    let held = placed.map_err(|error| words(&error))?;
    Ok(Answer::Held(Held { held }))
}

/// Releases a hold.
pub(super) async fn release(flow: &Flow, hold: HoldId) -> Result<Answer, String> {
    let released = holds::release::release(flow, &Actor::Operator, hold).await;
    released.map_err(|error| words(&error))?;
    Ok(Answer::HoldReleased(HoldReleased { hold_released: hold }))
}

/// Lists holds.
pub(super) async fn list(flow: &Flow, before: Option<HoldId>, limit: usize) -> Result<Answer, String> {
    let listed = holds::list::holds(flow, &Actor::Operator, before, limit.min(LIST_MOST)).await;
    let holds = listed.map_err(|error| words(&error))?.into_iter().map(|view| Hold {
        hold: view.hold,
        target: view.target,
        object: view.object,
        authority: view.authority,
        since: view.since.rfc3339(),
        released_at: view.released_at.map(|at| at.rfc3339()),
    });
    Ok(Answer::Holds(HoldList { holds: holds.collect() }))
}

fn words(error: &HoldError) -> String {
    match error {
        HoldError::Unavailable(error) => chain(error),
        other => other.to_string(),
    }
}
