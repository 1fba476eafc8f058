//! The write-ahead log of a file of SQLite, brought to the disk beside the writer: while one group of units waits for the disk, the next is
//! being written.
//!
//! The log only grows until it begins anew, so one sync makes durable whatever was committed before it began. Nobody is answered
//! before that. When the disk says once that it did not keep what it was given, it is not asked again, since the second answer could be a lie:
//! nothing is written until the server has been started again and has read what is really there.

use super::Failure;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the disk under one file has kept all that it was given.
#[derive(Default)]
pub(super) struct Disk {
    failed: AtomicBool,
}

/// The log that one connection writes, opened with it: so no failure of the disk in between goes unnoticed, and no other log is meant.
pub(super) struct Log {
    file: File,
    disk: Arc<Disk>,
}

/// Something was committed that is not known to be on disk yet.
#[must_use = "it is not on disk before it is synced"]
pub(crate) struct Unsynced(pub(super) Arc<Log>);

impl Disk {
    /// Refuses once it has failed.
    pub(super) fn trusted(&self) -> Result<(), Failure> {
        if self.failed.load(Ordering::Acquire) {
            return Err(Failure::disk_failed());
        }
        Ok(())
    }
}

impl Log {
    /// The log beside `database`, which a connection has open.
    pub(super) fn beside(database: &Path, disk: Arc<Disk>) -> Result<Self, Failure> {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        let file = File::open(path).map_err(|_| Failure::setting("there is no write-ahead log".to_owned()))?;
        Ok(Self { file, disk })
    }
}

impl Unsynced {
    /// Waits, on this thread, until the disk has all that was committed before.
    pub(crate) fn sync(&self) -> Result<(), Failure> {
        let Self(log) = self;
        log.disk.trusted()?;
        log.file.sync_data().map_err(|_| {
            log.disk.failed.store(true, Ordering::Release);
            Failure::disk_failed()
        })
    }
}
