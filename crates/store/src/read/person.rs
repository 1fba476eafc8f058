//! Staff.

use crate::Store;
use crate::rows::{CredentialRow, PersonRow, PersonStateRow, Row, TeamMemberRow};
use crate::sql::value::args;
use crate::sql::{ReadError, statements, text};
use counterfoil_model::{PersonId, TeamId};
use counterfoil_vault::Keyed;
use std::collections::HashMap;

statements! {
    PERSON_BY_LOOKUP = text!("SELECT ", PersonRow::COLUMNS, " FROM person WHERE person.lookup IN ({list})");
    PEOPLE_GET = text!("SELECT ", PersonRow::COLUMNS, " FROM person WHERE person.id IN ({list})");
    PEOPLE = text!("SELECT ", PersonRow::COLUMNS, " FROM person ORDER BY person.id");
    STATES_OF = text!("SELECT ", PersonStateRow::COLUMNS, " FROM person JOIN person_state ON person_state.id = \
        (SELECT newest.id FROM person_state AS newest WHERE newest.person_id = person.id ORDER BY newest.id DESC LIMIT 1) \
        WHERE person.id IN ({list})");
    CREDENTIAL_OF = text!("SELECT ", CredentialRow::COLUMNS, " FROM credential WHERE credential.person_id = $1 \
        ORDER BY credential.id DESC LIMIT 1");
    MEMBERSHIPS_OF = text!("SELECT ", TeamMemberRow::COLUMNS, " FROM team_member WHERE team_member.person_id IN ({list})");
}

/// A person as they stand now.
pub struct PersonFacts {
    /// Who.
    pub person: PersonRow,
    /// Whether and as what they may sign in; `None` only when it was never written.
    pub state: Option<PersonStateRow>,
    /// What they sign in with, if they have set it. Only [`Store::person_get`] fills it.
    pub credential: Option<CredentialRow>,
    /// The teams they are in.
    pub teams: Vec<TeamId>,
}

impl Store {
    /// The person with this sign-in name, keyed under each of the lookup keys that there are.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn person_by_lookup(&self, lookups: &[Keyed]) -> Result<Option<PersonRow>, ReadError> {
        self.one_of(PERSON_BY_LOOKUP, Vec::new(), lookups.iter().copied()).await
    }

    /// A person as they stand now, with what they sign in with.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn person_get(&self, id: PersonId) -> Result<Option<PersonFacts>, ReadError> {
        let people = self.all_of(PEOPLE_GET, Vec::new(), [id]).await?;
        let Some(mut facts) = self.with_facts(people).await?.pop() else {
            return Ok(None);
        };
        facts.credential = self.one(CREDENTIAL_OF, args![id]).await?;
        Ok(Some(facts))
    }

    /// All people as they stand now, oldest first, without what they sign in with.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn person_list(&self) -> Result<Vec<PersonFacts>, ReadError> {
        let people = self.all(PEOPLE, Vec::new()).await?;
        self.with_facts(people).await
    }

    /// These people, without how they stand; for showing names.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn people_get(&self, ids: &[PersonId]) -> Result<Vec<PersonRow>, ReadError> {
        self.all_of(PEOPLE_GET, Vec::new(), ids.iter().copied()).await
    }

    async fn with_facts(&self, people: Vec<PersonRow>) -> Result<Vec<PersonFacts>, ReadError> {
        let ids: Vec<PersonId> = people.iter().map(|row| row.id).collect();
        let states: Vec<PersonStateRow> = self.all_of(STATES_OF, Vec::new(), ids.iter().copied()).await?;
        let mut states: HashMap<_, _> = states.into_iter().map(|row| (row.person, row)).collect();
        let mut steps: Vec<TeamMemberRow> = self.all_of(MEMBERSHIPS_OF, Vec::new(), ids).await?;
        steps.sort_unstable_by_key(|step| step.id);
        let mut present: HashMap<(PersonId, TeamId), bool> = HashMap::new();
        for step in steps {
            present.insert((step.person, step.team), step.present);
        }
        let with = |person: PersonRow| {
            let mut teams: Vec<TeamId> = present
                .iter()
                .filter(|((of, _), present)| *of == person.id && **present)
                .map(|((_, team), _)| *team)
                .collect();
            teams.sort_unstable();
            PersonFacts {
                state: states.remove(&person.id),
                credential: None,
                teams,
                person,
            }
        };
        Ok(people.into_iter().map(with).collect())
    }
}
