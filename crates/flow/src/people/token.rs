//! Tokens for the API: made for a person, shown once, kept as a hash.

use super::invite::InviteError;
use super::{secret, session};
use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::{Secret, SessionId, TokenId};
use counterfoil_policy::Staff;
use counterfoil_store::Unit;
use counterfoil_store::rows::ApiTokenRow;
use std::time::Duration;

/// How long a token works.
const WORKS_FOR: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// The only scope that there is yet: to act as the person who made it.
const ACT_AS: i64 = 1;

/// Makes a token that acts as `staff`, for 90 days.
///
/// # Errors
/// [`InviteError::Unavailable`].
pub async fn token_create(flow: &Flow, staff: &Staff) -> Result<(TokenId, Secret), InviteError> {
    let at = flow.now();
    let id = TokenId::new(at, flow.random());
    let token = secret::fresh(flow);
    let row = ApiTokenRow {
        id,
        token: secret::digest(flow, secret::TOKEN, &token),
        person: staff.person,
        scopes: ACT_AS,
        expires_at: at.plus(WORKS_FOR),
        seen_at: None,
        ended_at: None,
    };
    let leaf = log::leaf(LeafKind::AccessToken, at, id.bytes(), log::staff(staff));
    let unit = Unit::new("token.create").insert(row).leaf(leaf);
    flow.store().commit(unit).await.map_err(Unavailable::from)?;
    Ok((id, token))
}

/// The person behind an API token, if it lives. Its id stands in the place of the session.
///
/// # Errors
/// [`Unavailable`].
pub async fn token_owner(flow: &Flow, token: &Secret) -> Result<Option<Staff>, Unavailable> {
    let row = flow
        .store()
        .api_token_by_hash(secret::digest(flow, secret::TOKEN, token))
        .await?;
    let Some(row) = row.filter(|row| row.ended_at.is_none() && flow.now() < row.expires_at) else {
        return Ok(None);
    };
    session::staff(flow, row.person, SessionId::from_bytes(*row.id.bytes())).await
}
