//! Contacts, their names and identities.

use crate::Store;
use crate::rows::{ContactNameRow, ContactRow, IdentityRow, Row};
use crate::sql::value::args;
use crate::sql::{ReadError, statements, text};
use counterfoil_model::ContactId;
use counterfoil_model::contact::IdentityKind;
use counterfoil_vault::Keyed;

statements! {
    CONTACT = text!("SELECT ", ContactRow::COLUMNS, " FROM contact WHERE contact.id = $1");
    IDENTITY_LIVING = text!("SELECT ", IdentityRow::COLUMNS, " FROM identity \
        WHERE identity.kind = $1 AND identity.lookup = $2 AND identity.ended_at IS NULL");
    IDENTITIES_LIVING = text!("SELECT ", IdentityRow::COLUMNS, " FROM identity \
        WHERE identity.kind = $1 AND identity.ended_at IS NULL AND identity.lookup IN ({list})");
    CONTACTS = text!("SELECT ", ContactRow::COLUMNS, " FROM contact WHERE contact.id IN ({list})");
    IDENTITIES_OF = text!("SELECT ", IdentityRow::COLUMNS, " FROM identity WHERE identity.contact_id IN ({list})");
    NAMES_OF = text!("SELECT ", ContactNameRow::COLUMNS, " FROM contact JOIN contact_name ON contact_name.id = \
        (SELECT newest.id FROM contact_name AS newest WHERE newest.contact_id = contact.id ORDER BY newest.id DESC LIMIT 1) \
        WHERE contact.id IN ({list})");
}

impl Store {
    /// A contact.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn contact_get(&self, id: ContactId) -> Result<Option<ContactRow>, ReadError> {
        self.one(CONTACT, args![id]).await
    }

    /// The identity that stands now for this keyed number, user id or username.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn identity_living(&self, kind: IdentityKind, lookup: Keyed) -> Result<Option<IdentityRow>, ReadError> {
        self.one(IDENTITY_LIVING, args![kind, lookup]).await
    }

    /// The identities that stand now for those of these keyed values that have one.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn identities_living(
        &self,
        kind: IdentityKind,
        lookups: &[Keyed],
    ) -> Result<Vec<IdentityRow>, ReadError> {
        self.all_of(IDENTITIES_LIVING, args![kind], lookups.iter().copied())
            .await
    }

    /// Those of these contacts that there are.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn contacts_get(&self, ids: &[ContactId]) -> Result<Vec<ContactRow>, ReadError> {
        self.all_of(CONTACTS, Vec::new(), ids.iter().copied()).await
    }

    /// All identities of these contacts, ended ones too, oldest first.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn identities_of(&self, contacts: &[ContactId]) -> Result<Vec<IdentityRow>, ReadError> {
        let mut rows: Vec<IdentityRow> = self.all_of(IDENTITIES_OF, Vec::new(), contacts.iter().copied()).await?;
        rows.sort_unstable_by_key(|row| (row.since, row.id));
        Ok(rows)
    }

    /// The newest name of each of these contacts that has one.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn contact_names_of(&self, contacts: &[ContactId]) -> Result<Vec<ContactNameRow>, ReadError> {
        self.all_of(NAMES_OF, Vec::new(), contacts.iter().copied()).await
    }
}
