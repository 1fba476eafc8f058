//! Who acts: a member of staff, the operator of the machine, or Counterfoil itself.

use counterfoil_model::person::Role;
use counterfoil_model::{PersonId, SessionId, TeamId};

/// A signed-in member of staff, as the session was when the request came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Who.
    pub person: PersonId,
    /// Through which session; the unit of reading leaves.
    pub session: SessionId,
    /// What they are here to do.
    pub roles: Vec<Role>,
    /// The teams whose conversations they share.
    pub teams: Vec<TeamId>,
}

impl Staff {
    /// Whether one of the roles answers customers, and so reads.
    pub fn reads(&self) -> bool {
        self.roles
            .iter()
            .any(|role| matches!(role, Role::Agent | Role::Supervisor))
    }

    /// Whether one of the roles manages people and connections.
    pub fn manages(&self) -> bool {
        self.roles.contains(&Role::Administrator)
    }
}

/// A part of Counterfoil that works by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Machine {
    /// Records what came in.
    Intake,
    /// Sends what is queued.
    Dispatch,
    /// Fetches attachments.
    Media,
    /// Puts messages on references in other systems.
    Filing,
    /// Recomputes what the log claims.
    Verify,
    /// Checks passwords, sessions and links.
    SignIn,
    /// Keeps settings and connections.
    Upkeep,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A member of staff.
    Staff(Staff),
    /// The account that runs the machine, over the operator socket.
    Operator,
    /// Counterfoil itself.
    Machine(Machine),
}
