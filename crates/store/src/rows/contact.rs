//! Contacts, their names and their dated identities.

use super::record;
use counterfoil_model::contact::IdentityKind;
use counterfoil_model::{ContactId, ContactNameId, IdentityId, Timestamp, TreeId};
use counterfoil_vault::{Keyed, Sealed};

record! {
    /// A person outside the organisation.
    ContactRow in "contact" {
        id: ContactId = "id",
        tree: TreeId = "tree_id",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// A version of a contact's name; the newest counts.
    ContactNameRow in "contact_name" {
        id: ContactNameId = "id",
        contact: ContactId = "contact_id",
        name: Sealed<String> = "sealed_name",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// A phone number, user id or username of a contact, from a time on.
    IdentityRow in "identity" {
        id: IdentityId = "id",
        contact: ContactId = "contact_id",
        kind: IdentityKind = "kind",
        lookup: Keyed = "lookup",
        value: Sealed<String> = "sealed_value",
        since: Timestamp = "since",
        /// A fold over the ends; set by [`crate::Change::identity_end`].
        ended_at: Option<Timestamp> = "ended_at",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// The end of an identity, under the identity's own id.
    IdentityEndRow in "identity_end" {
        id: IdentityId = "id",
        ended_at: Timestamp = "ended_at",
        recorded_at: Timestamp = "recorded_at",
    }
}
