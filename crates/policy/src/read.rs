//! Deciding who may open what.

use crate::Refusal;
use crate::actor::{Actor, Machine, Staff};
use crate::permit::{Permit, Purpose};
use counterfoil_model::TeamId;

/// Where a sealed thing stands, as far as a decision needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// In a conversation of this team, or of none.
    Conversation(Option<TeamId>),
    /// A colleague's name or the title of a team or number: open to all staff.
    Organisation,
}

/// A sealed thing that someone wants to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Openable {
    /// The id of the thing.
    pub object: [u8; 16],
    /// Where it stands.
    pub stands: Stands,
}

/// Decides whether `staff` may open all of `things` for `purpose`.
///
/// # Errors
/// [`Refusal::Role`] when no role of theirs reads conversations; [`Refusal::Team`] when one of the things stands in another
/// team's conversation. One refusal refuses all.
pub fn may_open(staff: &Staff, purpose: Purpose, things: &[Openable]) -> Result<Permit, Refusal> {
    for thing in things {
        match thing.stands {
            Stands::Organisation => {}
            Stands::Conversation(_) if !staff.reads() => return Err(Refusal::Role),
            Stands::Conversation(Some(team)) if !staff.teams.contains(&team) => return Err(Refusal::Team),
            Stands::Conversation(_) => {}
        }
    }
    Ok(Permit::new(
        Actor::Staff(staff.clone()),
        purpose,
        things.iter().map(|thing| thing.object).collect(),
    ))
}

/// Leave for a part of Counterfoil to open what its work needs. What machines open is one leaf per run with counts.
pub fn machine_permit(machine: Machine, objects: Vec<[u8; 16]>) -> Permit {
    Permit::new(Actor::Machine(machine), Purpose::Machine, objects)
}
