//! Staff: who they are, whether and as what they may sign in, which teams they share.

use super::record;
use counterfoil_model::person::PersonState;
use counterfoil_model::{CredentialId, PersonId, PersonStateId, TeamId, TeamMemberId, Timestamp, TreeId};
use counterfoil_vault::{Keyed, Sealed};

record! {
    /// A member of staff.
    PersonRow in "person" {
        id: PersonId = "id",
        tree: TreeId = "tree_id",
        /// The sign-in name, keyed.
        lookup: Keyed = "lookup",
        name: Sealed<String> = "sealed_name",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// One step in a person's standing; the newest counts.
    PersonStateRow in "person_state" {
        id: PersonStateId = "id",
        person: PersonId = "person_id",
        state: PersonState = "state",
        /// Roles as a bit mask: bit n is the role with code n.
        roles: i64 = "roles",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// A person comes into a team or leaves it; the newest counts.
    TeamMemberRow in "team_member" {
        id: TeamMemberId = "id",
        team: TeamId = "team_id",
        person: PersonId = "person_id",
        present: bool = "present",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// A version of what a person signs in with; the newest counts.
    CredentialRow in "credential" {
        id: CredentialId = "id",
        person: PersonId = "person_id",
        login: Sealed<String> = "sealed_login",
        /// An Argon2id string in PHC form.
        password: Sealed<String> = "sealed_password",
        recorded_at: Timestamp = "recorded_at",
    }
}
