//! A signed-in colleague: whoever takes one as an argument cannot be reached without a living session.

use super::cookie;
use crate::error::{Failure, Problem};
use crate::state::Web;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use counterfoil_flow::people::session::session;
use counterfoil_policy::{Actor, Staff};

/// The colleague behind the session's cookie.
pub(crate) struct SignedIn(pub(crate) Staff);

impl SignedIn {
    /// As one who acts.
    pub(crate) fn actor(&self) -> Actor {
        Actor::Staff(self.0.clone())
    }
}

impl FromRequestParts<Web> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Failure> {
        let token = cookie::token(&parts.headers, &web.door.settings).ok_or(Failure::of(Problem::SignInNeeded))?;
        let staff = session(&web.flow, &token).await?;
        staff.map(Self).ok_or(Failure::of(Problem::SignInNeeded))
    }
}
