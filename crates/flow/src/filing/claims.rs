//! Finding a claim in the policy administration system while someone types.

use super::{FileError, pas};
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
    if !staff.reads() {
        return Err(FileError::Refused);
    }
    let settings = flow.inner.settings.pas.as_ref().ok_or(FileError::NotSetUp)?;
    let query: String = query.trim().chars().take(64).collect();
    Ok(pas::find_claims(&flow.inner.http, settings, &query)
        .await
        .unwrap_or_default())
}
