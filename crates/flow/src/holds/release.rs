//! Releasing a hold.

use super::HoldError;
use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::HoldId;
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::rows::HoldEndRow;
use counterfoil_store::{CommitError, Unit};

/// Releases a hold, for good. Its end is on the record before it ends; asked again after a failure, it ends what has not ended.
///
/// # Errors
/// [`HoldError::Refused`], [`HoldError::Unknown`], [`HoldError::Released`], [`HoldError::Unavailable`].
pub async fn release(flow: &Flow, actor: &Actor, id: HoldId) -> Result<(), HoldError> {
    let granted = may(actor, Action::Hold).map_err(|_| HoldError::Refused)?;
    if flow.store().hold_get(id).await.map_err(Unavailable::from)?.is_some() {
        let at = flow.now();
        let leaf = log::leaf(LeafKind::HoldReleased, at, id.bytes(), log::actor(granted.actor()));
        let row = HoldEndRow { id, recorded_at: at };
        match flow.store().commit(Unit::new("hold.release").record(row, leaf)).await {
            // That it ended is on the record already.
            Ok(()) | Err(CommitError::Conflict { .. }) => {}
            Err(error) => return Err(Unavailable::from(error).into()),
        }
        return match flow.vault().hold_release(id).await.map_err(Unavailable::from)? {
            true => Ok(()),
            false => Err(HoldError::Released),
        };
    }
    // A hold whose reason never got onto the record.
    match flow.vault().hold_release(id).await.map_err(Unavailable::from)? {
        true => Ok(()),
        false => Err(HoldError::Unknown),
    }
}
