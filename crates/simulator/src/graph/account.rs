//! The business account: its numbers, and which app receives its webhooks.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::graph::errors::GraphError;
use crate::graph::{access, json_of, note_account, numbers, own_account, success};
use crate::state::Shared;

/// `GET /<account id>`.
pub(crate) fn show(shared: &Shared) -> Response {
    Json(json!({
        "id": shared.options.waba_id,
        "name": numbers::VERIFIED_NAME,
        "currency": "ZAR",
        "timezone_id": "137",
        "message_template_namespace": "5f1c6ae2_0d1b_4f4c_8f0d_1d8f3a9c2b7e",
        "account_review_status": "APPROVED",
    }))
    .into_response()
}

/// `GET /<account id>/phone_numbers?fields=`.
pub(crate) async fn phone_numbers(
    State(shared): State<Arc<Shared>>,
    Path((_version, object)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, GraphError> {
    own_account(&shared, &object, "get")?;
    note_account(&shared, "GET", "phone_numbers");
    let fields = access::parameter(query.as_deref().unwrap_or_default(), "fields").unwrap_or_default();
    let number = numbers::chosen(numbers::facts(&shared), &fields);
    Ok(
        Json(json!({ "data": [number], "paging": { "cursors": { "before": "QVFIUj", "after": "QVFIUj" } } }))
            .into_response(),
    )
}

/// `GET /<account id>/subscribed_apps`.
pub(crate) async fn apps_list(
    State(shared): State<Arc<Shared>>,
    Path((_version, object)): Path<(String, String)>,
) -> Result<Response, GraphError> {
    own_account(&shared, &object, "get")?;
    note_account(&shared, "GET", "subscribed_apps");
    let subscribed = shared.lock().subscribed;
    let app = json!({ "whatsapp_business_api_data": { "id": "670843887433847", "link": "https://www.facebook.com/games/?app_id=670843887433847", "name": "Counterfoil" } });
    let apps = if subscribed { vec![app] } else { Vec::new() };
    Ok(Json(json!({ "data": apps })).into_response())
}

/// `POST /<account id>/subscribed_apps`, perhaps with an address of its own.
pub(crate) async fn apps_attach(
    State(shared): State<Arc<Shared>>,
    Path((_version, object)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, GraphError> {
    own_account(&shared, &object, "post")?;
    note_account(&shared, "POST", "subscribed_apps");
    let body = json_of(&body)?;
    if body.get("override_callback_uri").is_some() {
        numbers::take_override(&shared, &body).await?;
    }
    shared.lock().subscribed = true;
    Ok(success())
}

/// `DELETE /<account id>/subscribed_apps`: from now on no webhook is sent, and none is kept.
pub(crate) async fn apps_detach(
    State(shared): State<Arc<Shared>>,
    Path((_version, object)): Path<(String, String)>,
) -> Result<Response, GraphError> {
    own_account(&shared, &object, "delete")?;
    note_account(&shared, "DELETE", "subscribed_apps");
    shared.lock().subscribed = false;
    Ok(success())
}
