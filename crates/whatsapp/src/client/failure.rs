//! How a request can fail, told apart by the one question that matters: did it have an effect at the provider?
//!
//! Nothing here carries an address, a number, an id or the provider's words into `Debug` or `Display`.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use super::Answer;
use crate::error::{self, Advice, ErrorClass, Meaning};
use crate::limits::LimitError;
use crate::webhook::item::shape;

/// The provider answered and refused.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiError {
    /// HTTP status of the answer.
    pub status: u16,
    /// The provider's number; `None` if the answer was not in its form (from something in between, say).
    pub code: Option<i64>,
    /// The provider's finer number.
    pub subcode: Option<i64>,
    /// What to do.
    pub class: ErrorClass,
    /// What to tell people.
    pub advice: Advice,
    details: Option<String>,
    trace: Option<String>,
    rest: Option<Duration>,
}

impl ApiError {
    /// The provider's words about it, which may quote what was sent: show them, never log them.
    pub fn details(&self) -> Option<&str> {
        self.details.as_deref()
    }

    /// The provider's id of the request, to name when asking its support.
    pub fn trace(&self) -> Option<&str> {
        self.trace.as_deref()
    }

    /// For how long the provider is to be left alone, when it says so: after too many requests about an account (4, 80007).
    pub fn rest(&self) -> Option<Duration> {
        self.rest
    }

    /// Reads the answer to a refused request.
    pub(super) fn read(answer: &Answer) -> Self {
        let (status, rest) = (answer.status, answer.rest);
        let answer: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        let error = shape::child(&answer, "error").unwrap_or(&Value::Null);
        let code = shape::whole(error, "code");
        let Meaning { class, advice } = code.map_or_else(|| by_status(status), error::meaning);
        Self {
            status: status.as_u16(),
            code,
            subcode: shape::whole(error, "error_subcode"),
            class,
            advice,
            details: shape::child(error, "error_data")
                .and_then(|data| shape::some_text(data, "details"))
                .or_else(|| shape::some_text(error, "message")),
            trace: shape::some_text(error, "fbtrace_id"),
            rest,
        }
    }

    /// Whether the answer was in the provider's own form.
    pub(super) fn is_the_providers(&self) -> bool {
        self.code.is_some()
    }
}

/// The meaning of a refusal without a number.
fn by_status(status: StatusCode) -> Meaning {
    let (class, advice) = match status {
        StatusCode::UNAUTHORIZED => (ErrorClass::NeedsHuman, Advice::TokenInvalid),
        StatusCode::FORBIDDEN => (ErrorClass::NeedsHuman, Advice::PermissionMissing),
        StatusCode::TOO_MANY_REQUESTS => (ErrorClass::RetrySlow, Advice::TooManyRequests),
        StatusCode::REQUEST_TIMEOUT => (ErrorClass::RetrySoon, Advice::ProviderTrouble),
        _ if status.is_server_error() => (ErrorClass::RetrySoon, Advice::ProviderTrouble),
        _ => (ErrorClass::NeedsHuman, Advice::Unknown),
    };
    Meaning { class, advice }
}

impl std::fmt::Debug for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiError")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("subcode", &self.subcode)
            .field("class", &self.class)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.code {
            Some(code) => write!(f, "error {code} (HTTP {})", self.status),
            None => write!(f, "HTTP {}", self.status),
        }
    }
}

/// Why a request other than sending a message failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// It never left: no connection could be made, or the request could not be formed.
    #[error("the provider could not be reached")]
    NotSent,
    /// It left, but no whole answer came.
    #[error("the provider did not answer")]
    NoAnswer,
    /// The provider answered and refused.
    #[error("the provider refused: {0}")]
    Refused(ApiError),
    /// The provider agreed, in a form that we do not know.
    #[error("the provider's answer has another form than expected")]
    Unreadable,
}

/// Why something was not changed at the provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The provider would not take it; nothing left.
    #[error("it breaks a limit of the provider: {0}")]
    Invalid(#[from] LimitError),
    /// The request failed.
    #[error(transparent)]
    Request(#[from] RequestError),
}

impl RequestError {
    /// Only a failed connection proves that nothing left; anything after that may have had its effect.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        if error.is_connect() || error.is_builder() {
            Self::NotSent
        } else {
            Self::NoAnswer
        }
    }
}
