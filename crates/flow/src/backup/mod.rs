//! The catalogue of backups: which there are, what they hold, and whether they were tried.
//!
//! Copies are taken and tried by a command beside the server; here stands what the organisation knows of them, on the log. Nothing here reads or
//! writes a copy, and an entry says nothing of what one holds but digests and the size of its log.

pub mod drilled;
pub mod enter;
pub mod list;
pub mod restored;

use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::Hash;
use counterfoil_ledger::leaf::{Actor as LeafActor, Fact, Leaf};
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::{BackupId, Timestamp};
use counterfoil_vault::{Kind, Label, Place};

/// What a backup holds, as the catalogue says it.
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
}

/// The longest name of a place, in bytes.
pub const WHEREABOUTS_LIMIT: usize = 4_096;

/// Why nothing was entered or listed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The actor may not.
    #[error("this is not for you to decide")]
    Refused,
    /// There is no such backup.
    #[error("this backup is not in the catalogue: enter it first")]
    Unknown,
    /// It was entered before, with other digests.
    #[error("another backup is in the catalogue under this id: these copies are not the ones that were entered")]
    Another,
    /// Its log is not the one of this installation.
    #[error(
        "the log of this backup is not a part of this installation's log: it belongs to another, or one of the two was altered"
    )]
    OtherLog,
    /// Where it lies has no name, or a longer one than is kept.
    #[error("say where it lies, in at most {WHEREABOUTS_LIMIT} bytes")]
    NoWhereabouts,
    /// A store cannot be reached.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Where the whereabouts of a backup are sealed.
fn sealed_at(id: BackupId) -> Place {
    Place {
        kind: Kind::Backup,
        object: *id.bytes(),
        label: Label::Whereabouts,
    }
}

/// A leaf about a backup with what tells it: the digests of its copies, when it was taken, size and root of its log, its newest key epoch.
fn leaf_of(kind: LeafKind, at: Timestamp, actor: LeafActor, backup: &Backup, log_size: i64) -> Leaf {
    log::leaf(kind, at, backup.id.bytes(), actor)
        .object(backup.data)
        .object(backup.vault)
        .fact(FactKey::HappenedAt, Fact::Int(backup.taken_at.micros()))
        .fact(FactKey::TreeSize, Fact::Int(log_size))
        .fact(FactKey::Root, Fact::Hash(backup.log.1))
        .fact(FactKey::Epoch, Fact::Int(backup.epoch))
}
