//! The provider's errors, in its shape and with its codes.
//!
//! Source: Cloud API error codes and Graph API error handling, 2025 and 2026: decide on `code`, never on the title.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::faults::Refusal;
use crate::graph::forms::Misfit;
use crate::ids::Dice;

/// Error traces only have to differ from one another.
static TRACES: AtomicU64 = AtomicU64::new(1);

/// An answer in the provider's error shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GraphError {
    status: StatusCode,
    code: u32,
    subcode: Option<u32>,
    kind: &'static str,
    message: String,
    details: Option<String>,
}

/// The texts of a refusal, the same in an answer and in a `failed` status.
pub(crate) struct RefusalText {
    pub(crate) code: u32,
    pub(crate) title: &'static str,
    pub(crate) details: &'static str,
    status: StatusCode,
}

pub(crate) fn refusal_text(refusal: Refusal) -> RefusalText {
    let (code, title, details, status) = match refusal {
        Refusal::Internal => (
            131_000,
            "Something went wrong",
            "Message failed to send due to an unknown error. Try again later.",
            StatusCode::INTERNAL_SERVER_ERROR,
        ),
        Refusal::Throughput => (
            130_429,
            "Rate limit hit",
            "Message failed to send because there were too many messages sent from this phone number in a short period of time.",
            StatusCode::TOO_MANY_REQUESTS,
        ),
        Refusal::WindowClosed => (
            131_047,
            "Re-engagement message",
            "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
            StatusCode::BAD_REQUEST,
        ),
        Refusal::Undeliverable => (
            131_026,
            "Message undeliverable",
            "Message undeliverable.",
            StatusCode::BAD_REQUEST,
        ),
        Refusal::PairRate => (
            131_056,
            "(Business Account, Consumer Account) pair rate limit hit",
            "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.",
            StatusCode::BAD_REQUEST,
        ),
        Refusal::TokenExpired => (
            190,
            "Access token has expired",
            "The access token has expired.",
            StatusCode::UNAUTHORIZED,
        ),
        Refusal::MediaRefused => (
            131_053,
            "Media upload error",
            "The file could not be processed. Check its type, codec and size.",
            StatusCode::BAD_REQUEST,
        ),
        Refusal::Engagement => (
            131_049,
            "This message was not delivered to maintain healthy ecosystem engagement.",
            "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
            StatusCode::BAD_REQUEST,
        ),
        Refusal::MarketingStopped => (
            131_050,
            "Unable to deliver the message",
            "This recipient has chosen to stop receiving marketing messages from this business.",
            StatusCode::BAD_REQUEST,
        ),
        Refusal::PolicyBlock => (
            368,
            "Temporarily blocked for policies violations",
            "The account is restricted from sending messages.",
            StatusCode::FORBIDDEN,
        ),
    };
    RefusalText {
        code,
        title,
        details,
        status,
    }
}

impl GraphError {
    fn oauth(status: StatusCode, code: u32, title: &str, details: Option<String>) -> Self {
        let message = format!("(#{code}) {title}");
        Self {
            status,
            code,
            subcode: None,
            kind: "OAuthException",
            message,
            details,
        }
    }

    /// 190: no token, or a wrong one.
    pub(crate) fn bad_token() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            code: 190,
            subcode: None,
            kind: "OAuthException",
            message: "Invalid OAuth access token - Cannot parse access token".to_owned(),
            details: None,
        }
    }

    /// 100: the proof does not fit the token.
    pub(crate) fn bad_proof() -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: 100,
            subcode: None,
            kind: "GraphMethodException",
            message: "Invalid appsecret_proof provided in the API argument".to_owned(),
            details: None,
        }
    }

    /// 100 with subcode 33: nothing has this id, or this token may not see it.
    pub(crate) fn no_such_object(method: &str, id: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: 100,
            subcode: Some(33),
            kind: "GraphMethodException",
            message: format!(
                "Unsupported {method} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation."
            ),
            details: None,
        }
    }

    /// 2500: a path that the Graph API does not know.
    pub(crate) fn unknown_path(method: &str) -> Self {
        Self::oauth(
            StatusCode::BAD_REQUEST,
            2500,
            &format!("Unknown path components for {method}"),
            None,
        )
    }

    /// 100: a parameter is not what it should be.
    pub(crate) fn parameter(details: impl Into<String>) -> Self {
        Self::oauth(StatusCode::BAD_REQUEST, 100, "Invalid parameter", Some(details.into()))
    }

    /// A body that is none of the forms.
    pub(crate) fn misfit(misfit: &Misfit) -> Self {
        let code = misfit.why.code();
        let title = match code {
            131_008 => "Required parameter is missing",
            131_009 => "Parameter value is not valid",
            131_051 => "Unsupported message type",
            131_062 => "Business-scoped User ID (BSUID) recipients are not supported for this message",
            132_012 => "Template parameter format does not match",
            _ => "Invalid parameter",
        };
        let details = format!("Param {} {}.", misfit.path, misfit.why);
        Self::oauth(StatusCode::BAD_REQUEST, code, title, Some(details))
    }

    /// 131021: the number writes to itself.
    pub(crate) fn sender_is_recipient() -> Self {
        Self::oauth(
            StatusCode::BAD_REQUEST,
            131_021,
            "Recipient cannot be sender",
            Some("Sender and recipient phone number is the same.".to_owned()),
        )
    }

    /// 131008: a required parameter is missing.
    pub(crate) fn missing(name: &str) -> Self {
        let details = format!("The parameter {name} is required.");
        Self::oauth(
            StatusCode::BAD_REQUEST,
            131_008,
            "Required parameter is missing",
            Some(details),
        )
    }

    /// 131009: a parameter has a value that is not allowed.
    pub(crate) fn value(details: impl Into<String>) -> Self {
        Self::oauth(
            StatusCode::BAD_REQUEST,
            131_009,
            "Parameter value is not valid",
            Some(details.into()),
        )
    }

    /// 2200: the webhook address did not shake hands.
    pub(crate) fn callback_verification() -> Self {
        Self::oauth(StatusCode::BAD_REQUEST, 2200, "Callback verification failed", None)
    }

    /// Any of the refusals.
    pub(crate) fn refused(refusal: Refusal) -> Self {
        let text = refusal_text(refusal);
        Self::oauth(text.status, text.code, text.title, Some(text.details.to_owned()))
    }

    fn body(&self) -> Value {
        let mut error = json!({
            "message": self.message,
            "type": self.kind,
            "code": self.code,
            "fbtrace_id": trace(),
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
        }
        if let Some(details) = &self.details {
            error["error_data"] = json!({ "messaging_product": "whatsapp", "details": details });
        }
        json!({ "error": error })
    }
}

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        (self.status, Json(self.body())).into_response()
    }
}

fn trace() -> String {
    let mut dice = Dice::new(TRACES.fetch_add(1, Ordering::Relaxed));
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&dice.next().to_le_bytes());
    bytes[8..].copy_from_slice(&dice.next().to_le_bytes());
    format!("A{}", URL_SAFE_NO_PAD.encode(bytes))
}
