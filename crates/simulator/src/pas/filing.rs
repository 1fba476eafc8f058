//! `POST /api/claims/<number>/documents`: takes an item on a claim, once per idempotency key.

use std::sync::Arc;

use aws_lc_rs::digest;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::pas::PasShared;
use crate::pas::api::{ApiError, instant};
use crate::pas::registry::{Filed, FiledDocument, FiledFile, Incoming, sha256_hex};

/// Longer keys are refused.
const LONGEST_KEY: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    external_id: String,
    kind: String,
    occurred_at: String,
    from: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    files: Vec<BodyFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BodyFile {
    name: String,
    media_type: String,
    content: String,
}

#[derive(Serialize)]
struct Acknowledgement {
    document_id: String,
    received_at: String,
}

pub(super) async fn file(
    State(shared): State<Arc<PasShared>>,
    Path(claim): Path<String>,
    headers: HeaderMap,
    raw: Bytes,
) -> Result<Response, ApiError> {
    let key = headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .trim();
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(ApiError::MissingKey);
    }
    if shared.registry.book().claim(&claim).is_none() {
        return Err(ApiError::UnknownClaim);
    }
    let value: serde_json::Value =
        serde_json::from_slice(&raw).map_err(|error| ApiError::Invalid(error.to_string()))?;
    // Two spellings of the same JSON are the same request.
    let request_digest = request_digest(&claim, &value.to_string());
    let body: Body = serde_json::from_value(value).map_err(|error| ApiError::Invalid(error.to_string()))?;
    let incoming = incoming(claim, body)?;
    match shared
        .registry
        .file(key, request_digest, incoming, shared.clock.now_micros())
    {
        Filed::New(document) => Ok((StatusCode::CREATED, Json(acknowledge(&document))).into_response()),
        Filed::Again(document) => Ok((StatusCode::OK, Json(acknowledge(&document))).into_response()),
        Filed::Conflict => Err(ApiError::KeyReused),
        Filed::Withdrawn => Err(ApiError::Withdrawn),
        Filed::Full => Err(ApiError::Full),
    }
}

fn incoming(claim: String, body: Body) -> Result<Incoming, ApiError> {
    if !matches!(body.kind.as_str(), "message" | "attachment") {
        return Err(ApiError::Invalid("kind must be message or attachment".to_owned()));
    }
    if !matches!(body.from.as_str(), "customer" | "staff") {
        return Err(ApiError::Invalid("from must be customer or staff".to_owned()));
    }
    if body.occurred_at.parse::<jiff::Timestamp>().is_err() {
        return Err(ApiError::Invalid("occurred_at must be a time in RFC 3339".to_owned()));
    }
    if body.external_id.is_empty() {
        return Err(ApiError::Invalid("external_id must not be empty".to_owned()));
    }
    let files = body.files.into_iter().map(decode).collect::<Result<_, _>>()?;
    Ok(Incoming {
        claim,
        external_id: body.external_id,
        kind: body.kind,
        occurred_at: body.occurred_at,
        from: body.from,
        text: body.text,
        files,
    })
}

fn decode(file: BodyFile) -> Result<FiledFile, ApiError> {
    let content = STANDARD
        .decode(file.content)
        .map_err(|_| ApiError::Invalid("content must be base64".to_owned()))?;
    Ok(FiledFile {
        name: file.name,
        media_type: file.media_type,
        sha256: sha256_hex(&content),
        content: content.into(),
    })
}

fn request_digest(claim: &str, body: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, format!("{claim}\n{body}").as_bytes())
        .as_ref()
        .to_vec()
}

fn acknowledge(document: &FiledDocument) -> Acknowledgement {
    Acknowledgement {
        document_id: document.id.clone(),
        received_at: instant(document.received_micros),
    }
}
