//! The people who work in Counterfoil and what role they hold.

use crate::codes::codes;

codes! {
    /// What a person is here to do. Roles that manage do not read: an administrator opens no content by role.
    Role {
        /// Answers customers.
        Agent = 1 "agent",
        /// Answers customers and balances the work of teams.
        Supervisor = 2 "supervisor",
        /// Manages people, teams, connections and settings.
        Administrator = 3 "administrator",
    }
}

codes! {
    /// Whether a person may sign in.
    PersonState {
        /// Has a link and has not used it.
        Invited = 1 "invited",
        /// May sign in.
        Active = 2 "active",
        /// May not sign in any more.
        Left = 3 "left",
    }
}
