//! Entering what the trial of a backup showed.

use super::BackupError;
use crate::Flow;
use crate::context::Unavailable;
use crate::jobs::JobKind;
use crate::{log, retirement};
use counterfoil_ledger::registry::{LeafKind, Outcome};
use counterfoil_model::{BackupId, DrillId};
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::Unit;
use counterfoil_store::rows::BackupDrillRow;

/// Enters that a backup was restored in a scratch place: whether all of it was as it should be, and how many sealed values opened.
///
/// # Errors
/// [`BackupError::Refused`], [`BackupError::Unknown`], [`BackupError::Unavailable`].
pub async fn drilled(
    flow: &Flow,
    actor: &Actor,
    backup: BackupId,
    sound: bool,
    opened: u64,
) -> Result<DrillId, BackupError> {
    let granted = may(actor, Action::BackUp).map_err(|_| BackupError::Refused)?;
    let known = flow.store().backup_get(backup).await.map_err(Unavailable::from)?;
    known.ok_or(BackupError::Unknown)?;
    let at = flow.now();
    let id = DrillId::new(at, flow.random());
    let leaf = log::leaf(LeafKind::BackupDrilled, at, id.bytes(), log::actor(granted.actor()))
        .follows(*backup.bytes())
        .count(opened)
        .outcome(if sound { Outcome::Sound } else { Outcome::Unsound });
    let row = BackupDrillRow {
        id,
        backup,
        sound,
        opened: i64::try_from(opened).unwrap_or(i64::MAX),
        recorded_at: at,
    };
    let mut unit = Unit::new("backup.drilled").record(row, leaf);
    if sound && let Some(going) = retirement::going(flow).await? {
        // It may wait for just this.
        unit = unit.job(JobKind::Retire.due(*going.id.bytes(), at));
    }
    let kept = flow.store().commit(unit).await;
    kept.map_err(Unavailable::from)?;
    Ok(id)
}
