//! Who a conversation is with: the newest name and the living number of each contact.

use super::ReadError;
use super::opener::Opener;
use counterfoil_model::contact::IdentityKind;
use counterfoil_model::{ContactId, Opened};
use counterfoil_policy::{Openable, Stands};
use counterfoil_store::Store;
use counterfoil_store::rows::{ContactNameRow, IdentityRow};
use counterfoil_vault::{Kind, Label};
use std::collections::HashMap;

/// The sealed facts about some contacts.
pub(crate) struct Who {
    names: HashMap<ContactId, ContactNameRow>,
    numbers: HashMap<ContactId, IdentityRow>,
}

impl Who {
    /// Reads the facts of `contacts`, in two statements.
    pub(crate) async fn read(store: &Store, contacts: &[ContactId]) -> Result<Self, counterfoil_store::ReadError> {
        let names = store
            .contact_names_of(contacts)
            .await?
            .into_iter()
            .map(|row| (row.contact, row))
            .collect();
        let numbers = store
            .identities_of(contacts)
            .await?
            .into_iter()
            .filter(|row| row.kind == IdentityKind::Phone && row.ended_at.is_none())
            .map(|row| (row.contact, row))
            .collect();
        Ok(Self { names, numbers })
    }

    /// What opening the facts of `contact` needs leave for.
    pub(crate) fn things(&self, contact: ContactId, stands: Stands) -> impl Iterator<Item = Openable> {
        let name = self.names.get(&contact).map(|row| *row.id.bytes());
        let number = self.numbers.get(&contact).map(|row| *row.id.bytes());
        name.into_iter()
            .chain(number)
            .map(move |object| Openable { object, stands })
    }

    /// The name of `contact`, if WhatsApp gave one.
    pub(crate) async fn name(
        &self,
        opener: &Opener<'_>,
        contact: ContactId,
    ) -> Result<Option<Opened<String>>, ReadError> {
        let Some(row) = self.names.get(&contact) else {
            return Ok(None);
        };
        opener
            .open(Kind::ContactName, row.id.bytes(), Label::Name, &row.name)
            .await
    }

    /// The last four digits of the number of `contact`. The rest is not handed out.
    pub(crate) async fn last_four(
        &self,
        opener: &Opener<'_>,
        contact: ContactId,
    ) -> Result<Option<Opened<String>>, ReadError> {
        let Some(row) = self.numbers.get(&contact) else {
            return Ok(None);
        };
        let number = opener
            .open(Kind::Identity, row.id.bytes(), Label::Value, &row.value)
            .await?;
        Ok(number.map(|number| {
            let digits: Vec<char> = number.expose().chars().filter(char::is_ascii_digit).collect();
            Opened::new(digits[digits.len().saturating_sub(4)..].iter().collect())
        }))
    }
}
