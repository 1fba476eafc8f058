//! The catalogue of backups: which there are, what they hold, and whether they were tried.
//!
//! Copies are taken and tried by a command beside the server; here stands what the organisation knows of them, on the log. Nothing here reads or
//! writes a copy, and an entry says nothing of what one holds but digests and the size of its log.

pub mod drilled;
pub mod enter;
pub mod list;

use crate::context::Unavailable;
use counterfoil_model::BackupId;
use counterfoil_vault::{Kind, Label, Place};

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
