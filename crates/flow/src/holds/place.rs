//! Placing a hold.

use super::{HoldError, covered, sealed_at};
use crate::Flow;
use crate::authority::{self, NoAuthority};
use crate::context::Unavailable;
use crate::erasure::decide::Target;
use crate::log;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::HoldId;
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::Unit;
use counterfoil_store::rows::HoldRow;
use counterfoil_vault::{Content, Label};

/// Holds `target` from being erased until it is released. Conversations and contacts are held with what comes in later; conversations that a held
/// contact begins later are not.
///
/// # Errors
/// See [`HoldError`]. When a store cannot be reached in the middle, it is held and has no reason on the record.
pub async fn place(flow: &Flow, actor: &Actor, target: Target, authority: &str) -> Result<HoldId, HoldError> {
    let granted = may(actor, Action::Hold).map_err(|_| HoldError::Refused)?;
    let authority = authority::named(authority).map_err(|none| match none {
        NoAuthority::Missing => HoldError::NoAuthority,
        NoAuthority::TooLong => HoldError::TooLong,
    })?;
    let covered = covered(flow, target).await?.ok_or(HoldError::Unknown)?;
    let at = flow.now();
    let id = HoldId::new(at, flow.random());
    let placed = flow.vault().hold_place(id, covered.runs()).await;
    placed.map_err(|error| Unavailable(Box::new(error)))?;

    let (kind, object) = target.parts();
    let key = flow
        .vault()
        .item(flow.organisation_tree())
        .await
        .map_err(Unavailable::from)?;
    let leaf = log::leaf(LeafKind::HoldPlaced, at, id.bytes(), log::actor(granted.actor()))
        .commitment(
            log::label(Label::Authority),
            key.commit(Label::Authority, &authority.encode()),
        )
        .items([object]);
    let row = HoldRow {
        id,
        target: kind,
        object,
        authority: key.seal(sealed_at(id), &authority),
        recorded_at: at,
    };
    let unit = Unit::new("hold.place").record(row, leaf);
    flow.store().commit(unit).await.map_err(Unavailable::from)?;
    Ok(id)
}
