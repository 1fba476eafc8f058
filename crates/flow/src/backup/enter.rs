//! Entering a backup in the catalogue.

use super::{BackupError, WHEREABOUTS_LIMIT, sealed_at};
use crate::Flow;
use crate::context::Unavailable;
use crate::custody::put_back::root_at;
use crate::log;
use counterfoil_ledger::Hash;
use counterfoil_ledger::leaf::Fact;
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::{BackupId, Timestamp};
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::rows::BackupRow;
use counterfoil_store::{CommitError, Unit};
use counterfoil_vault::{Content, Label};

/// A backup whose copies are whole and where they belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Which.
    pub id: BackupId,
    /// A moment before all that its copy of the data holds was read.
    pub taken_at: Timestamp,
    /// Entries in the log of that copy, and its root.
    pub log: (u64, Hash),
    /// The newest key epoch in the copy of the vault.
    pub epoch: i64,
    /// The digest of the copy of the data.
    pub data: [u8; 32],
    /// The digest of the copy of the vault.
    pub vault: [u8; 32],
    /// How many sealed files lie with them.
    pub files: u64,
    /// Where it lies, as the operator names it.
    pub whereabouts: String,
}

/// Enters `backup` in the catalogue; entering it again changes nothing.
///
/// # Errors
/// See [`BackupError`]; nothing is entered then.
pub async fn enter(flow: &Flow, actor: &Actor, backup: &Backup) -> Result<(), BackupError> {
    let granted = may(actor, Action::BackUp).map_err(|_| BackupError::Refused)?;
    if backup.whereabouts.trim().is_empty() || backup.whereabouts.len() > WHEREABOUTS_LIMIT {
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
    let leaf = log::leaf(
        LeafKind::BackupTaken,
        at,
        backup.id.bytes(),
        log::actor(granted.actor()),
    )
    .commitment(
        log::label(Label::Whereabouts),
        key.commit(Label::Whereabouts, &backup.whereabouts.encode()),
    )
    .object(backup.data)
    .object(backup.vault)
    .fact(FactKey::HappenedAt, Fact::Int(backup.taken_at.micros()))
    .fact(FactKey::TreeSize, Fact::Int(log_size))
    .fact(FactKey::Root, Fact::Hash(root))
    .fact(FactKey::Epoch, Fact::Int(backup.epoch));
    let row = BackupRow {
        id: backup.id,
        taken_at: backup.taken_at,
        log_size,
        log_root: root,
        epoch: backup.epoch,
        data_digest: backup.data,
        vault_digest: backup.vault,
        files,
        whereabouts: key.seal(sealed_at(backup.id), &backup.whereabouts),
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
