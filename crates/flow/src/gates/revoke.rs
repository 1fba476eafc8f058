//! Taking a gate off the list: full nodes take nothing from it any more, from the next request on.

use super::add::GateError;
use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::{GateEndId, GateId};
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::rows::GateEndRow;
use counterfoil_store::{CommitError, Unit};

/// Revokes a gate's pass. What the gate still holds can then come in only with another pass, and only as long as the keys of its days are
/// there: they are no longer kept for it.
///
/// # Errors
/// [`GateError::Refused`], [`GateError::Unknown`], [`GateError::Unavailable`].
pub async fn revoke(flow: &Flow, actor: &Actor, gate: GateId) -> Result<(), GateError> {
    let granted = may(actor, Action::ManageConnections).map_err(|_| GateError::Refused)?;
    let at = flow.now();
    let id = GateEndId::new(at, flow.random());
    let leaf = log::leaf(LeafKind::GateEnded, at, id.bytes(), log::actor(granted.actor())).follows(*gate.bytes());
    let row = GateEndRow {
        id,
        gate,
        recorded_at: at,
    };
    match flow.store().commit(Unit::new("gate.revoke").record(row, leaf)).await {
        Ok(()) => Ok(()),
        Err(CommitError::Conflict { .. }) => Err(GateError::Unknown),
        Err(error) => Err(Unavailable::from(error).into()),
    }
}
