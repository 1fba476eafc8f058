//! The settings of a number, above all what the provider stores and where. One request sets one of them.
//!
//! Source: Meta, `settings`, No Storage (2025-10 to 2026-05), Local Storage (2026), Identity check, Calling.

use reqwest::Method;
use serde_json::{Value, json};

use super::Client;
use super::failure::RequestError;
use crate::redacted::redacted_debug;
use crate::webhook::item::shape;

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

/// Where the provider keeps content.
///
/// It is set on a number that is not registered; registering it makes it hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage<'a> {
    /// An hour in transit, nowhere at rest. What is not taken in within the hour is lost.
    None,
    /// At rest in one region only, by its two letters, such as `CH` or `ZA`.
    InCountry(&'a str),
    /// No longer in one region only.
    InCountryOff,
    /// Up to 30 days, wherever the provider likes.
    Default,
}

/// How long content stays under No Storage, the only value that is taken.
const NO_STORAGE_MINUTES: u32 = 60;

redacted_debug!(NumberSettings);

impl Client {
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

    /// Sets where the provider keeps content.
    ///
    /// # Errors
    /// [`RequestError`], by what happened; a number that is registered, or not entitled, is refused.
    pub async fn set_storage(&self, phone_number_id: &str, storage: Storage<'_>) -> Result<(), RequestError> {
        let configuration = match storage {
            Storage::None => json!({ "status": "NO_STORAGE_ENABLED", "retention_minutes": NO_STORAGE_MINUTES }),
            Storage::InCountry(region) => {
                json!({ "status": "IN_COUNTRY_STORAGE_ENABLED", "data_localization_region": region })
            }
            Storage::InCountryOff => json!({ "status": "IN_COUNTRY_STORAGE_DISABLED" }),
            Storage::Default => json!({ "status": "DEFAULT" }),
        };
        self.set(phone_number_id, json!({ "storage_configuration": configuration }))
            .await
    }

    /// Switches the identity check on or off: whether items name the fingerprint of a person's encryption identity.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn set_identity_check(&self, phone_number_id: &str, on: bool) -> Result<(), RequestError> {
        let setting = json!({ "user_identity_change": { "enable_identity_key_check": on } });
        self.set(phone_number_id, setting).await
    }

    /// Switches calls on or off.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn set_calling(&self, phone_number_id: &str, on: bool) -> Result<(), RequestError> {
        let status = if on { "ENABLED" } else { "DISABLED" };
        self.set(phone_number_id, json!({ "calling": { "status": status } }))
            .await
    }

    async fn set(&self, phone_number_id: &str, setting: Value) -> Result<(), RequestError> {
        let request = self.request(Method::POST, &[phone_number_id, "settings"], &[]);
        self.succeed(request.json(&setting)).await
    }
}
