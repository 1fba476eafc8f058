//! Holds: what must not be erased, on whose word, until it is released.
//!
//! The vault keeps what is held and refuses to destroy its keys, by whatever path; here stands why. A hold is in force before its reason is on the
//! record, and ends after its end is.

pub mod list;
pub mod place;
pub mod release;

mod covered;

pub(crate) use covered::{Covered, covered};

use crate::context::Unavailable;
use counterfoil_model::HoldId;
use counterfoil_vault::{Kind, Label, Place};

/// Why nothing was placed, released or listed.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// The actor may not.
    #[error("this is not for you to decide")]
    Refused,
    /// There is no such thing; it may have been erased.
    #[error("there is nothing under this id, or it was erased")]
    Unknown,
    /// It was released before.
    #[error("this hold was released before")]
    Released,
    /// No authority was given.
    #[error("say on whose word: a name, a decision, a number of a case")]
    NoAuthority,
    /// The authority is too long.
    #[error(
        "the authority may have {} characters at the most",
        crate::erasure::decide::AUTHORITY_LIMIT
    )]
    TooLong,
    /// A store cannot be reached.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Where the authority of a hold is sealed.
fn sealed_at(id: HoldId) -> Place {
    Place {
        kind: Kind::Hold,
        object: *id.bytes(),
        label: Label::Authority,
    }
}
