//! The operator socket: how commands act on a running server.
//!
//! A command that changes something asks the server through a Unix socket in the data folder, which only the server's own
//! account (or root) may use; the server does it by the same use cases as everything else, as the operator, and on the record.
//! When no server runs, the command opens the installation itself and does the same. The protocol is one JSON line each way:
//! `docs/reference/operator-socket.md`.

pub(crate) mod answer;
pub(crate) mod ask;
mod backups;
mod erasing;
mod holding;
pub(crate) mod perform;
pub(crate) mod request;
mod retiring;
mod rotating;
pub(crate) mod socket;

pub(crate) use answer::{Answer, Catalogued, EpochSaid, ErasedCopy, Erasure, Kept, PreviewedItem};
pub(crate) use ask::ask;
pub(crate) use backups::backup_of;
pub(crate) use request::Request;
pub(crate) use retiring::waits_for;

/// What a command says when it gets an answer to another question.
pub(crate) const ANOTHER_VERSION: &str = "the server answered something else; is it of another version?";

/// The most holds, or erasures, in one answer.
const LIST_MOST: usize = 100;

/// The longest line either side accepts, in bytes.
const LINE: u64 = 256 * 1024;
