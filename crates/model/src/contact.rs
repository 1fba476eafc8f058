//! Contacts: people outside the organisation, known by dated identities.

use crate::codes::codes;

codes! {
    /// How a contact is known to WhatsApp. A username is shown and never decides who someone is.
    IdentityKind {
        /// A phone number in digits, E.164 without the plus.
        Phone = 1 "phone",
        /// A business-scoped user id, such as `US.13491208655302741918`.
        UserId = 2 "user_id",
        /// A parent business-scoped user id.
        ParentUserId = 3 "parent_user_id",
        /// A username.
        Username = 4 "username",
    }
}

impl IdentityKind {
    /// Whether this kind of identity may decide which contact a message belongs to.
    pub const fn decides(self) -> bool {
        !matches!(self, Self::Username)
    }
}
