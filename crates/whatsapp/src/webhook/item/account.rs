//! What the provider reports beside conversations: consent, address books, templates, limits, alerts.
//!
//! Consent and address book entries are read; the rest is carried thinly, as its event name and the whole statement.

use serde_json::Value;

use super::opaque::Opaque;
use super::sender::Party;
use super::shape;
use crate::redacted::redacted_debug;
use crate::webhook::fields::Field;

/// A person stopped or resumed marketing messages: a consent record.
#[derive(Clone, PartialEq, Eq)]
pub struct Preference {
    /// The person.
    pub person: Party,
    /// What it is about, such as `marketing_messages`.
    pub category: Option<String>,
    /// Stopped, or else resumed.
    pub stopped: bool,
    /// The provider's sentence about it.
    pub detail: Option<String>,
    /// When, unix microseconds.
    pub timestamp: Option<i64>,
}

/// An entry of the phone app's address book.
#[derive(Clone, PartialEq, Eq)]
pub struct AddressBookEntry {
    /// The person, by number or user id.
    pub person: Party,
    /// The name in the address book.
    pub full_name: Option<String>,
    /// The entry was removed, or else added or changed.
    pub removed: bool,
    /// When, unix microseconds.
    pub timestamp: Option<i64>,
}

/// A statement about an account, a number or a template.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountUpdate {
    /// The webhook field.
    pub field: Field,
    /// The provider's name of the event, or the decision; open-ended.
    pub event: Option<String>,
    /// When the provider reported it, unix microseconds.
    pub reported_at: Option<i64>,
    /// The whole statement.
    pub value: Opaque,
}

redacted_debug!(Preference, AddressBookEntry, AccountUpdate);

impl Preference {
    /// Reads an element of `user_preferences`; `None` unless it says stop or resume.
    pub(crate) fn read(preference: &Value, contact: Option<&Value>) -> Option<Self> {
        let stopped = match shape::str_of(preference, "value")? {
            "stop" => true,
            "resume" => false,
            _ => return None,
        };
        let person = Party {
            phone: shape::some_text(preference, "wa_id"),
            user_id: shape::some_text(preference, "user_id"),
            parent_user_id: shape::some_text(preference, "parent_user_id"),
            ..Party::default()
        };
        Some(Self {
            person: person.complete_from(contact),
            category: shape::some_text(preference, "category"),
            stopped,
            detail: shape::some_text(preference, "detail"),
            timestamp: shape::instant(preference, "timestamp"),
        })
    }
}

impl AddressBookEntry {
    /// Reads an element of `state_sync`; `None` unless it is about a contact.
    pub(crate) fn read(entry: &Value) -> Option<Self> {
        let contact = shape::child(entry, "contact").filter(|_| shape::str_of(entry, "type") == Some("contact"))?;
        Some(Self {
            person: Party {
                phone: shape::some_text(contact, "phone_number"),
                user_id: shape::some_text(contact, "user_id"),
                parent_user_id: shape::some_text(contact, "parent_user_id"),
                ..Party::default()
            },
            full_name: shape::some_text(contact, "full_name").or_else(|| shape::some_text(contact, "first_name")),
            removed: shape::str_of(entry, "action") == Some("remove"),
            timestamp: shape::child(entry, "metadata").and_then(|metadata| shape::instant(metadata, "timestamp")),
        })
    }
}

impl AccountUpdate {
    /// Reads a statement; `reported_at` is the entry's own time.
    pub(crate) fn read(field: Field, value: &Value, reported_at: Option<i64>) -> Self {
        Self {
            field,
            event: shape::first_text(value, &["event", "decision", "status"]),
            reported_at: reported_at.or_else(|| shape::instant(value, "timestamp")),
            value: Opaque::of(value),
        }
    }
}
