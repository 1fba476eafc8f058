//! Inviting a person by a link that works once.

use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::person::Role;
use counterfoil_model::{PersonId, Secret, Timestamp};
use counterfoil_policy::Actor;

/// Why nobody was invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// The acting person may not manage people.
    #[error("this role does not manage people")]
    Refused,
    /// The name is empty or longer than 120 characters, or there is no role.
    #[error("an invitation needs a name and a role")]
    Incomplete,
    /// A part of the installation did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// An invitation: the token belongs into a link `/join/<token>` that is shown once.
pub struct Invitation {
    /// Who is invited.
    pub person: PersonId,
    /// The token, 43 characters of URL-safe base64.
    pub token: Secret,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// Invites a person called `name` with `roles`, into every team there is.
///
/// # Errors
/// See [`InviteError`].
pub async fn invite(flow: &Flow, actor: &Actor, name: &str, roles: &[Role]) -> Result<Invitation, InviteError> {
    let _ = (flow, actor, name, roles);
    todo!()
}
