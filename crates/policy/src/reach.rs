//! Reach: how much a person may list. Every list, count, search and stream takes one; there is none without.

use crate::Refusal;
use crate::actor::{Actor, Staff};
use counterfoil_model::TeamId;

/// How much may be listed. Only this crate makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Everything,
    Teams(Vec<TeamId>),
}

impl Reach {
    /// The teams whose conversations may be listed beside those of no team; `None` when all may be.
    pub fn teams(&self) -> Option<&[TeamId]> {
        match &self.kind {
            Kind::Everything => None,
            Kind::Teams(teams) => Some(teams),
        }
    }

    /// Whether a conversation of `team` may be listed.
    pub fn includes(&self, team: Option<TeamId>) -> bool {
        match (&self.kind, team) {
            (Kind::Everything, _) | (_, None) => true,
            (Kind::Teams(teams), Some(team)) => teams.contains(&team),
        }
    }
}

/// What `actor` may list: staff who answer customers see their teams' conversations and those of no team; Counterfoil itself
/// sees all.
///
/// # Errors
/// [`Refusal::Role`] when no role of the person lists conversations.
pub fn reach(actor: &Actor) -> Result<Reach, Refusal> {
    match actor {
        Actor::Staff(staff) => of_staff(staff),
        Actor::Machine(_) => Ok(Reach { kind: Kind::Everything }),
        Actor::Operator => Err(Refusal::Role),
    }
}

fn of_staff(staff: &Staff) -> Result<Reach, Refusal> {
    if !staff.reads() {
        return Err(Refusal::Role);
    }
    Ok(Reach {
        kind: Kind::Teams(staff.teams.clone()),
    })
}
