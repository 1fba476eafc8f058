//! The catalogue of backups, and what became of their trials.

use super::record;
use counterfoil_model::{BackupId, DrillId, Timestamp};
use counterfoil_vault::Sealed;

record! {
    /// A backup in the catalogue.
    BackupRow in "backup" {
        id: BackupId = "id",
        /// A moment before all that its copy of the data holds was read.
        taken_at: Timestamp = "taken_at",
        /// Entries in the log of that copy.
        log_size: i64 = "log_size",
        /// Its root.
        log_root: [u8; 32] = "log_root",
        /// The newest key epoch in the copy of the vault.
        epoch: i64 = "epoch",
        /// The digest of the copy of the data.
        data_digest: [u8; 32] = "data_digest",
        /// The digest of the copy of the vault.
        vault_digest: [u8; 32] = "vault_digest",
        /// How many sealed files lie with them.
        files: i64 = "files",
        /// Where it lies, as the operator named it.
        whereabouts: Sealed<String> = "sealed_whereabouts",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// A backup was restored in a scratch place and looked at.
    BackupDrillRow in "backup_drill" {
        id: DrillId = "id",
        backup: BackupId = "backup_id",
        /// Whether all of it was as it should be.
        sound: bool = "sound",
        /// How many sealed values opened.
        opened: i64 = "opened",
        recorded_at: Timestamp = "recorded_at",
    }
}
