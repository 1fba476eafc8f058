//! Finding a claim in the policy administration system while someone types.

use super::FileError;
use crate::Flow;
use counterfoil_policy::Staff;

/// A claim that the other system knows.
pub struct Claim {
    /// Its number.
    pub number: String,
    /// A line about it, in the other system's words.
    pub title: String,
}

/// At most ten claims that fit `query`. Empty when the other system is away: one can still type a number.
///
/// # Errors
/// [`FileError::Refused`], [`FileError::NotSetUp`].
pub async fn claims(flow: &Flow, staff: &Staff, query: &str) -> Result<Vec<Claim>, FileError> {
    let _ = (flow, staff, query);
    todo!()
}
