//! The Graph API of the simulated provider: what the product calls.
//!
//! `access` checks the token before anything else; one file per thing that can be asked for. `forms` says which bodies
//! may be sent.

mod access;
mod account;
mod content;
mod errors;
pub mod forms;
mod media;
mod messages;
mod numbers;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, middleware};
use serde::Serialize;
use serde_json::Value;

pub(crate) use errors::{GraphError, refusal_text};
pub(crate) use media::attachment_url;
pub(crate) use numbers::VERIFIED_NAME;

use crate::ids::MediaId;
use crate::requests::ApiCallKind;
use crate::state::Shared;

/// The largest request: a document of 100 MB in a form, and the form around it.
const LARGEST_BODY: usize = 101 * 1024 * 1024;

/// All routes below the version.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route(
            "/{version}/{object}",
            get(object_get).post(object_post).delete(object_delete),
        )
        .route("/{version}/{object}/messages", post(messages::send))
        .route("/{version}/{object}/media", post(media::upload))
        .route(
            "/{version}/{object}/settings",
            get(numbers::settings_get).post(numbers::settings_set),
        )
        .route("/{version}/{object}/register", post(numbers::register))
        .route("/{version}/{object}/deregister", post(numbers::register))
        .route(
            "/{version}/{object}/whatsapp_business_profile",
            get(numbers::profile_get),
        )
        .route("/{version}/{object}/phone_numbers", get(account::phone_numbers))
        .route(
            "/{version}/{object}/subscribed_apps",
            get(account::apps_list)
                .post(account::apps_attach)
                .delete(account::apps_detach),
        )
        .route("/whatsapp_business/attachments/", get(media::fetch))
        .fallback(unknown_path)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), access::check))
        .with_state(shared)
}

/// `{"success": true}`, the provider's answer to whatever changes something.
#[derive(Serialize)]
struct Success {
    success: bool,
}

fn success() -> Response {
    Json(Success { success: true }).into_response()
}

async fn unknown_path(method: Method) -> GraphError {
    GraphError::unknown_path(method.as_str())
}

/// `GET /<id>`: the number, the account or a file, whichever has this id.
async fn object_get(
    State(shared): State<Arc<Shared>>,
    Path((_version, object)): Path<(String, String)>,
    query: axum::extract::RawQuery,
) -> Result<Response, GraphError> {
    if object == shared.options.phone_number_id {
        note_account(&shared, "GET", "");
        return Ok(numbers::show(&shared, query.0.as_deref().unwrap_or_default()));
    }
    if object == shared.options.waba_id {
        note_account(&shared, "GET", "");
        return Ok(account::show(&shared));
    }
    media::look_up(&shared, MediaId::new(object), query.0.as_deref().unwrap_or_default())
}

/// `POST /<number id>`: changes of the number itself, such as its webhook address.
async fn object_post(
    State(shared): State<Arc<Shared>>,
    Path((_version, object)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, GraphError> {
    own_number(&shared, &object, "post")?;
    note_account(&shared, "POST", "");
    numbers::change(&shared, json_of(&body)?).await
}

/// `DELETE /<id>`: a file.
async fn object_delete(
    State(shared): State<Arc<Shared>>,
    Path((_version, object)): Path<(String, String)>,
) -> Result<Response, GraphError> {
    media::delete(&shared, MediaId::new(object))
}

/// A request's body; an empty one is null.
fn json_of(body: &Bytes) -> Result<Value, GraphError> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|_| GraphError::parameter("The request body is not valid JSON."))
}

fn own_number(shared: &Shared, object: &str, method: &str) -> Result<(), GraphError> {
    if object == shared.options.phone_number_id {
        Ok(())
    } else {
        Err(GraphError::no_such_object(method, object))
    }
}

fn own_account(shared: &Shared, object: &str, method: &str) -> Result<(), GraphError> {
    if object == shared.options.waba_id {
        Ok(())
    } else {
        Err(GraphError::no_such_object(method, object))
    }
}

fn note(shared: &Shared, kind: ApiCallKind, granted: bool) {
    let now = shared.clock.now_micros();
    shared.lock().requests.note(now, kind, granted);
}

fn note_account(shared: &Shared, method: &str, edge: &str) {
    note(
        shared,
        ApiCallKind::Account {
            method: method.to_owned(),
            edge: edge.to_owned(),
        },
        true,
    );
}
