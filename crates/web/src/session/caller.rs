//! A caller of the API: a program with a token, or a page with its session.

use super::SignedIn;
use crate::error::{Failure, Problem};
use crate::state::Web;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use counterfoil_flow::people::token::token_owner;
use counterfoil_model::Secret;
use counterfoil_policy::Staff;

/// The colleague in whose name the API is called.
pub(crate) struct Caller(pub(crate) Staff);

/// The bearer token of a request (RFC 6750, 2.1), if it carries one.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| Secret::new(token.trim().to_owned()))
}

impl FromRequestParts<Web> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Failure> {
        let Some(token) = bearer(&parts.headers) else {
            return SignedIn::from_request_parts(parts, web)
                .await
                .map(|SignedIn(staff)| Self(staff));
        };
        let owner = token_owner(&web.flow, &token).await?;
        owner.map(Self).ok_or(Failure::of(Problem::SignInNeeded))
    }
}
