//! The holds, with their reasons.

use super::{HoldError, sealed_at};
use crate::Flow;
use crate::authority;
use crate::context::Unavailable;
use crate::erasure::decide::Target;
use counterfoil_model::erasure::ErasureTarget;
use counterfoil_model::{HoldId, Timestamp};
use counterfoil_policy::{Action, Actor, may};

/// A hold as it is shown.
#[derive(Debug, Clone)]
pub struct HoldView {
    /// Which.
    pub hold: HoldId,
    /// What sort of thing is held.
    pub target: ErasureTarget,
    /// Its id as written.
    pub object: String,
    /// On whose word.
    pub authority: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// When it was released.
    pub released_at: Option<Timestamp>,
}

/// The holds before this one, or the last ones, newest first, at most `limit`.
///
/// # Errors
/// [`HoldError::Refused`], [`HoldError::Unavailable`].
pub async fn holds(
    flow: &Flow,
    actor: &Actor,
    before: Option<HoldId>,
    limit: usize,
) -> Result<Vec<HoldView>, HoldError> {
    may(actor, Action::Hold).map_err(|_| HoldError::Refused)?;
    let rows = flow.store().holds(before, limit).await.map_err(Unavailable::from)?;
    let ids: Vec<HoldId> = rows.iter().map(|row| row.id).collect();
    let ended = flow.store().holds_ended(&ids).await.map_err(Unavailable::from)?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let authority = authority::opened(flow, sealed_at(row.id), &row.authority).await?;
        views.push(HoldView {
            hold: row.id,
            target: row.target,
            object: Target::from_parts(row.target, row.object).to_string(),
            authority,
            since: row.recorded_at,
            released_at: ended.iter().find(|end| end.id == row.id).map(|end| end.recorded_at),
        });
    }
    Ok(views)
}
