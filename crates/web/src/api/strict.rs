//! JSON as it must be: of the announced type, within its limit, and without fields that we do not know.

use crate::budget;
use crate::error::Failure;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

/// The longest JSON text that a call may bring.
const LIMIT_BYTES: usize = 256 << 10;

/// A JSON body. The type says which fields there may be.
pub(crate) struct Strict<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Strict<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let kind = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let kind = kind.and_then(|value| value.split(';').next()).unwrap_or_default();
        if kind.trim() != "application/json" {
            return Err(Failure::malformed());
        }
        let bytes = budget::read(request.into_body(), LIMIT_BYTES).await?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|_| Failure::malformed())
    }
}
