//! Who there is: the list that administrators manage.

use super::invite::InviteError;
use super::standing;
use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::person::{PersonState, Role};
use counterfoil_model::{Opened, PersonId, PersonStateId};
use counterfoil_policy::{Action, Actor, Machine, Openable, Permit, Purpose, Stands, machine_permit, may, may_open};
use counterfoil_store::{Change, Unit};
use counterfoil_vault::{Kind, Label, OpenError, Place};

/// A colleague.
pub struct Colleague {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: Opened<String>,
    /// Whether they may sign in.
    pub state: PersonState,
    /// What they are here to do.
    pub roles: Vec<Role>,
}

/// All colleagues, at most 1,000, by the time they came.
///
/// # Errors
/// [`InviteError::Refused`], [`InviteError::Unavailable`].
pub async fn colleagues(flow: &Flow, actor: &Actor) -> Result<Vec<Colleague>, InviteError> {
    may(actor, Action::ManagePeople).map_err(|_| InviteError::Refused)?;
    let people = flow.store().person_list().await.map_err(Unavailable::from)?;
    let objects = people.iter().map(|person| *person.person.id.bytes()).collect();
    let permit = names_permit(actor, objects)?;
    let mut colleagues = Vec::with_capacity(people.len());
    for person in people {
        let place = Place {
            kind: Kind::Person,
            object: *person.person.id.bytes(),
            label: Label::Name,
        };
        match flow.vault().open(&permit, place, &person.person.name).await {
            Ok(name) => colleagues.push(Colleague {
                person: person.person.id,
                name,
                state: standing::state(&person),
                roles: standing::roles(&person),
            }),
            Err(OpenError::Erased) => {}
            Err(error) => return Err(Unavailable::from(error).into()),
        }
    }
    Ok(colleagues)
}

fn names_permit(actor: &Actor, objects: Vec<[u8; 16]>) -> Result<Permit, InviteError> {
    match actor {
        Actor::Staff(staff) => {
            let things: Vec<_> = objects
                .into_iter()
                .map(|object| Openable {
                    object,
                    stands: Stands::Organisation,
                })
                .collect();
            may_open(staff, Purpose::List, &things).map_err(|_| InviteError::Refused)
        }
        Actor::Operator | Actor::Machine(_) => Ok(machine_permit(Machine::Upkeep, objects)),
    }
}

/// Ends a colleague's access now: state, sessions, links, tokens.
///
/// # Errors
/// [`InviteError::Refused`], [`InviteError::Unavailable`].
pub async fn end_access(flow: &Flow, actor: &Actor, person: PersonId) -> Result<(), InviteError> {
    let by = may(actor, Action::ManagePeople).map_err(|_| InviteError::Refused)?;
    let Some(view) = flow.store().person_get(person).await.map_err(Unavailable::from)? else {
        return Ok(());
    };
    if standing::state(&view) == PersonState::Left {
        return Ok(());
    }
    let at = flow.now();
    let id = PersonStateId::new(at, flow.random());
    let leaf = log::leaf(LeafKind::PersonState, at, id.bytes(), log::actor(by.actor())).follows(*person.bytes());
    let unit = Unit::new("person.end_access")
        .record(
            standing::step(id, person, PersonState::Left, &standing::roles(&view), at),
            leaf,
        )
        .change(Change::sessions_end_of(person, at))
        .change(Change::invites_void_of(person, at))
        .change(Change::api_tokens_end_of(person, at));
    flow.store().commit(unit).await.map_err(Unavailable::from)?;
    Ok(())
}
