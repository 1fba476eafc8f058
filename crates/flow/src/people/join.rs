//! Using an invitation: choosing a sign-in name and a password.

use super::sign_in::SignedIn;
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::{Opened, Secret};

/// Why an invitation could not be used.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The link was used, is too old, or never was one.
    #[error("this link does not work any more")]
    LinkDead,
    /// The sign-in name has not 3 to 120 characters, or someone else has it.
    #[error("this sign-in name cannot be used")]
    LoginTaken,
    /// The password has fewer than 12 or more than 200 characters, or is the sign-in name.
    #[error("the password needs 12 to 200 characters and must not be the sign-in name")]
    PasswordWeak,
    /// A part of the installation did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Whose invitation a link is, to greet them. `None` when it does not work.
///
/// # Errors
/// [`Unavailable`].
pub async fn invited(flow: &Flow, token: &Secret) -> Result<Option<Opened<String>>, Unavailable> {
    let _ = (flow, token);
    todo!()
}

/// Uses an invitation and opens a session. Looking at the link never uses it up; only this does.
///
/// # Errors
/// See [`JoinError`].
pub async fn join(flow: &Flow, token: &Secret, login: &str, password: &Secret) -> Result<SignedIn, JoinError> {
    let _ = (flow, token, login, password);
    todo!()
}
