//! Signing in with a name and a password, throttled by name and by address.

use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::{Secret, Timestamp};
use std::net::IpAddr;

/// Why someone was not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The name or the password is wrong, or the person may not sign in.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many tries; it is closed until then.
    #[error("too many tries")]
    Blocked {
        /// Until when.
        until: Timestamp,
    },
    /// A part of the installation did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// An opened session: the token goes into a cookie and nowhere else; only its hash is kept.
pub struct SignedIn {
    /// The session's token, 43 characters of URL-safe base64.
    pub token: Secret,
    /// When the session ends at the latest.
    pub expires_at: Timestamp,
}

/// Opens a session for the person with this sign-in name and password. `from` is the true address of the browser.
///
/// # Errors
/// See [`SignInError`].
pub async fn sign_in(flow: &Flow, login: &str, password: &Secret, from: IpAddr) -> Result<SignedIn, SignInError> {
    let _ = (flow, login, password, from);
    todo!()
}
