//! The pages of those who are not signed in: signing in, and joining by a link.

use super::shell::Shell;
use crate::words::Words;
use askama::Template;
use counterfoil_model::Opened;

/// Signing in.
#[derive(Template)]
#[template(path = "pages/sign_in.html")]
pub(crate) struct SignInPage {
    pub(crate) w: Words,
    pub(crate) shell: Shell,
    pub(crate) login: String,
    /// Where to go afterwards: a path of ours.
    pub(crate) next: String,
    pub(crate) trouble: Option<String>,
}

/// Joining: choosing a sign-in name and a password.
#[derive(Template)]
#[template(path = "pages/join.html")]
pub(crate) struct JoinPage {
    pub(crate) w: Words,
    pub(crate) shell: Shell,
    pub(crate) name: Opened<String>,
    pub(crate) login: String,
    pub(crate) trouble: Option<String>,
}
