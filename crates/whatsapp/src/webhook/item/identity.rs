//! A change of the names under which a person is known: another phone number, another user id.
//!
//! It comes as a `system` message, or under the field `user_id_update`. A change of number also changes the user id.
//!
//! Source: Meta, system messages and "Business-scoped user IDs", editions 2026-06-29 and 2026-08-11.

use serde_json::Value;

use super::shape;
use crate::redacted::redacted_debug;

/// Old and new names of one person; what is `None` was not told.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct IdentityChange {
    /// The phone number until now, in digits.
    pub old_phone: Option<String>,
    /// The phone number from now on.
    pub new_phone: Option<String>,
    /// The business-scoped user id until now.
    pub old_user_id: Option<String>,
    /// The business-scoped user id from now on.
    pub new_user_id: Option<String>,
    /// The spanning user id until now.
    pub old_parent_user_id: Option<String>,
    /// The spanning user id from now on.
    pub new_parent_user_id: Option<String>,
    /// When it happened, unix microseconds.
    pub at: Option<i64>,
}

redacted_debug!(IdentityChange);

impl IdentityChange {
    /// Reads a `system` message of one of the two changing types.
    pub(crate) fn of_system(message: &Value, system: &Value, number_changed: bool) -> Self {
        let new_user_id = shape::some_text(system, "user_id");
        let old_user_id = shape::some_text(system, "previous_user_id")
            .or_else(|| shape::some_text(message, "from_user_id").filter(|id| Some(id) != new_user_id.as_ref()))
            .or_else(|| old_id_in_body(shape::str_of(system, "body")?, new_user_id.as_deref()?));
        // Without a new number the sender still has the old one: no number changed.
        let phone = shape::some_text(message, "from").or_else(|| shape::some_text(system, "customer"));
        let new_phone = shape::first_text(system, &["wa_id", "new_wa_id"]);
        Self {
            old_phone: if number_changed {
                phone
            } else {
                phone.filter(|phone| Some(phone) != new_phone.as_ref())
            },
            new_phone,
            old_user_id,
            new_user_id,
            old_parent_user_id: shape::some_text(system, "previous_parent_user_id"),
            new_parent_user_id: shape::some_text(system, "parent_user_id"),
            at: shape::instant(message, "timestamp"),
        }
    }

    /// Reads one element of the list `user_id_update`.
    pub(crate) fn of_update(update: &Value) -> Option<Self> {
        let user_id = shape::child(update, "user_id")?;
        let parent = update.get("parent_user_id").unwrap_or(&Value::Null);
        Some(Self {
            old_phone: None,
            new_phone: shape::some_text(update, "wa_id"),
            old_user_id: shape::some_text(user_id, "previous"),
            new_user_id: shape::some_text(user_id, "current"),
            old_parent_user_id: shape::some_text(parent, "previous"),
            new_parent_user_id: shape::some_text(parent, "current"),
            at: shape::instant(update, "timestamp"),
        })
    }
}

/// Samples older than August 2026 name the old id only in the sentence "… from OLD to NEW". The sentence also holds a name
/// chosen by the person, so only its very end is trusted, and only if NEW is the id given beside it.
fn old_id_in_body(body: &str, new_user_id: &str) -> Option<String> {
    let mut words = body.split_whitespace().rev();
    let told = (words.next()?, words.next()?, words.next()?, words.next()?);
    let (new, "to", old, "from") = told else { return None };
    let looks_right =
        old.len() > 3 && old.as_bytes()[2] == b'.' && old.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
    (new == new_user_id && old != new && looks_right).then(|| old.to_owned())
}
