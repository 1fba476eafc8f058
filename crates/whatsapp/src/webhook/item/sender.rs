//! Who is on the other side: the names under which the provider shows one person.
//!
//! Since 2026 a phone number may be missing; then a business-scoped user id stands in. Two names belong to one person only
//! if one payload carries both for the same item: an entry of `contacts` is used only if it shares a name with the item.
//!
//! Source: Meta, "Business-scoped user IDs", edition 2026-06-29.

use serde_json::Value;

use super::shape;
use crate::redacted::redacted_debug;

/// One person as named in one item; each part may be missing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// The phone number in digits, as the provider writes it.
    pub phone: Option<String>,
    /// The business-scoped user id, such as `US.13491208655302741918`; compare it whole and case by case.
    pub user_id: Option<String>,
    /// The user id that spans several businesses.
    pub parent_user_id: Option<String>,
    /// The username, without a leading `@`. It can change hands: never an identity.
    pub username: Option<String>,
    /// The name that the person gave themselves.
    pub profile_name: Option<String>,
    /// The fingerprint of the person's encryption identity, if the identity check is on.
    pub identity_key_hash: Option<String>,
}

redacted_debug!(Party);

impl Party {
    /// Whether nothing at all names the person.
    pub fn is_unnamed(&self) -> bool {
        self.phone.is_none() && self.user_id.is_none() && self.parent_user_id.is_none()
    }

    /// Fills what is missing from the item's entry in `contacts`.
    pub(crate) fn complete_from(mut self, contact: Option<&Value>) -> Self {
        let Some(contact) = contact else { return self };
        let profile = contact.get("profile").unwrap_or(&Value::Null);
        self.phone = self.phone.or_else(|| shape::some_text(contact, "wa_id"));
        self.user_id = self.user_id.or_else(|| shape::some_text(contact, "user_id"));
        self.parent_user_id = self
            .parent_user_id
            .or_else(|| shape::some_text(contact, "parent_user_id"));
        self.username =
            shape::some_text(profile, "username").map(|name| name.strip_prefix('@').unwrap_or(&name).to_owned());
        self.profile_name = shape::some_text(profile, "name");
        self.identity_key_hash = self
            .identity_key_hash
            .or_else(|| shape::some_text(contact, "identity_key_hash"));
        self
    }

    /// The sender of a message.
    pub(crate) fn sender(message: &Value, contact: Option<&Value>) -> Self {
        Self {
            phone: shape::some_text(message, "from"),
            user_id: shape::some_text(message, "from_user_id"),
            parent_user_id: shape::some_text(message, "from_parent_user_id"),
            identity_key_hash: shape::child(message, "identity")
                .and_then(|identity| shape::some_text(identity, "hash")),
            ..Self::default()
        }
        .complete_from(contact)
    }

    /// The addressee of an echo.
    pub(crate) fn addressee(echo: &Value, contact: Option<&Value>) -> Self {
        Self {
            phone: shape::some_text(echo, "to"),
            user_id: shape::some_text(echo, "to_user_id").or_else(|| shape::some_text(echo, "recipient")),
            parent_user_id: shape::some_text(echo, "to_parent_user_id"),
            ..Self::default()
        }
        .complete_from(contact)
    }
}

/// The names in an item that tell which entry of `contacts` belongs to it.
pub(crate) fn names_in(item: &Value) -> impl Iterator<Item = &str> {
    const KEYS: &[&str] = &[
        "from",
        "from_user_id",
        "to",
        "to_user_id",
        "recipient_id",
        "recipient_user_id",
        "recipient_participant_id",
        "recipient_participant_user_id",
        "wa_id",
        "user_id",
    ];
    // A nested `message` is the request of another handler, which names the addressee.
    let nested = item
        .get("message")
        .into_iter()
        .flat_map(|message| ["to", "recipient"].map(|key| message.get(key)));
    KEYS.iter()
        .map(|key| item.get(*key))
        .chain(nested)
        .flatten()
        .filter_map(Value::as_str)
        .filter(|name| !name.is_empty())
}
