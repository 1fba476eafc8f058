//! Our side of the log: numbering leaves, signing checkpoints, and verifying all of it.
//!
//! ```text
//! sequence   pending leaves and events get their numbers; tiles, then a signed checkpoint, its mirror, the vault's head
//! start      before anything is served: database, mirror and vault must tell the same story
//! forward    an older database's log brought forward from the mirror, and what was erased or ended since done again
//! put_back   tiles, mirror and the vault's head from rows that were brought from a backup
//! rotate     another key for the log, which the one before vouches for; keys lists them
//! slip       the life of one item, from leaves alone, for strangers to check
//! verify     computes all of it anew and compares every row, leaf and object
//! ```
//!
//! Nothing here decides what is recorded: leaves come from the units of work of the use cases.

pub mod forward;
pub mod keys;
pub mod put_back;
pub mod rotate;
pub mod sequence;
pub mod slip;
pub mod start;
pub mod verify;

mod key_change;
mod sign;
mod tiles;

use crate::context::Unavailable;

/// Something below did not answer, or gave what it never may.
fn away(error: impl std::error::Error + Send + Sync + 'static) -> Unavailable {
    Unavailable(Box::new(error))
}
