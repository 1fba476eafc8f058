//! The door of the Graph API: version, token, and the proof that the caller also knows the app secret.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::graph::errors::GraphError;
use crate::state::Shared;
use crate::webhooks::sign;

/// Lets a request through when its token is ours and its proof, if any, fits.
pub(crate) async fn check(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let query = request.uri().query().unwrap_or_default();
    let is_file = path.starts_with("/whatsapp_business/");
    if !is_file && !is_versioned(path) {
        return GraphError::unknown_path(request.method().as_str()).into_response();
    }
    let token = bearer(request.headers()).or_else(|| parameter(query, "access_token"));
    if token.as_deref() != Some(shared.options.access_token.as_str()) {
        // The file host speaks no Graph: it only refuses.
        return if is_file {
            StatusCode::UNAUTHORIZED.into_response()
        } else {
            GraphError::bad_token().into_response()
        };
    }
    if parameter(query, "appsecret_proof").is_some_and(|proof| !proof_fits(&shared, &proof)) {
        return GraphError::bad_proof().into_response();
    }
    next.run(request).await
}

/// The proof is the HMAC-SHA256 of the access token under the app secret, in hexadecimal.
pub(crate) fn proof_fits(shared: &Shared, proof: &str) -> bool {
    proof == sign::hex_mac(&shared.options.app_secret, shared.options.access_token.as_bytes())
}

/// One value of a query string, decoded.
pub(crate) fn parameter(query: &str, name: &str) -> Option<String> {
    reqwest::Url::parse(&format!("http://127.0.0.1/?{query}"))
        .ok()?
        .query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(str::to_owned)
}

/// `/v25.0/…`
fn is_versioned(path: &str) -> bool {
    let version = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let Some((major, minor)) = version.strip_prefix('v').and_then(|rest| rest.split_once('.')) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(major) && digits(minor)
}
