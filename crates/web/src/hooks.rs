//! The provider's door: the handshake, and posts that are acknowledged only once they are durable.
//!
//! First station of a message on its way in. It limits size and bytes in flight, hands the raw bytes to `flow::intake`, and answers;
//! it never looks inside a post and never writes a word of it anywhere. It needs no database.

use crate::arrival::Arrival;
use crate::budget::PostBudget;
use crate::error::Failure;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use counterfoil_flow::intake::accept::{AcceptError, accept};
use counterfoil_flow::intake::door::IntakeDoor;
use counterfoil_flow::intake::handshake::handshake;
use counterfoil_model::{Clock, ConnectionId};
use serde::Deserialize;
use std::sync::Arc;

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

/// Posts of the provider in memory at the same time, in bytes.
pub(crate) const POST_BYTES_IN_FLIGHT: usize = 64 << 20;

/// What hooks need: no database, no use case but taking in.
#[derive(Clone)]
pub(crate) struct Hooks {
    pub(crate) intake: IntakeDoor,
    pub(crate) bytes: PostBudget,
    pub(crate) clock: Arc<dyn Clock>,
}

/// `GET /hooks/whatsapp/{connection}`: 200 with the challenge, or 403.
pub(crate) async fn shake(
    State(hooks): State<Hooks>,
    Path(connection): Path<String>,
    Query(asked): Query<Challenge>,
) -> Result<String, StatusCode> {
    let connection = connection.parse::<ConnectionId>().map_err(|_| StatusCode::NOT_FOUND)?;
    let answer = handshake(&hooks.intake, connection, &asked.mode, &asked.token, &asked.challenge);
    count(if answer.is_some() {
        "handshake"
    } else {
        "handshake_refused"
    });
    answer.ok_or(StatusCode::FORBIDDEN)
}

/// `POST /hooks/whatsapp/{connection}`: 200 once the post is durable.
pub(crate) async fn post(
    State(hooks): State<Hooks>,
    Path(connection): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Failure> {
    let outcome = take(&hooks, &connection, &headers, body).await;
    count(outcome.as_ref().map_or_else(|failure| failure.code(), |_| "accepted"));
    outcome
}

async fn take(hooks: &Hooks, connection: &str, headers: &HeaderMap, body: Body) -> Result<StatusCode, Failure> {
    let connection = connection
        .parse::<ConnectionId>()
        .map_err(|_| Failure::from(AcceptError::UnknownConnection))?;
    let arrival = Arrival::of(body, &hooks.clock);
    let (bytes, _share) = hooks.bytes.read(headers, arrival, POST_LIMIT_BYTES).await?;
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    accept(&hooks.intake, connection, signature, bytes).await?;
    Ok(StatusCode::OK)
}

fn count(outcome: &'static str) {
    metrics::counter!("counterfoil_hook_posts_total", "outcome" => outcome).increment(1);
}
