//! Sending a message, and marking one as read.
//!
//! Accepted is not delivered. And the provider takes no idempotency key: when no answer comes, the message may be on its
//! way. Wait for a status with our callback data before sending again.

use reqwest::Method;
use serde_json::Value;

use super::failure::{ApiError, ChangeError, RequestError};
use super::{Client, read_answer};
use crate::limits::{self, LimitError};
use crate::message::{OutboundMessage, ReadMark};
use crate::redacted::redacted_debug;
use crate::webhook::item::shape;

/// The provider took a message over.
#[derive(Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The provider's id of the message, by which statuses name it.
    pub message_id: String,
    /// The number that the provider made of the one given; it can differ.
    pub wa_id: Option<String>,
    /// The business-scoped user id, told when the message was addressed by one.
    pub user_id: Option<String>,
    /// The provider holds a template back for a while to see how people take it (`message_status` is not `accepted`).
    pub held: bool,
}

redacted_debug!(Accepted);

/// Why a message was not taken over, or not known to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It breaks a limit of the provider; nothing left.
    #[error("the message breaks a limit: {0}")]
    Invalid(#[from] LimitError),
    /// No connection could be made: it certainly did not go out.
    #[error("the provider could not be reached; the message did not go out")]
    NotSent,
    /// The provider answered and refused: it did not go out.
    #[error("the provider refused the message: {0}")]
    Refused(ApiError),
    /// It left, but no usable answer came: it may have gone out.
    #[error("no usable answer came; the message may have gone out")]
    Unknown,
}

impl Client {
    /// Hands a message to the provider, once. `phone_number_id` is the provider's id of the number that sends.
    ///
    /// # Errors
    /// [`SendError::Invalid`] before anything leaves; [`SendError::NotSent`] if no connection could be made;
    /// [`SendError::Refused`] if the provider, or something in between, answered with a refusal; [`SendError::Unknown`]
    /// after a timeout, a connection that broke, an answer that cannot be read, or a 5xx that is not the provider's.
    pub async fn send(&self, phone_number_id: &str, message: &OutboundMessage) -> Result<Accepted, SendError> {
        limits::check(message)?;
        let request = self
            .request(Method::POST, &[phone_number_id, "messages"], &[])
            .json(&message.to_json());
        let response = request.send().await.map_err(|error| match RequestError::of(&error) {
            RequestError::NotSent => SendError::NotSent,
            _ => SendError::Unknown,
        })?;
        let answer = read_answer(response).await.map_err(|_| SendError::Unknown)?;
        if answer.status.is_success() {
            // Taken over, but without an id that we could match by.
            return serde_json::from_slice(&answer.body)
                .ok()
                .and_then(|answer| Accepted::read(&answer))
                .ok_or(SendError::Unknown);
        }
        let error = ApiError::read(&answer);
        if answer.status.is_server_error() && !error.is_the_providers() {
            // A gateway gave up waiting: what stands behind it may have taken the message.
            return Err(SendError::Unknown);
        }
        Err(SendError::Refused(error))
    }

    /// Shows the person that a message (and all earlier ones) was read, and that someone types if the mark says so.
    ///
    /// # Errors
    /// [`ChangeError::Invalid`] before anything leaves; [`ChangeError::Request`] if the request failed. Asking again does no harm.
    pub async fn mark_read(&self, phone_number_id: &str, mark: &ReadMark) -> Result<(), ChangeError> {
        limits::check_read(mark)?;
        let request = self
            .request(Method::POST, &[phone_number_id, "messages"], &[])
            .json(&mark.to_json());
        Ok(self.succeed(request).await?)
    }
}

impl Accepted {
    fn read(answer: &Value) -> Option<Self> {
        let message = shape::list(answer, "messages").first()?;
        let contact = shape::list(answer, "contacts").first().unwrap_or(&Value::Null);
        Some(Self {
            message_id: shape::some_text(message, "id")?,
            wa_id: shape::some_text(contact, "wa_id"),
            user_id: shape::some_text(contact, "user_id"),
            held: shape::str_of(message, "message_status").is_some_and(|status| status != "accepted"),
        })
    }
}
