//! The permit: the value that a policy decision hands out and that opening sealed content demands.

use crate::actor::Actor;

/// Why content is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To see what waits: names and last lines in a list.
    List,
    /// To read and answer a conversation.
    Handle,
    /// To put it on a reference in another system.
    File,
    /// To do what Counterfoil does by itself.
    Machine,
}

impl Purpose {
    /// The stored number. Never change one; add another.
    pub const fn code(self) -> i64 {
        match self {
            Self::List => 1,
            Self::Handle => 2,
            Self::File => 3,
            Self::Machine => 4,
        }
    }
}

/// Leave to open the named things, for one purpose, by one actor. Only this crate makes one.
#[derive(Debug)]
pub struct Permit {
    pub(crate) actor: Actor,
    pub(crate) purpose: Purpose,
    /// Sorted.
    pub(crate) objects: Vec<[u8; 16]>,
}

impl Permit {
    pub(crate) fn new(actor: Actor, purpose: Purpose, mut objects: Vec<[u8; 16]>) -> Self {
        objects.sort_unstable();
        objects.dedup();
        Self {
            actor,
            purpose,
            objects,
        }
    }

    /// Who may open.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// What may be opened, sorted.
    pub fn objects(&self) -> &[[u8; 16]] {
        &self.objects
    }

    /// Whether `object` is among the named things.
    pub fn covers(&self, object: &[u8; 16]) -> bool {
        self.objects.binary_search(object).is_ok()
    }
}

/// ```compile_fail
/// use counterfoil_policy::{Actor, Permit, Purpose};
/// let permit = Permit { actor: Actor::Operator, purpose: Purpose::Handle, objects: vec![] };
/// ```
#[cfg(doctest)]
struct OnlyPolicyMakesPermits;
