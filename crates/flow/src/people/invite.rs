//! Inviting a person by a link that works once.

use super::{secret, standing};
use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::person::{PersonState, Role};
use counterfoil_model::{InviteId, PersonId, PersonStateId, Secret, TeamMemberId, Timestamp};
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::Unit;
use counterfoil_store::rows::{InviteRow, PersonRow, TeamMemberRow};
use counterfoil_vault::{Kind, Label, Lookup, Place, TreeKind};
use std::time::Duration;

/// How long an invitation works.
const WORKS_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Why nobody was invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// The acting person may not manage people.
    #[error("this role does not manage people")]
    Refused,
    /// The name is empty or longer than 120 characters, or there is no role.
    #[error("an invitation needs a name and a role")]
    Incomplete,
    /// A part of the installation did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// An invitation: the token belongs into a link `/join/<token>` that is shown once.
pub struct Invitation {
    /// Who is invited.
    pub person: PersonId,
    /// The token, 43 characters of URL-safe base64.
    pub token: Secret,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// Invites a person called `name` with `roles`, into every team there is.
///
/// # Errors
/// See [`InviteError`].
pub async fn invite(flow: &Flow, actor: &Actor, name: &str, roles: &[Role]) -> Result<Invitation, InviteError> {
    let by = may(actor, Action::ManagePeople).map_err(|_| InviteError::Refused)?;
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 120 || roles.is_empty() {
        return Err(InviteError::Incomplete);
    }
    let at = flow.now();
    let by = log::actor(by.actor());
    let person = PersonId::new(at, flow.random());
    let tree = flow
        .vault()
        .tree_create(TreeKind::Person)
        .await
        .map_err(Unavailable::from)?;
    let key = flow.vault().item(tree).await.map_err(Unavailable::from)?;
    let place = |label| Place {
        kind: Kind::Person,
        object: *person.bytes(),
        label,
    };
    let leaf = log::leaf(LeafKind::Person, at, person.bytes(), by)
        .commitment(log::label(Label::Name), key.commit(Label::Name, name.as_bytes()));
    let lookups = flow.lookups_now().await?;
    // Until they choose a sign-in name, the id stands in its place: nobody can type it by accident.
    let row = PersonRow {
        id: person,
        tree,
        lookup: lookups.hashes(Lookup::Login, &person.to_string()).written,
        name: key.seal(place(Label::Name), &name),
        recorded_at: at,
    };
    let state = PersonStateId::new(at, flow.random());
    let state_leaf = log::leaf(LeafKind::PersonState, at, state.bytes(), by).follows(*person.bytes());
    let unit = Unit::new("person.invite").record(row, leaf).change(lookups.stands());
    let mut unit = unit.record(
        standing::step(state, person, PersonState::Invited, roles, at),
        state_leaf,
    );
    for team in flow.store().team_list().await.map_err(Unavailable::from)? {
        let id = TeamMemberId::new(at, flow.random());
        let leaf = log::leaf(LeafKind::Membership, at, id.bytes(), by).follows(*person.bytes());
        unit = unit.record(
            TeamMemberRow {
                id,
                team: team.id,
                person,
                present: true,
                recorded_at: at,
            },
            leaf,
        );
    }
    let token = secret::fresh(flow);
    let expires_at = at.plus(WORKS_FOR);
    unit = unit.insert(InviteRow {
        id: InviteId::new(at, flow.random()),
        token: secret::digest(flow, secret::INVITE, &token),
        person,
        expires_at,
        used_at: None,
    });
    flow.store().commit(unit).await.map_err(Unavailable::from)?;
    Ok(Invitation {
        person,
        token,
        expires_at,
    })
}
