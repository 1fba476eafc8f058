//! Signing in with a name and a password, throttled by name and by address.

use super::{password, secret, standing, throttle};
use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::leaf::Actor as LeafActor;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::person::PersonState;
use counterfoil_model::{PersonId, Secret, SessionId, Timestamp};
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_store::Unit;
use counterfoil_store::read::PersonFacts;
use counterfoil_store::rows::SessionRow;
use counterfoil_vault::{Kind, Label, Lookup, OpenError, Place};
use std::net::IpAddr;
use std::time::Duration;

/// A session ends this long after it was opened, whatever happens. Source: OWASP ASVS 5.0, 7.3.2.
const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);

/// Why someone was not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The name or the password is wrong, or the person may not sign in.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many tries; it is closed until then.
    #[error("too many tries")]
    Blocked {
        /// Until when.
        until: Timestamp,
    },
    /// A part of the installation did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// An opened session: the token goes into a cookie and nowhere else; only its hash is kept.
pub struct SignedIn {
    /// The session's token, 43 characters of URL-safe base64.
    pub token: Secret,
    /// When the session ends at the latest.
    pub expires_at: Timestamp,
}

/// Opens a session for the person with this sign-in name and password. `from` is the true address of the browser.
///
/// # Errors
/// See [`SignInError`].
pub async fn sign_in(flow: &Flow, login: &str, password: &Secret, from: IpAddr) -> Result<SignedIn, SignInError> {
    let login = spelled(login);
    let subjects = throttle::subjects(flow, &login, from);
    if let Some(until) = throttle::blocked(flow, &subjects).await? {
        return Err(SignInError::Blocked { until });
    }
    let person = find(flow, &login).await?;
    let active = person.filter(|person| standing::state(person) == PersonState::Active);
    let phc = match active.as_ref().and_then(|person| person.credential.as_ref()) {
        Some(row) => {
            let place = Place {
                kind: Kind::Credential,
                object: *row.id.bytes(),
                label: Label::Password,
            };
            let permit = machine_permit(Machine::SignIn, vec![place.object]);
            match flow.vault().open(&permit, place, &row.password).await {
                Ok(phc) => Some(phc.expose().clone()),
                Err(OpenError::Erased) => None,
                Err(error) => return Err(Unavailable::from(error).into()),
            }
        }
        None => None,
    };
    let agrees = password::agrees(flow, password, phc).await?;
    match active {
        Some(person) if agrees => {
            let (unit, opened) = open(flow, Unit::new("sign_in"), person.person.id);
            let unit = throttle::right(unit, &subjects);
            flow.store().commit(unit).await.map_err(Unavailable::from)?;
            Ok(opened)
        }
        active => {
            throttle::wrong(flow, &subjects).await?;
            if let Some(person) = active {
                let leaf = log::leaf(
                    LeafKind::SignInRefused,
                    flow.now(),
                    person.person.id.bytes(),
                    LeafActor::SYSTEM,
                );
                flow.store()
                    .commit(Unit::new("sign_in.refused").leaf(leaf))
                    .await
                    .map_err(Unavailable::from)?;
            }
            Err(SignInError::Wrong)
        }
    }
}

async fn find(flow: &Flow, login: &str) -> Result<Option<PersonFacts>, Unavailable> {
    let hashes = flow.lookups().await?.hashes(Lookup::Login, login);
    match flow.store().person_by_lookup(&hashes.all()).await? {
        Some(row) => Ok(flow.store().person_get(row.id).await?),
        None => Ok(None),
    }
}

/// A sign-in name in the one spelling that we keep.
pub(crate) fn spelled(login: &str) -> String {
    login.trim().to_lowercase()
}

/// Adds to `unit` a new session of `person` with its leaf.
pub(crate) fn open(flow: &Flow, unit: Unit, person: PersonId) -> (Unit, SignedIn) {
    let at = flow.now();
    let id = SessionId::new(at, flow.random());
    let token = secret::fresh(flow);
    let expires_at = at.plus(LONGEST);
    let row = SessionRow {
        id,
        token: secret::digest(flow, secret::SESSION, &token),
        person,
        opened_at: at,
        seen_at: at,
        expires_at,
        ended_at: None,
    };
    let leaf = log::leaf(
        LeafKind::SessionOpened,
        at,
        id.bytes(),
        LeafActor::person(*person.bytes()),
    );
    (unit.insert(row).leaf(leaf), SignedIn { token, expires_at })
}
