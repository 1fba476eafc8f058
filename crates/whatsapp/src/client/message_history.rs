//! What the provider knows about the delivery of a message: no content, but statuses that never reached us.
//!
//! The requests stand in the provider's own API definition; whether a number may make them is not told anywhere, so a refusal is
//! nothing to worry about. Source: Meta, Cloud API, OpenAPI definition, 2026.

use reqwest::Method;
use serde_json::Value;

use super::failure::RequestError;
use super::{Client, Page};
use crate::redacted::redacted_debug;
use crate::webhook::item::shape;

/// The record of one message.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageRecord {
    /// The provider's id of the record, by which to ask for its events.
    pub id: String,
    /// The provider's id of the message.
    pub message_id: Option<String>,
}

/// Something that happened to a message.
#[derive(Clone, PartialEq, Eq)]
pub struct DeliveryEvent {
    /// The provider's id of the event.
    pub id: Option<String>,
    /// Such as `DELIVERED` or `READ`.
    pub status: String,
    /// When it happened, in unix microseconds.
    pub at: Option<i64>,
    /// Why it failed, in the provider's words: show them, never log them.
    pub error: Option<String>,
}

redacted_debug!(MessageRecord, DeliveryEvent);

impl Client {
    /// Asks for the records of a message, or of all messages of a number, a page at a time.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn message_records(
        &self,
        phone_number_id: &str,
        message_id: Option<&str>,
        after: Option<&str>,
    ) -> Result<Page<MessageRecord>, RequestError> {
        let query: Vec<_> = [("message_id", message_id), ("after", after)]
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?)))
            .collect();
        let request = self.request(Method::GET, &[phone_number_id, "message_history"], &query);
        Page::read(&self.answer(request).await?, |entry: &Value| {
            Some(MessageRecord {
                id: shape::some_text(entry, "id")?,
                message_id: shape::some_text(entry, "message_id"),
            })
        })
    }

    /// Asks what happened to a message, a page at a time.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn delivery_events(
        &self,
        record_id: &str,
        after: Option<&str>,
    ) -> Result<Page<DeliveryEvent>, RequestError> {
        let query: Vec<_> = after.map(|after| ("after", after)).into_iter().collect();
        let request = self.request(Method::GET, &[record_id, "events"], &query);
        Page::read(&self.answer(request).await?, |entry: &Value| {
            Some(DeliveryEvent {
                id: shape::some_text(entry, "id"),
                status: shape::some_text(entry, "delivery_status")?,
                at: shape::instant(entry, "occurrence_timestamp"),
                error: shape::some_text(entry, "error_description"),
            })
        })
    }
}
