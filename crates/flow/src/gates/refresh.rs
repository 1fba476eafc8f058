//! What a gate asks every minute: the kit with its keys and connections, where full nodes are, and in time a new certificate. And what it says:
//! until when it is clear, so that no key goes that would open what still lies on it.

use super::admit::Admitted;
use super::authority::authority;
use super::wire::{Ask, Told};
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::Timestamp;
use counterfoil_store::rows::GateSeenRow;
use counterfoil_store::{Change, Unit};

/// Answers a gate, which finds full nodes at `nodes` from now on.
///
/// # Errors
/// [`Unavailable`].
pub async fn refresh(flow: &Flow, from: &Admitted, ask: &Ask, nodes: &[String]) -> Result<Told, Unavailable> {
    let kit = flow.intake().and_then(|door| door.shelf().content());
    let (kit_made_at, kit) = kit.ok_or_else(|| Unavailable("this node has no intake kit".into()))?;
    let certificate = if ask.renew {
        let authority = authority(flow).await?;
        Some(authority.signer(flow).gate(from.gate, &from.key)?.into())
    } else {
        None
    };
    seen(flow, from, ask).await?;
    Ok(Told {
        kit_made_at: kit_made_at.micros(),
        kit,
        nodes: nodes.to_vec(),
        certificate,
    })
}

async fn seen(flow: &Flow, from: &Admitted, ask: &Ask) -> Result<(), Unavailable> {
    let now = flow.now();
    let before = flow.store().gate_seen(from.gate).await?;
    let was_clear = before.map_or(from.added_at, |seen| seen.clear_until);
    let row = GateSeenRow {
        gate: from.gate,
        seen_at: now,
        // A clock that runs ahead must not let a key go that is still needed.
        clear_until: ask
            .clear_until
            .map_or(was_clear, |until| Timestamp::from_micros(until).min(now)),
        certificate_until: Timestamp::from_micros(ask.certificate_until),
    };
    // The record is the gate's row and its end; this only says how it stands.
    flow.store()
        .commit(Unit::new("gate.seen").change(Change::gate_seen(row)))
        .await?;
    Ok(())
}
