//! The catalogue of backups.

use crate::Store;
use crate::rows::{BackupDrillRow, BackupRow, Row};
use crate::sql::value::args;
use crate::sql::{ReadError, statements, text};
use counterfoil_model::BackupId;

statements! {
    BACKUP = text!("SELECT ", BackupRow::COLUMNS, " FROM backup WHERE backup.id = $1");
    BACKUPS = text!("SELECT ", BackupRow::COLUMNS, " FROM backup WHERE backup.id < $1 ORDER BY backup.id DESC LIMIT $2");
    BACKUP_SOUND_SINCE = text!("SELECT ", BackupRow::COLUMNS, " FROM backup WHERE backup.log_size > $1 AND EXISTS (SELECT 1 FROM backup_drill \
        WHERE backup_drill.backup_id = backup.id AND backup_drill.sound = $2 AND NOT EXISTS (SELECT 1 FROM backup_drill AS later \
        WHERE later.backup_id = backup_drill.backup_id AND later.id > backup_drill.id)) ORDER BY backup.id DESC LIMIT 1");
    LAST_DRILLS = text!("SELECT ", BackupDrillRow::COLUMNS, " FROM backup_drill WHERE backup_drill.backup_id IN ({list}) \
        AND NOT EXISTS (SELECT 1 FROM backup_drill AS later WHERE later.backup_id = backup_drill.backup_id AND later.id > backup_drill.id)");
}

impl Store {
    /// One backup.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn backup_get(&self, id: BackupId) -> Result<Option<BackupRow>, ReadError> {
        self.one(BACKUP, args![id]).await
    }

    /// Backups that were begun before this one, or the last of all, newest first, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn backups(&self, before: Option<BackupId>, limit: usize) -> Result<Vec<BackupRow>, ReadError> {
        let before = before.unwrap_or(BackupId::from_bytes([0xff; 16]));
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(BACKUPS, args![before, most]).await
    }

    /// The newest backup whose log is longer than `size` entries and whose last trial showed that all of it is as it should be.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn backup_sound_since(&self, size: i64) -> Result<Option<BackupRow>, ReadError> {
        self.one(BACKUP_SOUND_SINCE, args![size, true]).await
    }

    /// The last trial of each of these backups that was tried, in no order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn backups_drilled(&self, ids: &[BackupId]) -> Result<Vec<BackupDrillRow>, ReadError> {
        self.all_of(LAST_DRILLS, Vec::new(), ids.iter().copied()).await
    }
}
