//! Seeing: lists, threads, one message's life, and files. Each leaves a reading leaf before anything is shown.
pub mod attachment;
pub mod inbox;
pub mod life;
pub mod seen;
pub mod thread;

use crate::context::Unavailable;

/// Why something could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no such thing, or this person may not know of it.
    #[error("there is no such thing here")]
    NotFound,
    /// This person's role does not read conversations.
    #[error("this role does not read conversations")]
    Refused,
    /// It was erased.
    #[error("it was erased")]
    Erased,
    /// What is stored does not agree with its seal.
    #[error("what is stored was altered")]
    Altered,
    /// A part of the installation did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
