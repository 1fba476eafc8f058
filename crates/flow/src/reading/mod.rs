//! Seeing: lists, threads, one message's life, and files. Each leaves a reading leaf before anything is shown.
//!
//! Always the same four steps: list within one's reach, ask the policy for a permit that names what will be opened, leave the
//! reading leaf, open.

pub mod attachment;
pub mod inbox;
pub mod life;
pub mod seen;
pub mod thread;

mod bubble;
mod leave;
mod opener;
mod who;

use crate::context::Unavailable;
use counterfoil_policy::Refusal;
use counterfoil_vault::OpenError;

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

impl From<Refusal> for ReadError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Role => Self::Refused,
            // Whose it is shall not be told either.
            Refusal::Team => Self::NotFound,
        }
    }
}

impl From<OpenError> for ReadError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Erased => Self::Erased,
            OpenError::Altered => Self::Altered,
            OpenError::NotPermitted => Self::Refused,
            OpenError::Unavailable(error) => Self::Unavailable(Unavailable(Box::new(error))),
        }
    }
}

impl From<counterfoil_store::ReadError> for ReadError {
    fn from(error: counterfoil_store::ReadError) -> Self {
        Self::Unavailable(error.into())
    }
}
