//! What the provider says about a number: its state and its settings, above all what it stores.
//!
//! Source: Meta, phone numbers and `settings`, 2025-10 to 2026-05.

use reqwest::Method;
use serde_json::Value;

use super::Client;
use super::failure::RequestError;
use crate::redacted::redacted_debug;
use crate::webhook::item::shape;

/// The state of a number.
#[derive(Clone, PartialEq, Eq)]
pub struct NumberInfo {
    /// The provider's id.
    pub id: String,
    /// The number as shown.
    pub display_phone_number: Option<String>,
    /// The name shown to people.
    pub verified_name: Option<String>,
    /// Such as `GREEN`.
    pub quality_rating: Option<String>,
    /// Such as `CONNECTED`.
    pub status: Option<String>,
    /// `CLOUD_API` when it is registered here.
    pub platform_type: Option<String>,
    /// It is used with the phone app as well.
    pub on_phone_app: bool,
    /// Such as `STANDARD` or `HIGH`.
    pub throughput: Option<String>,
    /// How many people may be written to in a day, such as `TIER_10K`.
    pub messaging_limit: Option<String>,
}

/// The settings of a number that matter for what stays with the provider.
#[derive(Clone, PartialEq, Eq)]
pub struct NumberSettings {
    /// `NO_STORAGE_ENABLED`, `IN_COUNTRY_STORAGE_ENABLED`, `DEFAULT` and so on; `None` if not told.
    pub storage_status: Option<String>,
    /// The region, for in-country storage.
    pub storage_region: Option<String>,
    /// How long content is kept in transit, in minutes.
    pub retention_minutes: Option<i64>,
    /// The identity check is on.
    pub identity_check: bool,
    /// Calls are switched on.
    pub calling: bool,
}

redacted_debug!(NumberInfo, NumberSettings);

const FIELDS: &str = "id,display_phone_number,verified_name,quality_rating,status,platform_type,is_on_biz_app,throughput,\
                      whatsapp_business_manager_messaging_limit";

impl Client {
    /// Asks for the state of a number.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn number(&self, phone_number_id: &str) -> Result<NumberInfo, RequestError> {
        let answer = self
            .answer(self.request(Method::GET, &[phone_number_id], &[("fields", FIELDS)]))
            .await?;
        let limit = "whatsapp_business_manager_messaging_limit";
        Ok(NumberInfo {
            id: shape::some_text(&answer, "id").ok_or(RequestError::Unreadable)?,
            display_phone_number: shape::some_text(&answer, "display_phone_number"),
            verified_name: shape::some_text(&answer, "verified_name"),
            quality_rating: shape::some_text(&answer, "quality_rating"),
            status: shape::some_text(&answer, "status"),
            platform_type: shape::some_text(&answer, "platform_type"),
            on_phone_app: shape::flag(&answer, "is_on_biz_app"),
            throughput: shape::child(&answer, "throughput")
                .and_then(|throughput| shape::some_text(throughput, "level")),
            messaging_limit: shape::some_text(&answer, limit),
        })
    }

    /// Asks for the settings of a number.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn settings(&self, phone_number_id: &str) -> Result<NumberSettings, RequestError> {
        let answer = self
            .answer(self.request(Method::GET, &[phone_number_id, "settings"], &[]))
            .await?;
        if !answer.is_object() {
            return Err(RequestError::Unreadable);
        }
        let part = |key| shape::child(&answer, key).unwrap_or(&Value::Null);
        let storage = part("storage_configuration");
        Ok(NumberSettings {
            storage_status: shape::some_text(storage, "status"),
            storage_region: shape::some_text(storage, "data_localization_region"),
            retention_minutes: shape::whole(storage, "retention_minutes"),
            identity_check: shape::flag(part("user_identity_change"), "enable_identity_key_check"),
            calling: shape::str_of(part("calling"), "status") == Some("ENABLED"),
        })
    }
}
