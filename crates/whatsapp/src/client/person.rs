//! How a person is named where the provider takes a number or a user id: in the block list, and among a group's members.

use serde_json::{Value, json};

use crate::phone::PhoneNumber;
use crate::redacted::redacted_debug;
use crate::webhook::item::shape;

/// A person, by one name.
#[derive(Clone, PartialEq, Eq)]
pub enum Person {
    /// By phone number.
    Phone(PhoneNumber),
    /// By business-scoped user id.
    UserId(String),
}

/// A person as the provider names them in an answer; either name may be missing.
#[derive(Clone, PartialEq, Eq)]
pub struct NamedPerson {
    /// The number, digits only.
    pub wa_id: Option<String>,
    /// The business-scoped user id.
    pub user_id: Option<String>,
}

redacted_debug!(Person, NamedPerson);

impl Person {
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Phone(phone) => json!({ "user": phone.with_plus() }),
            Self::UserId(user_id) => json!({ "user_id": user_id }),
        }
    }

    /// Several of them.
    pub(super) fn all(people: &[Self]) -> Value {
        people.iter().map(Self::to_json).collect()
    }
}

impl NamedPerson {
    pub(super) fn read(entry: &Value) -> Option<Self> {
        let person = Self {
            wa_id: shape::some_text(entry, "wa_id"),
            user_id: shape::some_text(entry, "user_id"),
        };
        (person.wa_id.is_some() || person.user_id.is_some()).then_some(person)
    }
}
