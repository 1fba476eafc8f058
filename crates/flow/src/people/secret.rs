//! Secrets that we hand out: session cookies, links, API tokens. Only a keyed digest of them is kept.

use crate::Flow;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use counterfoil_model::Secret;
use counterfoil_vault::Keyed;

/// A fresh secret: 256 bits as 43 characters of URL-safe base64.
pub(crate) fn fresh(flow: &Flow) -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(flow.random().array::<32>()))
}

/// The digest that a secret is kept and found as. `use_` keeps the kinds of secrets apart.
pub(crate) fn digest(flow: &Flow, use_: &'static str, secret: &Secret) -> Keyed {
    flow.vault().digest(use_, secret.reveal().as_bytes())
}

/// The digest use of session cookies.
pub(crate) const SESSION: &str = "session";
/// The digest use of invitations.
pub(crate) const INVITE: &str = "invite";
/// The digest use of API tokens.
pub(crate) const TOKEN: &str = "token";
