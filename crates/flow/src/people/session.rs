//! Sessions: who is behind a cookie, and ending it.

use super::{secret, standing};
use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::person::PersonState;
use counterfoil_model::{Opened, PersonId, Secret, SessionId};
use counterfoil_policy::{Openable, Purpose, Staff, Stands, may_open};
use counterfoil_store::{Change, Unit};
use counterfoil_vault::{Kind, Label, Place};
use std::time::Duration;

/// A session that nobody used for this long is over. Source: OWASP ASVS 5.0, 7.3.1.
const IDLE: Duration = Duration::from_secs(60 * 60);
/// How exact the time of last use is kept.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// The person behind a session's token, if it lives. Moves the idle limit (at most once a minute).
///
/// # Errors
/// [`Unavailable`].
pub async fn session(flow: &Flow, token: &Secret) -> Result<Option<Staff>, Unavailable> {
    let Some(row) = flow
        .store()
        .session_by_token(secret::digest(flow, secret::SESSION, token))
        .await?
    else {
        return Ok(None);
    };
    let now = flow.now();
    if row.ended_at.is_some() || now >= row.expires_at || now.since(row.seen_at) >= IDLE {
        return Ok(None);
    }
    if now.since(row.seen_at) >= SEEN_EVERY {
        flow.store()
            .commit(Unit::new("session.seen").change(Change::session_seen(row.id, now, row.expires_at)))
            .await?;
    }
    staff(flow, row.person, row.id).await
}

/// A person as the policy sees them, if they may sign in.
pub(crate) async fn staff(flow: &Flow, person: PersonId, session: SessionId) -> Result<Option<Staff>, Unavailable> {
    let Some(person) = flow.store().person_get(person).await? else {
        return Ok(None);
    };
    if standing::state(&person) != PersonState::Active {
        return Ok(None);
    }
    Ok(Some(Staff {
        person: person.person.id,
        session,
        roles: standing::roles(&person),
        teams: person.teams,
    }))
}

/// Ends the session of `staff`.
///
/// # Errors
/// [`Unavailable`].
pub async fn sign_out(flow: &Flow, staff: &Staff) -> Result<(), Unavailable> {
    let at = flow.now();
    let leaf = log::leaf(LeafKind::SessionEnded, at, staff.session.bytes(), log::staff(staff));
    let unit = Unit::new("sign_out")
        .change(Change::session_end(staff.session, at))
        .leaf(leaf);
    Ok(flow.store().commit(unit).await?)
}

/// The name of `staff` for the page's own frame.
///
/// # Errors
/// [`Unavailable`].
pub async fn own_name(flow: &Flow, staff: &Staff) -> Result<Opened<String>, Unavailable> {
    let person = flow.store().person_get(staff.person).await?;
    let person = person.ok_or_else(|| Unavailable("a session names a person that is not there".into()))?;
    let place = Place {
        kind: Kind::Person,
        object: *staff.person.bytes(),
        label: Label::Name,
    };
    let thing = Openable {
        object: place.object,
        stands: Stands::Organisation,
    };
    let permit = may_open(staff, Purpose::List, &[thing]).map_err(|refusal| Unavailable(Box::new(refusal)))?;
    Ok(flow.vault().open(&permit, place, &person.person.name).await?)
}
