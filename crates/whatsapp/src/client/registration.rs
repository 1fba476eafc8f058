//! Bringing a number to the Cloud API and taking it away, and the PIN that guards it.
//!
//! A number may be registered or taken away ten times in 72 hours (133016). A number that is shared with the phone app is
//! registered already: leave it.
//!
//! Source: Meta, Registration and Two-step verification, 2026.

use reqwest::Method;
use serde_json::json;
use zeroize::Zeroizing;

use super::Client;
use super::failure::RequestError;

/// The six digits of two-step verification; without `Debug`, and wiped when dropped. Whoever has them can take the number over.
pub struct TwoStepPin(Zeroizing<String>);

/// The text is not six digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a PIN for two-step verification has six digits")]
pub struct NotATwoStepPin;

impl TwoStepPin {
    /// Takes six digits.
    ///
    /// # Errors
    /// [`NotATwoStepPin`] for anything else.
    pub fn new(digits: impl Into<String>) -> Result<Self, NotATwoStepPin> {
        let digits = Zeroizing::new(digits.into());
        if digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_digit()) {
            Ok(Self(digits))
        } else {
            Err(NotATwoStepPin)
        }
    }
}

/// How the code that shows that a number is ours comes to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeWay {
    /// As a text message.
    Sms,
    /// By a call.
    Voice,
}

impl Client {
    /// Registers a number. The PIN must be the one that is set; it becomes that if there is none.
    ///
    /// # Errors
    /// [`RequestError`], by what happened; 133005 for another PIN.
    pub async fn register(
        &self,
        phone_number_id: &str,
        pin: &TwoStepPin,
        storage_region: Option<&str>,
    ) -> Result<(), RequestError> {
        let mut body = json!({ "messaging_product": "whatsapp", "pin": *pin.0 });
        if let Some(region) = storage_region {
            body["data_localization_region"] = json!(region);
        }
        let request = self.request(Method::POST, &[phone_number_id, "register"], &[]);
        self.succeed(request.json(&body)).await
    }

    /// Takes a number away from the Cloud API.
    ///
    /// # Errors
    /// [`RequestError`], by what happened; refused for a number that is shared with the phone app.
    pub async fn deregister(&self, phone_number_id: &str) -> Result<(), RequestError> {
        self.succeed(self.request(Method::POST, &[phone_number_id, "deregister"], &[]))
            .await
    }

    /// Sets the PIN. It cannot be taken away by a request.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn set_pin(&self, phone_number_id: &str, pin: &TwoStepPin) -> Result<(), RequestError> {
        let request = self.request(Method::POST, &[phone_number_id], &[]);
        self.succeed(request.json(&json!({ "pin": *pin.0 }))).await
    }

    /// Has a code sent to a number, to show that it is ours; `language` such as `en_US`.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn request_code(&self, phone_number_id: &str, way: CodeWay, language: &str) -> Result<(), RequestError> {
        let method = match way {
            CodeWay::Sms => "SMS",
            CodeWay::Voice => "VOICE",
        };
        let request = self.request(Method::POST, &[phone_number_id, "request_code"], &[]);
        self.succeed(request.json(&json!({ "code_method": method, "language": language })))
            .await
    }

    /// Gives back the code that came.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn verify_code(&self, phone_number_id: &str, code: &str) -> Result<(), RequestError> {
        let request = self.request(Method::POST, &[phone_number_id, "verify_code"], &[]);
        self.succeed(request.json(&json!({ "code": code }))).await
    }
}
