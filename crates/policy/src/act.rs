//! Deciding who may do what, where nothing is opened.

use crate::Refusal;
use crate::actor::{Actor, Staff};
use counterfoil_model::TeamId;

/// Something a person wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Reply to the contact, in a conversation of this team.
    Reply(Option<TeamId>),
    /// Write a private note, in a conversation of this team.
    Note(Option<TeamId>),
    /// Put a message on a reference in another system.
    File(Option<TeamId>),
    /// Invite people, end their access.
    ManagePeople,
    /// Set up connections and numbers, and see their state.
    ManageConnections,
    /// Erase for good, and see what was erased.
    Erase,
    /// Hold from being erased, and release.
    Hold,
    /// Catalogue backups, and see which there are.
    BackUp,
    /// Retire the key epoch, and see how far that has come.
    RetireEpoch,
    /// Change the key that signs the log.
    RotateLogKey,
}

/// The proof that an action was allowed to an actor. Only this crate makes one.
#[derive(Debug)]
pub struct Granted {
    actor: Actor,
    action: Action,
}

impl Granted {
    /// Who may act.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What they may do.
    pub fn action(&self) -> Action {
        self.action
    }
}

/// Decides whether `actor` may do `action`.
///
/// # Errors
/// [`Refusal::Role`] when no role does such a thing; [`Refusal::Team`] when it concerns another team's conversation.
pub fn may(actor: &Actor, action: Action) -> Result<Granted, Refusal> {
    match actor {
        Actor::Staff(staff) => of_staff(staff, action)?,
        Actor::Operator => match action {
            Action::ManagePeople
            | Action::ManageConnections
            | Action::Erase
            | Action::Hold
            | Action::BackUp
            | Action::RetireEpoch
            | Action::RotateLogKey => {}
            Action::Reply(_) | Action::Note(_) | Action::File(_) => return Err(Refusal::Role),
        },
        Actor::Machine(_) => {}
    }
    Ok(Granted {
        actor: actor.clone(),
        action,
    })
}

fn of_staff(staff: &Staff, action: Action) -> Result<(), Refusal> {
    match action {
        Action::ManagePeople | Action::ManageConnections if staff.manages() => Ok(()),
        // The operator's, until there are records officers.
        Action::ManagePeople
        | Action::ManageConnections
        | Action::Erase
        | Action::Hold
        | Action::BackUp
        | Action::RetireEpoch
        | Action::RotateLogKey => Err(Refusal::Role),
        Action::Reply(_) | Action::Note(_) | Action::File(_) if !staff.reads() => Err(Refusal::Role),
        Action::Reply(Some(team)) | Action::Note(Some(team)) | Action::File(Some(team))
            if !staff.teams.contains(&team) =>
        {
            Err(Refusal::Team)
        }
        Action::Reply(_) | Action::Note(_) | Action::File(_) => Ok(()),
    }
}
