//! The JSON that the PAS speaks: look-ups of policies and claims, and what was filed.

use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router, middleware};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::pas::registry::FiledDocument;
use crate::pas::{PasShared, filing, withdrawing};
use crate::samples::{Claim, Policy};

/// How many hits a search gives.
const MOST_HITS: usize = 20;

/// The API's errors, each with a stable code.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error("a bearer token is needed")]
    Token,
    #[error("the header Idempotency-Key is needed, 1 to 200 characters")]
    MissingKey,
    #[error("this claim does not exist")]
    UnknownClaim,
    #[error("this policy does not exist")]
    UnknownPolicy,
    #[error("the request is not valid: {0}")]
    Invalid(String),
    #[error("this Idempotency-Key was used for another request")]
    KeyReused,
    #[error("there is no room for more documents")]
    Full,
    #[error("this document must be kept")]
    MustBeKept,
    #[error("no document came in under this key: it never arrived, or is gone already")]
    UnknownDocument,
    #[error("this document was withdrawn")]
    Withdrawn,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code) = match self {
            Self::Token => (StatusCode::UNAUTHORIZED, "token"),
            Self::MissingKey => (StatusCode::BAD_REQUEST, "missing_idempotency_key"),
            Self::UnknownClaim => (StatusCode::NOT_FOUND, "unknown_claim"),
            Self::UnknownPolicy => (StatusCode::NOT_FOUND, "unknown_policy"),
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Self::KeyReused => (StatusCode::CONFLICT, "idempotency_key_reused"),
            Self::Full => (StatusCode::INSUFFICIENT_STORAGE, "full"),
            Self::MustBeKept => (StatusCode::CONFLICT, "must_be_kept"),
            Self::UnknownDocument => (StatusCode::NOT_FOUND, "unknown_document"),
            Self::Withdrawn => (StatusCode::GONE, "withdrawn"),
        };
        (status, Json(json!({ "error": self.to_string(), "code": code }))).into_response()
    }
}

pub(super) fn routes(shared: &Arc<PasShared>) -> Router<Arc<PasShared>> {
    Router::new()
        .route("/api/claims", get(claim_search))
        .route("/api/claims/{number}", get(claim_show))
        .route("/api/claims/{number}/documents", get(document_list).post(filing::file))
        .route("/api/filings/{key}", delete(withdrawing::withdraw))
        .route("/api/policies", get(policy_search))
        .route("/api/policies/{number}", get(policy_show))
        .route_layer(middleware::from_fn_with_state(Arc::clone(shared), needs_token))
}

async fn needs_token(State(shared): State<Arc<PasShared>>, request: Request, next: Next) -> Response {
    let wanted = format!("Bearer {}", shared.token);
    if request
        .headers()
        .get(header::AUTHORIZATION)
        .is_some_and(|value| value.as_bytes() == wanted.as_bytes())
    {
        next.run(request).await
    } else {
        ApiError::Token.into_response()
    }
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    query: String,
}

async fn claim_search(State(shared): State<Arc<PasShared>>, Query(search): Query<Search>) -> Json<Value> {
    let book = shared.registry.book();
    let holder = |claim: &Claim| {
        book.policy(&claim.policy)
            .map(|policy| policy.holder.name.as_str())
            .unwrap_or_default()
    };
    let hits = book.claims().filter(|claim| {
        matches_all(
            &search.query,
            &[&claim.number, &claim.policy, claim.about, holder(claim)],
        )
    });
    let hits: Vec<Value> = hits
        .take(MOST_HITS)
        .map(|claim| claim_json(&shared, claim, book.policy(&claim.policy)))
        .collect();
    Json(json!({ "claims": hits }))
}

async fn claim_show(State(shared): State<Arc<PasShared>>, Path(number): Path<String>) -> Result<Json<Value>, ApiError> {
    let book = shared.registry.book();
    let claim = book.claim(&number).ok_or(ApiError::UnknownClaim)?;
    Ok(Json(claim_json(&shared, claim, book.policy(&claim.policy))))
}

async fn policy_search(State(shared): State<Arc<PasShared>>, Query(search): Query<Search>) -> Json<Value> {
    let book = shared.registry.book();
    let number_of = |policy: &Policy| policy.holder.number.as_str().to_owned();
    let hits = book.policies().filter(|policy| {
        matches_all(
            &search.query,
            &[&policy.number, &policy.holder.name, &policy.insured, &number_of(policy)],
        )
    });
    let hits: Vec<Value> = hits.take(MOST_HITS).map(policy_json).collect();
    Json(json!({ "policies": hits }))
}

async fn policy_show(
    State(shared): State<Arc<PasShared>>,
    Path(number): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let book = shared.registry.book();
    let policy = book.policy(&number).ok_or(ApiError::UnknownPolicy)?;
    let mut shown = policy_json(policy);
    shown["claims"] = book
        .claims_on(&number)
        .map(|claim| claim_json(&shared, claim, None))
        .collect();
    Ok(Json(shown))
}

async fn document_list(
    State(shared): State<Arc<PasShared>>,
    Path(number): Path<String>,
) -> Result<Json<Value>, ApiError> {
    shared.registry.book().claim(&number).ok_or(ApiError::UnknownClaim)?;
    let documents: Vec<Value> = shared
        .registry
        .documents_on(&number)
        .iter()
        .map(document_json)
        .collect();
    Ok(Json(json!({ "documents": documents })))
}

/// Every word of the query is somewhere in the fields, whatever its case.
fn matches_all(query: &str, fields: &[&str]) -> bool {
    let fields: Vec<String> = fields.iter().map(|field| field.to_lowercase()).collect();
    query
        .to_lowercase()
        .split_whitespace()
        .all(|word| fields.iter().any(|field| field.contains(word)))
}

fn claim_json(shared: &PasShared, claim: &Claim, policy: Option<&Policy>) -> Value {
    let mut shown = json!({
        "number": claim.number,
        "policy": claim.policy,
        "about": claim.about,
        "status": claim.status.words(),
        "reported_on": claim.reported_on(shared.first_day).to_string(),
    });
    if let Some(policy) = policy {
        shown["holder"] = json!(policy.holder.name);
        shown["holder_number"] = json!(policy.holder.number.as_str());
    }
    shown
}

fn policy_json(policy: &Policy) -> Value {
    json!({
        "number": policy.number,
        "holder": policy.holder.name,
        "holder_number": policy.holder.number.as_str(),
        "product": policy.product,
        "insured": policy.insured,
        "since": policy.since,
        "excess_rand": policy.excess_rand,
    })
}

fn document_json(document: &FiledDocument) -> Value {
    let files: Vec<Value> = document
        .files
        .iter()
        .map(|file| {
            json!({ "name": file.name, "media_type": file.media_type, "size_bytes": file.content.len(), "sha256": file.sha256 })
        })
        .collect();
    json!({
        "document_id": document.id,
        "external_id": document.external_id,
        "kind": document.kind,
        "occurred_at": document.occurred_at,
        "received_at": instant(document.received_micros),
        "from": document.from,
        "text": document.text,
        "files": files,
    })
}

/// A time in RFC 3339.
pub(super) fn instant(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros)
        .map(|time| time.to_string())
        .unwrap_or_default()
}
