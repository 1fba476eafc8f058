//! Who there is: the list that administrators manage.

use super::invite::InviteError;
use crate::Flow;
use counterfoil_model::person::{PersonState, Role};
use counterfoil_model::{Opened, PersonId};
use counterfoil_policy::Actor;

/// A colleague.
pub struct Colleague {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: Opened<String>,
    /// Whether they may sign in.
    pub state: PersonState,
    /// What they are here to do.
    pub roles: Vec<Role>,
}

/// All colleagues, at most 1,000, by the time they came.
///
/// # Errors
/// [`InviteError::Refused`], [`InviteError::Unavailable`].
pub async fn colleagues(flow: &Flow, actor: &Actor) -> Result<Vec<Colleague>, InviteError> {
    let _ = (flow, actor);
    todo!()
}

/// Ends a colleague's access now: state, sessions, links, tokens.
///
/// # Errors
/// [`InviteError::Refused`], [`InviteError::Unavailable`].
pub async fn end_access(flow: &Flow, actor: &Actor, person: PersonId) -> Result<(), InviteError> {
    let _ = (flow, actor, person);
    todo!()
}
