//! The id in an address. What is no id of the wanted kind is not found, as if it were not there.

use crate::error::Failure;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use std::str::FromStr;

/// The first parameter of the address, as an id.
pub(crate) struct Id<T>(pub(crate) T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| Failure::not_found())?;
        let first = params.iter().next().and_then(|(_, value)| value.parse().ok());
        first.map(Self).ok_or(Failure::not_found())
    }
}
