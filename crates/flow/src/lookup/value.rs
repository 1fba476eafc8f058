//! The text that a row is found by: where it is sealed, and in which form it is hashed.
//!
//! What `verify` compares and what is made again when the lookup key is replaced come from here alone.

use crate::Flow;
use crate::connections::kit::ChannelAbout;
use crate::context::Unavailable;
use counterfoil_model::contact::IdentityKind;
use counterfoil_model::{Opened, PersonId};
use counterfoil_store::read::Scanned;
use counterfoil_store::sql::Value;
use counterfoil_store::{Looked, ReadError};
use counterfoil_vault::{Content, Json, Kind, Label, Lookup, Place, Sealed};
use std::borrow::Cow;

/// Where the text of a row is.
pub(crate) enum Source {
    /// Sealed there.
    Sealed(Place, Sealed<String>, Form),
    /// Nowhere but in the row's own id.
    Open(Lookup, String),
}

/// How the text comes from what is sealed.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// As it is.
    Plain(Lookup),
    /// A contact's identity.
    Identity(IdentityKind),
    /// The id in what is known of a number of ours.
    PhoneNumberId,
}

impl Form {
    /// What is hashed; `None` when it is not of this form.
    pub(crate) fn text(self, opened: &Opened<String>) -> Option<(Lookup, Opened<String>)> {
        let opened = opened.expose();
        Some(match self {
            Self::Plain(lookup) => (lookup, Opened::new(opened.clone())),
            Self::Identity(kind) => {
                let (lookup, text) = identity(kind, opened);
                (lookup, Opened::new(text.into_owned()))
            }
            Self::PhoneNumberId => {
                let about = Json::<ChannelAbout>::decode(opened.as_bytes())?;
                (Lookup::PhoneNumberId, Opened::new(about.0.phone_number_id.clone()))
            }
        })
    }
}

/// An identity in the form in which it is hashed: usernames in small letters.
pub(crate) fn identity(kind: IdentityKind, value: &str) -> (Lookup, Cow<'_, str>) {
    match kind {
        IdentityKind::Phone => (Lookup::Phone, value.into()),
        IdentityKind::UserId => (Lookup::UserId, value.into()),
        IdentityKind::ParentUserId => (Lookup::ParentUserId, value.into()),
        IdentityKind::Username => (Lookup::Username, value.to_lowercase().into()),
    }
}

/// Where the text is that a row of this table is found by; `None` when the row does not say, which is told elsewhere.
pub(crate) async fn source(flow: &Flow, looked: Looked, row: &Scanned) -> Result<Option<Source>, Unavailable> {
    let (kind, label, column, form) = match looked {
        Looked::Identity => {
            let kind = match row.value("kind") {
                Some(Value::Int(kind)) => IdentityKind::from_code(*kind),
                _ => None,
            };
            let Some(kind) = kind else { return Ok(None) };
            (Kind::Identity, Label::Value, "sealed_value", Form::Identity(kind))
        }
        Looked::Channel => (Kind::Channel, Label::About, "sealed_about", Form::PhoneNumberId),
        Looked::Reference => (
            Kind::Reference,
            Label::Value,
            "sealed_value",
            Form::Plain(Lookup::Reference),
        ),
        Looked::Person => return sign_in_name(flow, PersonId::from_bytes(row.id)).await,
    };
    let Some(Value::Bytes(bytes)) = row.value(column) else {
        return Ok(None);
    };
    let place = Place {
        kind,
        object: row.id,
        label,
    };
    Ok(Some(Source::Sealed(place, Sealed::from_bytes(bytes.clone()), form)))
}

/// The sign-in name of a person: of the newest credential, or their id while they have none.
async fn sign_in_name(flow: &Flow, person: PersonId) -> Result<Option<Source>, Unavailable> {
    let facts = match flow.store().person_get(person).await {
        Ok(facts) => facts,
        // Whichever of their rows cannot be read is told where that row is.
        Err(ReadError::Impossible { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let Some(credential) = facts.and_then(|facts| facts.credential) else {
        return Ok(Some(Source::Open(Lookup::Login, person.to_string())));
    };
    let place = Place {
        kind: Kind::Credential,
        object: *credential.id.bytes(),
        label: Label::Login,
    };
    Ok(Some(Source::Sealed(
        place,
        credential.login,
        Form::Plain(Lookup::Login),
    )))
}
