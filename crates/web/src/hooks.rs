//! The provider's door: the handshake, and posts that are acknowledged only once they are durable.
//!
//! First station of a message on its way in. It limits size and bytes in flight, hands the raw bytes to `flow::intake`, and answers;
//! it never looks inside a post and never writes a word of it anywhere.

use crate::budget;
use crate::error::Failure;
use crate::state::Web;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use counterfoil_flow::intake::accept::{AcceptError, accept};
use counterfoil_flow::intake::handshake::handshake;
use counterfoil_model::ConnectionId;
use serde::Deserialize;

/// The largest post that the provider sends. Source: Meta for Developers, Webhooks, "up to 3 MB", read 2026-11.
pub(crate) const POST_LIMIT_BYTES: usize = 3 << 20;

/// What the provider asks with when the hook address is set up.
#[derive(Deserialize)]
pub(crate) struct Challenge {
    #[serde(default, rename = "hub.mode")]
    mode: String,
    #[serde(default, rename = "hub.verify_token")]
    token: String,
    #[serde(default, rename = "hub.challenge")]
    challenge: String,
}

/// `GET /hooks/whatsapp/{connection}`: 200 with the challenge, or 403.
pub(crate) async fn shake(
    State(web): State<Web>,
    Path(connection): Path<String>,
    Query(asked): Query<Challenge>,
) -> Result<String, StatusCode> {
    let connection = connection.parse::<ConnectionId>().map_err(|_| StatusCode::NOT_FOUND)?;
    let answer = handshake(&web.flow, connection, &asked.mode, &asked.token, &asked.challenge).await;
    count(if answer.is_some() {
        "handshake"
    } else {
        "handshake_refused"
    });
    answer.ok_or(StatusCode::FORBIDDEN)
}

/// `POST /hooks/whatsapp/{connection}`: 200 once the post is durable.
pub(crate) async fn post(
    State(web): State<Web>,
    Path(connection): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Failure> {
    let outcome = take(&web, &connection, &headers, body).await;
    count(outcome.as_ref().map_or_else(|failure| failure.code(), |_| "accepted"));
    outcome
}

async fn take(web: &Web, connection: &str, headers: &HeaderMap, body: Body) -> Result<StatusCode, Failure> {
    let connection = connection
        .parse::<ConnectionId>()
        .map_err(|_| Failure::from(AcceptError::UnknownConnection))?;
    let _share = web.hook_bytes.take(headers, POST_LIMIT_BYTES)?;
    let bytes = budget::read(body, POST_LIMIT_BYTES).await?;
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    accept(&web.flow, connection, signature, bytes).await?;
    Ok(StatusCode::OK)
}

fn count(outcome: &'static str) {
    metrics::counter!("counterfoil_hook_posts_total", "outcome" => outcome).increment(1);
}
