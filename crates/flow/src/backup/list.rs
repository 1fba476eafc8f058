//! The catalogue, as it is shown.

use super::{Backup, BackupError, sealed_at};
use crate::Flow;
use crate::authority;
use crate::context::Unavailable;
use counterfoil_model::{BackupId, Timestamp};
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::rows::BackupRow;

/// A backup as it is shown.
#[derive(Debug, Clone)]
pub struct BackupView {
    /// What it holds.
    pub backup: Backup,
    /// Where it lies; `None` when that was erased.
    pub whereabouts: Option<String>,
    /// When it was tried last, and whether all of it was as it should be.
    pub drilled: Option<(Timestamp, bool)>,
}

/// The backups before this one, or the last ones, newest first, at most `limit`.
///
/// # Errors
/// [`BackupError::Refused`], [`BackupError::Unavailable`].
pub async fn backups(
    flow: &Flow,
    actor: &Actor,
    before: Option<BackupId>,
    limit: usize,
) -> Result<Vec<BackupView>, BackupError> {
    may(actor, Action::BackUp).map_err(|_| BackupError::Refused)?;
    let rows = flow.store().backups(before, limit).await.map_err(Unavailable::from)?;
    views(flow, rows).await
}

/// One backup.
///
/// # Errors
/// [`BackupError::Refused`], [`BackupError::Unknown`], [`BackupError::Unavailable`].
pub async fn backup(flow: &Flow, actor: &Actor, id: BackupId) -> Result<BackupView, BackupError> {
    may(actor, Action::BackUp).map_err(|_| BackupError::Refused)?;
    let row = flow.store().backup_get(id).await.map_err(Unavailable::from)?;
    let mut views = views(flow, row.into_iter().collect()).await?;
    views.pop().ok_or(BackupError::Unknown)
}

async fn views(flow: &Flow, rows: Vec<BackupRow>) -> Result<Vec<BackupView>, BackupError> {
    let ids: Vec<BackupId> = rows.iter().map(|row| row.id).collect();
    let drills = flow.store().backups_drilled(&ids).await.map_err(Unavailable::from)?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let drill = drills.iter().find(|drill| drill.backup == row.id);
        views.push(BackupView {
            backup: Backup {
                id: row.id,
                taken_at: row.taken_at,
                log: (u64::try_from(row.log_size).unwrap_or(0), row.log_root),
                epoch: row.epoch,
                data: row.data_digest,
                vault: row.vault_digest,
                files: u64::try_from(row.files).unwrap_or(0),
            },
            whereabouts: authority::opened(flow, sealed_at(row.id), &row.whereabouts).await?,
            drilled: drill.map(|drill| (drill.recorded_at, drill.sound)),
        });
    }
    Ok(views)
}
