//! Using an invitation: choosing a sign-in name and a password.

use super::sign_in::{self, SignedIn};
use super::{password, secret, standing};
use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::leaf::Actor as LeafActor;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::person::PersonState;
use counterfoil_model::{CredentialId, Opened, PersonStateId, Secret};
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_store::read::PersonFacts;
use counterfoil_store::rows::{CredentialRow, InviteRow};
use counterfoil_store::{Change, CommitError, LOOKUP_EPOCH, Unit};
use counterfoil_vault::{Kind, Label, Lookup, OpenError, Place};

/// Why an invitation could not be used.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The link was used, is too old, or never was one.
    #[error("this link does not work any more")]
    LinkDead,
    /// The sign-in name has not 3 to 120 characters, or someone else has it.
    #[error("this sign-in name cannot be used")]
    LoginTaken,
    /// The password has fewer than 12 or more than 200 characters, or is the sign-in name.
    #[error("the password needs 12 to 200 characters and must not be the sign-in name")]
    PasswordWeak,
    /// A part of the installation did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Whose invitation a link is, to greet them. `None` when it does not work.
///
/// # Errors
/// [`Unavailable`].
pub async fn invited(flow: &Flow, token: &Secret) -> Result<Option<Opened<String>>, Unavailable> {
    let Some((_, person)) = invitation(flow, token).await? else {
        return Ok(None);
    };
    let place = Place {
        kind: Kind::Person,
        object: *person.person.id.bytes(),
        label: Label::Name,
    };
    let permit = machine_permit(Machine::SignIn, vec![place.object]);
    match flow.vault().open(&permit, place, &person.person.name).await {
        Ok(name) => Ok(Some(name)),
        Err(OpenError::Erased) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Uses an invitation and opens a session. Looking at the link never uses it up; only this does.
///
/// # Errors
/// See [`JoinError`].
pub async fn join(flow: &Flow, token: &Secret, login: &str, password: &Secret) -> Result<SignedIn, JoinError> {
    let (invite, person) = invitation(flow, token).await?.ok_or(JoinError::LinkDead)?;
    let login = sign_in::spelled(login);
    if !(3..=120).contains(&login.chars().count()) || login.chars().any(char::is_control) {
        return Err(JoinError::LoginTaken);
    }
    let length = password.reveal().chars().count();
    if !(12..=200).contains(&length) || sign_in::spelled(password.reveal()) == login {
        return Err(JoinError::PasswordWeak);
    }
    let lookups = flow.lookups_now().await?;
    let hashes = lookups.hashes(Lookup::Login, &login);
    if flow
        .store()
        .person_by_lookup(&hashes.all())
        .await
        .map_err(Unavailable::from)?
        .is_some()
    {
        return Err(JoinError::LoginTaken);
    }
    let phc = password::hash(flow, password).await?;
    let at = flow.now();
    let id = person.person.id;
    let by = LeafActor::person(*id.bytes());
    let state = PersonStateId::new(at, flow.random());
    let state_leaf = log::leaf(LeafKind::PersonState, at, state.bytes(), by).follows(*id.bytes());
    let credential = CredentialId::new(at, flow.random());
    let key = flow.vault().item(person.person.tree).await.map_err(Unavailable::from)?;
    let place = |label| Place {
        kind: Kind::Credential,
        object: *credential.bytes(),
        label,
    };
    let credential_leaf = log::leaf(LeafKind::Credential, at, credential.bytes(), by).follows(*id.bytes());
    let row = CredentialRow {
        id: credential,
        person: id,
        login: key.seal(place(Label::Login), &login),
        password: key.seal(place(Label::Password), &phc),
        recorded_at: at,
    };
    let unit = Unit::new("person.join")
        .change(Change::invite_use(invite.id, at))
        .change(Change::person_lookup(id, hashes.written))
        .record(row, credential_leaf)
        .record(
            standing::step(state, id, PersonState::Active, &standing::roles(&person), at),
            state_leaf,
        )
        .change(lookups.stands());
    let (unit, opened) = sign_in::open(flow, unit, id);
    match flow.store().commit(unit).await {
        Ok(()) => Ok(opened),
        Err(error @ CommitError::Conflict { guard: LOOKUP_EPOCH }) => Err(Unavailable::from(error).into()),
        // The link or the name went at the same moment.
        Err(CommitError::Conflict { .. }) if invitation(flow, token).await?.is_none() => Err(JoinError::LinkDead),
        Err(CommitError::Conflict { .. }) => Err(JoinError::LoginTaken),
        Err(error) => Err(Unavailable::from(error).into()),
    }
}

async fn invitation(flow: &Flow, token: &Secret) -> Result<Option<(InviteRow, PersonFacts)>, Unavailable> {
    let invite = flow
        .store()
        .invite_by_token(secret::digest(flow, secret::INVITE, token))
        .await?;
    let Some(invite) = invite.filter(|row| row.used_at.is_none() && flow.now() < row.expires_at) else {
        return Ok(None);
    };
    let person = flow.store().person_get(invite.person).await?;
    Ok(person
        .filter(|person| standing::state(person) != PersonState::Left)
        .map(|person| (invite, person)))
}
