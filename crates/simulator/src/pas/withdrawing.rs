//! `DELETE /api/filings/<idempotency key>`: takes a document back from its claim, and says when. Asked again it says the same.
//!
//! A document that must be kept is refused; of a key that nothing came in under, it says so: it never arrived, or was gone already. A registry that
//! withdraws nothing has no such door.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::pas::PasShared;
use crate::pas::api::{ApiError, instant};
use crate::pas::registry::Withdrawn;

#[derive(Serialize)]
struct Acknowledgement {
    document_id: String,
    withdrawn_at: String,
}

pub(super) async fn withdraw(
    State(shared): State<Arc<PasShared>>,
    Path(key): Path<String>,
) -> Result<Response, ApiError> {
    if !shared.registry.withdraws() {
        return Ok(StatusCode::METHOD_NOT_ALLOWED.into_response());
    }
    match shared.registry.withdraw(&key, shared.clock.now_micros()) {
        Withdrawn::Done { id, at_micros } => Ok(Json(Acknowledgement {
            document_id: id,
            withdrawn_at: instant(at_micros),
        })
        .into_response()),
        Withdrawn::MustBeKept => Err(ApiError::MustBeKept),
        Withdrawn::Unknown => Err(ApiError::UnknownDocument),
    }
}
