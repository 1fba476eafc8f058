//! Tokens for the API: made for a person, shown once, kept as a hash.

use super::invite::InviteError;
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::{Secret, TokenId};
use counterfoil_policy::Staff;

/// Makes a token that acts as `staff`, for 90 days.
///
/// # Errors
/// [`InviteError::Unavailable`].
pub async fn token_create(flow: &Flow, staff: &Staff) -> Result<(TokenId, Secret), InviteError> {
    let _ = (flow, staff);
    todo!()
}

/// The person behind an API token, if it lives. Its id stands in the place of the session.
///
/// # Errors
/// [`Unavailable`].
pub async fn token_owner(flow: &Flow, token: &Secret) -> Result<Option<Staff>, Unavailable> {
    let _ = (flow, token);
    todo!()
}
