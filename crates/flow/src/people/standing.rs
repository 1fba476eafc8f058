//! How a person stands: whether they may sign in, and as what.

use counterfoil_model::person::{PersonState, Role};
use counterfoil_model::{PersonId, PersonStateId, Timestamp};
use counterfoil_store::read::PersonFacts;
use counterfoil_store::rows::PersonStateRow;

/// Whether a person may sign in. Someone whose standing was never written may not.
pub(crate) fn state(person: &PersonFacts) -> PersonState {
    person.state.as_ref().map_or(PersonState::Left, |row| row.state)
}

/// What a person is here to do.
pub(crate) fn roles(person: &PersonFacts) -> Vec<Role> {
    let mask = person.state.as_ref().map_or(0, |row| row.roles);
    Role::ALL
        .iter()
        .copied()
        .filter(|role| mask & bit(*role) != 0)
        .collect()
}

/// A step in a person's standing.
pub(crate) fn step(
    id: PersonStateId,
    person: PersonId,
    state: PersonState,
    roles: &[Role],
    recorded_at: Timestamp,
) -> PersonStateRow {
    let roles = roles.iter().fold(0, |mask, role| mask | bit(*role));
    PersonStateRow {
        id,
        person,
        state,
        roles,
        recorded_at,
    }
}

/// Each choice of some of these roles, all and none of them included.
pub(crate) fn some_of(roles: &[Role]) -> Vec<Vec<Role>> {
    roles.iter().fold(vec![Vec::new()], |mut chosen, role| {
        let with: Vec<Vec<Role>> = chosen
            .iter()
            .map(|before| [before.as_slice(), &[*role]].concat())
            .collect();
        chosen.extend(with);
        chosen
    })
}

const fn bit(role: Role) -> i64 {
    1 << role.code()
}
