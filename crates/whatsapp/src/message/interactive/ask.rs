//! Asking a person for something about themselves: where they are, their postal address, their phone number.
//!
//! Source: Meta, Location request messages, Address messages (2025-11), Business-scoped user ids (2026-06).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Header, Words, frame};
use crate::redacted::redacted_debug;

/// Words with a button that sends a place; it comes back as a location.
#[derive(Clone, PartialEq, Eq)]
pub struct LocationRequest {
    /// The words.
    pub body: String,
}

/// Words with a button that sends the person's phone number; it comes back as a contact card whose origin is a request.
/// The label is the app's own.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactRequest {
    /// The words: say why.
    pub body: String,
}

/// Words with a form for a postal address; it comes back as a flow reply named `address_message`. India only (and, formerly,
/// Singapore).
#[derive(Clone, PartialEq, Eq)]
pub struct AddressRequest {
    /// What stands above the words.
    pub header: Option<Header>,
    /// The words.
    pub body: String,
    /// Small words below.
    pub footer: Option<String>,
    /// The country, in two letters.
    pub country: String,
    /// What is filled in already, by field.
    pub values: BTreeMap<String, String>,
    /// Addresses to choose from.
    pub saved: Vec<SavedAddress>,
    /// What was wrong at the last try, by field.
    pub faults: BTreeMap<String, String>,
}

/// An address to choose from.
#[derive(Clone, PartialEq, Eq)]
pub struct SavedAddress {
    /// What comes back when it is chosen.
    pub id: String,
    /// The address, by field.
    pub values: BTreeMap<String, String>,
}

redacted_debug!(LocationRequest, ContactRequest, AddressRequest, SavedAddress);

impl LocationRequest {
    pub(super) fn to_json(&self) -> Value {
        let words = Words {
            body: Some(&self.body),
            ..Words::default()
        };
        frame("location_request_message", words, json!({ "name": "send_location" }))
    }
}

impl ContactRequest {
    pub(super) fn to_json(&self) -> Value {
        let words = Words {
            body: Some(&self.body),
            ..Words::default()
        };
        frame("request_contact_info", words, json!({ "name": "request_contact_info" }))
    }
}

impl AddressRequest {
    pub(super) fn to_json(&self) -> Value {
        let mut parameters = Map::new();
        let mut put = |key: &str, value: Value| parameters.insert(key.to_owned(), value);
        put("country", json!(self.country));
        if !self.values.is_empty() {
            put("values", json!(self.values));
        }
        if !self.saved.is_empty() {
            let saved = self
                .saved
                .iter()
                .map(|saved| json!({ "id": saved.id, "value": saved.values }));
            put("saved_addresses", saved.collect());
        }
        if !self.faults.is_empty() {
            put("validation_errors", json!(self.faults));
        }
        let words = Words {
            header: self.header.as_ref().map(Header::to_json),
            body: Some(&self.body),
            footer: self.footer.as_deref(),
        };
        let action = json!({ "name": "address_message", "parameters": parameters });
        frame("address_message", words, action)
    }
}
