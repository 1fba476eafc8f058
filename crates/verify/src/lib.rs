#![forbid(unsafe_code)]
//! The offline verifier: checks what a Counterfoil server handed out, without trusting it.
//!
//! ```text
//! folder    every tile and bundle hashed again, every leaf read, the root compared with the signed checkpoint
//! slip      the leaves of one item, each proven against the checkpoint in it
//! opening   disclosed fields, compared with the commitments in those leaves
//! proof     one leaf, and the proof file that lies beside it
//! ```
//!
//! Stands outside: it reads files that it was given and a key that came by other means. It never opens a database, a socket
//! or a secret key, never writes, and depends on nothing of ours but the arithmetic of the ledger. Each check ends with who outside has
//! seen the log, or that nobody has.

pub mod folder;
pub mod item;
pub mod outside;

mod difference;
mod files;
mod keys;
mod words;

use counterfoil_ledger::key_change::KeyChangeError;

pub use difference::{Difference, What};
pub use keys::Keys;

/// Why something could not be checked, which says nothing for or against it.
#[derive(Debug, thiserror::Error)]
pub enum Unchecked {
    /// A file or folder cannot be read.
    #[error("{what} cannot be read")]
    Unreadable {
        /// Which.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// There is neither a checkpoint nor a tile.
    #[error("there is no log in the folder: give the one that holds `checkpoint` and `tile`")]
    NoLog,
    /// A change of the log's key is not believed, and so no key is known but the one that was given.
    #[error("a change of the log's key is not believed")]
    KeyNotFollowed(#[source] KeyChangeError),
    /// The folder cannot say whether a slip is whole.
    #[error("the folder is not sound, or is of an earlier time than the slip: check it by itself")]
    NotThatLog,
    /// The bytes are not such a file.
    #[error("{0} is not what it should be, or was written by a later version")]
    NotRead(&'static str, #[source] anyhow::Error),
}
