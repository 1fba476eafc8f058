//! The way home: putting messages on references in the organisation's own systems.
//!
//! `file` records the wish and queues it; `deliver` hands the message with its attachments to the policy administration system
//! under our own id, keeps that system's answer, and tries again while it is away; `withdraw` asks that system to take back what was erased here.

pub mod claims;
pub mod file;
pub mod refusal;
pub mod withdraw;

pub(crate) mod deliver;
pub(crate) mod pas;

use crate::context::Unavailable;

/// Why a message was not put on a claim. Nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is no such message, or this person may not know of it.
    #[error("there is no such message")]
    NotFound,
    /// This person's role does not file.
    #[error("this role does not file")]
    Refused,
    /// The claim number is empty or has signs that no claim number has.
    #[error("this is not a claim number")]
    NotAReference,
    /// No policy administration system is set up.
    #[error("no policy administration system is set up")]
    NotSetUp,
    /// A part of the installation did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
