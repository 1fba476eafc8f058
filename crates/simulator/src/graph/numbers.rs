//! The business number: its facts, its settings, its registration.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::graph::errors::GraphError;
use crate::graph::{access, json_of, note_account, own_number, success};
use crate::state::{Shared, StorageSetting};
use crate::webhooks::shake_hands;

/// What the display number's owner is called.
pub(crate) const VERIFIED_NAME: &str = "Karoo Mutual";

/// Countries that content can be kept in (Cloud API, Local storage, 2026).
const REGIONS: [&str; 13] = [
    "AU", "ID", "IN", "JP", "SG", "KR", "DE", "CH", "GB", "BR", "BH", "ZA", "AE",
];

/// All facts of the number; `fields` chooses some of them.
pub(crate) fn facts(shared: &Shared) -> Value {
    let options = &shared.options;
    json!({
        "verified_name": VERIFIED_NAME,
        "display_phone_number": format!("+{}", options.display_phone_number),
        "id": options.phone_number_id,
        "quality_rating": "GREEN",
        "code_verification_status": "VERIFIED",
        "platform_type": "CLOUD_API",
        "throughput": { "level": "STANDARD" },
        "status": "CONNECTED",
        "name_status": "APPROVED",
        "account_mode": "LIVE",
        "is_official_business_account": false,
        "is_on_biz_app": false,
        "whatsapp_business_manager_messaging_limit": "TIER_2K",
        "health_status": { "can_send_message": "AVAILABLE", "entities": [] },
    })
}

/// `GET /<number id>?fields=`.
pub(crate) fn show(shared: &Shared, query: &str) -> Response {
    let fields = access::parameter(query, "fields").unwrap_or_default();
    Json(chosen(facts(shared), &fields)).into_response()
}

/// Without `fields` the provider shows five of the facts; the id always.
pub(crate) fn chosen(all: Value, fields: &str) -> Value {
    let standard =
        "verified_name,display_phone_number,code_verification_status,quality_rating,platform_type,throughput";
    let fields = if fields.is_empty() { standard } else { fields };
    let mut shown = json!({ "id": all["id"] });
    for field in fields.split(',').map(str::trim) {
        if let Some(value) = all.get(field) {
            shown[field] = value.clone();
        }
    }
    shown
}

/// `POST /<number id>`: a webhook address of its own, or a new PIN.
pub(crate) async fn change(shared: &Shared, body: Value) -> Result<Response, GraphError> {
    if let Some(hook) = body.get("webhook_configuration") {
        take_override(shared, hook).await?;
        return Ok(success());
    }
    match body.get("pin").and_then(Value::as_str) {
        Some(pin) => check_pin(pin).map(|()| success()),
        None => Err(GraphError::missing("webhook_configuration or pin")),
    }
}

/// Shakes hands with `override_callback_uri` and, when that works, sends webhooks there.
pub(crate) async fn take_override(shared: &Shared, hook: &Value) -> Result<(), GraphError> {
    let text = |name: &str| {
        hook.get(name)
            .and_then(Value::as_str)
            .ok_or_else(|| GraphError::missing(name))
    };
    let (url, token) = (text("override_callback_uri")?, text("verify_token")?);
    shake_hands(shared, url, token)
        .await
        .map_err(|_| GraphError::callback_verification())?;
    shared.webhook_url.send_replace(Some(url.to_owned()));
    Ok(())
}

fn check_pin(pin: &str) -> Result<(), GraphError> {
    if pin.len() == 6 && pin.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(())
    } else {
        Err(GraphError::value("pin must have 6 digits."))
    }
}

/// `GET /<number id>/settings`.
pub(crate) async fn settings_get(
    State(shared): State<Arc<Shared>>,
    Path((_version, object)): Path<(String, String)>,
) -> Result<Response, GraphError> {
    own_number(&shared, &object, "get")?;
    note_account(&shared, "GET", "settings");
    let storage = shared.lock().storage.clone();
    let mut shown = json!({ "status": storage.status });
    if let Some(region) = storage.region {
        shown["data_localization_region"] = json!(region);
    }
    if let Some(minutes) = storage.retention_minutes {
        shown["retention_minutes"] = json!(minutes);
    }
    Ok(Json(json!({ "storage_configuration": shown, "id": shared.options.phone_number_id })).into_response())
}

/// `POST /<number id>/settings`: where the provider keeps content.
pub(crate) async fn settings_set(
    State(shared): State<Arc<Shared>>,
    Path((_version, object)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, GraphError> {
    own_number(&shared, &object, "post")?;
    note_account(&shared, "POST", "settings");
    let body = json_of(&body)?;
    let wish = body
        .get("storage_configuration")
        .ok_or_else(|| GraphError::missing("storage_configuration"))?;
    let storage = storage_setting(wish)?;
    shared.lock().storage = storage;
    Ok(success())
}

fn storage_setting(wish: &Value) -> Result<StorageSetting, GraphError> {
    let status = wish
        .get("status")
        .and_then(Value::as_str)
        .ok_or_else(|| GraphError::missing("status"))?;
    let region = wish.get("data_localization_region").and_then(Value::as_str);
    let setting = |region: Option<&str>, retention_minutes| StorageSetting {
        status: status.to_owned(),
        region: region.map(str::to_owned),
        retention_minutes,
    };
    match status {
        "NO_STORAGE_ENABLED" if region.is_some() => {
            Err(GraphError::parameter("No storage and a region exclude each other."))
        }
        "NO_STORAGE_ENABLED" => match wish.get("retention_minutes").and_then(Value::as_u64) {
            Some(60) => Ok(setting(None, Some(60))),
            _ => Err(GraphError::value("retention_minutes must be 60.")),
        },
        "IN_COUNTRY_STORAGE_ENABLED" => match region {
            Some(region) if REGIONS.contains(&region) => Ok(setting(Some(region), None)),
            Some(_) => Err(GraphError::value("data_localization_region is not supported.")),
            None => Err(GraphError::missing("data_localization_region")),
        },
        "IN_COUNTRY_STORAGE_DISABLED" | "DEFAULT" => Ok(StorageSetting {
            status: "DEFAULT".to_owned(),
            region: None,
            retention_minutes: None,
        }),
        _ => Err(GraphError::value("status is not supported.")),
    }
}

/// `POST /<number id>/register` and `/deregister`.
pub(crate) async fn register(
    State(shared): State<Arc<Shared>>,
    Path((_version, object)): Path<(String, String)>,
    uri: axum::http::Uri,
    body: Bytes,
) -> Result<Response, GraphError> {
    own_number(&shared, &object, "post")?;
    let edge = uri.path().rsplit('/').next().unwrap_or_default();
    note_account(&shared, "POST", edge);
    if edge == "register" {
        let body = json_of(&body)?;
        check_pin(
            body.get("pin")
                .and_then(Value::as_str)
                .ok_or_else(|| GraphError::missing("pin"))?,
        )?;
    }
    Ok(success())
}

/// `GET /<number id>/whatsapp_business_profile`.
pub(crate) async fn profile_get(
    State(shared): State<Arc<Shared>>,
    Path((_version, object)): Path<(String, String)>,
) -> Result<Response, GraphError> {
    own_number(&shared, &object, "get")?;
    note_account(&shared, "GET", "whatsapp_business_profile");
    let profile = json!({
        "about": "Insurance, plainly.",
        "address": "1 Karoo Road, Graaff-Reinet",
        "vertical": "FINANCE",
        "messaging_product": "whatsapp",
    });
    Ok(Json(json!({ "data": [profile] })).into_response())
}
