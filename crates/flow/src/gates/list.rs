//! The gates that there are, and how each of them stands.

use super::add::{GateError, place};
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::{GateId, Opened, Timestamp};
use counterfoil_policy::{Action, Actor, Machine, machine_permit, may};

/// A gate as a list shows it.
pub struct GateView {
    /// Which.
    pub gate: GateId,
    /// What operators call it.
    pub title: Opened<String>,
    /// When it was given its pass.
    pub added_at: Timestamp,
    /// When that was revoked.
    pub revoked_at: Option<Timestamp>,
    /// What it last said, once it has said something.
    pub said: Option<GateSaid>,
}

/// What a gate said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GateSaid {
    /// When.
    pub at: Timestamp,
    /// Nothing that it received before is left on it.
    pub clear_until: Timestamp,
    /// When its certificate ends.
    pub certificate_until: Timestamp,
}

/// All gates there ever were, oldest first.
///
/// # Errors
/// [`GateError::Refused`], [`GateError::Unavailable`].
pub async fn gates(flow: &Flow, actor: &Actor) -> Result<Vec<GateView>, GateError> {
    may(actor, Action::ManageConnections).map_err(|_| GateError::Refused)?;
    let mut views = Vec::new();
    for standing in flow.store().gate_list().await.map_err(Unavailable::from)? {
        let gate = standing.gate.id;
        let permit = machine_permit(Machine::Upkeep, vec![*gate.bytes()]);
        let title = flow.vault().open(&permit, place(gate), &standing.gate.title).await;
        views.push(GateView {
            gate,
            title: title.map_err(Unavailable::from)?,
            added_at: standing.gate.recorded_at,
            revoked_at: standing.end.map(|end| end.recorded_at),
            said: standing.seen.map(|seen| GateSaid {
                at: seen.seen_at,
                clear_until: seen.clear_until,
                certificate_until: seen.certificate_until,
            }),
        });
    }
    Ok(views)
}
