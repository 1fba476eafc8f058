//! What the provider says about our numbers: which there are, and the state of each.
//!
//! Source: Meta, phone numbers, 2025-10 to 2026-07.

use reqwest::Method;
use serde_json::Value;

use super::failure::RequestError;
use super::{Client, Page};
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
    /// Such as `APPROVED` or `PENDING_REVIEW`, of that name.
    pub name_status: Option<String>,
    /// Such as `GREEN`.
    pub quality_rating: Option<String>,
    /// Such as `CONNECTED`.
    pub status: Option<String>,
    /// `VERIFIED` once the number was shown to be ours.
    pub code_verification: Option<String>,
    /// `CLOUD_API` when it is registered here.
    pub platform_type: Option<String>,
    /// `LIVE`, or `SANDBOX` for a number to try things out with.
    pub account_mode: Option<String>,
    /// It is used with the phone app as well.
    pub on_phone_app: bool,
    /// It is an official business account.
    pub official: bool,
    /// A PIN for two-step verification is set; `None` if not told.
    pub pin_set: Option<bool>,
    /// Such as `STANDARD` or `HIGH`.
    pub throughput: Option<String>,
    /// How many people may be written to in a day, such as `TIER_10K`.
    pub messaging_limit: Option<String>,
    /// `AVAILABLE`, `LIMITED` or `BLOCKED`: whether it can send.
    pub health: Option<String>,
}

redacted_debug!(NumberInfo);

const FIELDS: &str = "id,display_phone_number,verified_name,name_status,quality_rating,status,code_verification_status,\
                      platform_type,account_mode,is_on_biz_app,is_official_business_account,is_pin_enabled,throughput,\
                      whatsapp_business_manager_messaging_limit,health_status";

impl Client {
    /// Asks for the state of a number.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn number(&self, phone_number_id: &str) -> Result<NumberInfo, RequestError> {
        let request = self.request(Method::GET, &[phone_number_id], &[("fields", FIELDS)]);
        NumberInfo::read(&self.answer(request).await?).ok_or(RequestError::Unreadable)
    }

    /// Asks for all numbers of an account, a page at a time.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn numbers(&self, waba_id: &str, after: Option<&str>) -> Result<Page<NumberInfo>, RequestError> {
        let query: Vec<_> = [("fields", Some(FIELDS)), ("after", after)]
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?)))
            .collect();
        let request = self.request(Method::GET, &[waba_id, "phone_numbers"], &query);
        Page::read(&self.answer(request).await?, NumberInfo::read)
    }
}

impl NumberInfo {
    fn read(answer: &Value) -> Option<Self> {
        let text = |key| shape::some_text(answer, key);
        Some(Self {
            id: text("id")?,
            display_phone_number: text("display_phone_number"),
            verified_name: text("verified_name"),
            name_status: text("name_status"),
            quality_rating: text("quality_rating"),
            status: text("status"),
            code_verification: text("code_verification_status"),
            platform_type: text("platform_type"),
            account_mode: text("account_mode"),
            on_phone_app: shape::flag(answer, "is_on_biz_app"),
            official: shape::flag(answer, "is_official_business_account"),
            pin_set: answer
                .get("is_pin_enabled")
                .map(|_| shape::flag(answer, "is_pin_enabled")),
            throughput: shape::child(answer, "throughput").and_then(|throughput| shape::some_text(throughput, "level")),
            messaging_limit: text("whatsapp_business_manager_messaging_limit"),
            health: shape::child(answer, "health_status")
                .and_then(|health| shape::some_text(health, "can_send_message")),
        })
    }
}
