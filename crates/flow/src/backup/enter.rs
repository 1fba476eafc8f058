//! Entering a backup in the catalogue.

use super::{Backup, BackupError, WHEREABOUTS_LIMIT, leaf_of, sealed_at};
use crate::Flow;
use crate::context::Unavailable;
use crate::custody::put_back::root_at;
use crate::log;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::rows::BackupRow;
use counterfoil_store::{CommitError, Unit};
use counterfoil_vault::{Content, Label};

/// Enters a backup in the catalogue, whose copies are whole and lie at `whereabouts`, as the operator names that; entering it again changes nothing.
///
/// # Errors
/// See [`BackupError`]; nothing is entered then.
pub async fn enter(flow: &Flow, actor: &Actor, backup: &Backup, whereabouts: &str) -> Result<(), BackupError> {
    let granted = may(actor, Action::BackUp).map_err(|_| BackupError::Refused)?;
    let whereabouts = whereabouts.trim().to_owned();
    if whereabouts.is_empty() || whereabouts.len() > WHEREABOUTS_LIMIT {
        return Err(BackupError::NoWhereabouts);
    }
    let (size, root) = backup.log;
    let (Ok(log_size), Ok(files)) = (i64::try_from(size), i64::try_from(backup.files)) else {
        return Err(BackupError::OtherLog);
    };
    if root_at(flow, size).await? != Some(root) {
        return Err(BackupError::OtherLog);
    }
    let at = flow.now();
    let key = flow.vault().item(flow.organisation_tree()).await;
    let key = key.map_err(Unavailable::from)?;
    let actor = log::actor(granted.actor());
    let leaf = leaf_of(LeafKind::BackupTaken, at, actor, backup, log_size).commitment(
        log::label(Label::Whereabouts),
        key.commit(Label::Whereabouts, &whereabouts.encode()),
    );
    let row = BackupRow {
        id: backup.id,
        taken_at: backup.taken_at,
        log_size,
        log_root: root,
        epoch: backup.epoch,
        data_digest: backup.data,
        vault_digest: backup.vault,
        files,
        whereabouts: key.seal(sealed_at(backup.id), &whereabouts),
        recorded_at: at,
    };
    match flow.store().commit(Unit::new("backup.enter").record(row, leaf)).await {
        Ok(()) => Ok(()),
        Err(CommitError::Conflict { .. }) => entered(flow, backup).await,
        Err(error) => Err(Unavailable::from(error).into()),
    }
}

/// Sees to it that what is in the catalogue under this id is this backup.
async fn entered(flow: &Flow, backup: &Backup) -> Result<(), BackupError> {
    let there = flow.store().backup_get(backup.id).await.map_err(Unavailable::from)?;
    match there {
        Some(there) if (there.data_digest, there.vault_digest) == (backup.data, backup.vault) => Ok(()),
        _ => Err(BackupError::Another),
    }
}
