//! Messages: reading one with its life, putting it on a claim, and what one may do when it is not known whether it left.

use super::shapes;
use super::strict::Strict;
use crate::error::Failure;
use crate::pages::id::Id;
use crate::session::Caller;
use crate::state::Web;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use counterfoil_flow::filing::file::file;
use counterfoil_flow::outbound::send_again::{check, send_again};
use counterfoil_flow::reading::life::life;
use counterfoil_flow::reading::thread::message;
use counterfoil_model::MessageId;
use serde::Deserialize;
use serde_json::{Value, json};

/// `GET /api/v1/messages/{message}`
pub(crate) async fn show(
    State(web): State<Web>,
    Caller(staff): Caller,
    Id(id): Id<MessageId>,
) -> Result<Json<Value>, Failure> {
    let (conversation, found) = message(&web.flow, &staff, id).await?;
    let steps = life(&web.flow, &staff, id).await?;
    let mut shape = shapes::message(conversation, &found);
    shape["life"] = shapes::life(&steps);
    Ok(Json(shape))
}

/// Where a message is to be put.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Target {
    claim: String,
}

/// `POST /api/v1/messages/{message}/filings`: 202, since the other system answers in its own time.
pub(crate) async fn put_on_claim(
    State(web): State<Web>,
    Caller(staff): Caller,
    Id(id): Id<MessageId>,
    Strict(target): Strict<Target>,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let filing = file(&web.flow, &staff, id, target.claim.trim()).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({"filing": filing, "message": id}))))
}

/// `POST /api/v1/messages/{message}/check`
pub(crate) async fn look_again(
    State(web): State<Web>,
    Caller(staff): Caller,
    Id(id): Id<MessageId>,
) -> Result<Json<Value>, Failure> {
    let state = check(&web.flow, &staff, id).await?;
    Ok(Json(json!({"message": id, "state": state})))
}

/// `POST /api/v1/messages/{message}/send-again`
pub(crate) async fn again(
    State(web): State<Web>,
    Caller(staff): Caller,
    Id(id): Id<MessageId>,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let written = send_again(&web.flow, &staff, id).await?;
    let status = if written.repeated {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok((
        status,
        Json(json!({"message": written.message, "repeated": written.repeated})),
    ))
}
