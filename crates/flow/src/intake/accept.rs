//! Accepting a post: signature, seal, durable, and only then the answer.
//!
//! Durable is the database, in the group of all who wait; or, when that does not answer in time, the spool. What cannot be known to
//! be in the database goes to the spool too: the same delivery twice changes nothing.

use super::door::IntakeDoor;
use super::record::Arrived;
use super::shelf::{HookConnection, IntakeKit};
use crate::background::chain;
use crate::context::Unavailable;
use bytes::Bytes;
use counterfoil_model::{ConnectionId, DeliveryId};
use counterfoil_store::rows::{DeliveryRow, DeliveryState};
use counterfoil_store::{CommitError, SpoolError, SpooledPost, Store, Unit};
use counterfoil_whatsapp::webhook::{AppSecret, verify};
use std::sync::Arc;
use std::time::Duration;

/// How long the database may take before the spool takes over. The provider waits for some seconds only.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why a post was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// No connection has this address.
    #[error("no connection has this address")]
    UnknownConnection,
    /// There is no signature, or it does not agree with the bytes.
    #[error("the signature is missing or wrong")]
    Signature,
    /// Neither database nor spool has room; the provider shall try again.
    #[error("there is no room to keep a post")]
    Busy,
    /// This node has no kit that could be used; the provider shall try again.
    #[error("this node has no intake kit for today")]
    NoKit,
    /// It could not be made durable.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Keeps one post of the provider: when this returns, the post is durable and sealed.
///
/// `signature` is the value of `X-Hub-Signature-256`; `body` the raw bytes, 3 MB at most, as the door has seen to. Source:
/// Cloud API, webhooks, validating payloads.
///
/// # Errors
/// See [`AcceptError`]; in each case nothing is kept, or nobody was told that it was.
pub async fn accept(
    door: &IntakeDoor,
    connection: ConnectionId,
    signature: Option<&str>,
    body: Bytes,
) -> Result<DeliveryId, AcceptError> {
    let (kit, known) = known(door, connection)?;
    let secrets: Vec<&AppSecret> = known.secrets.iter().collect();
    verify(signature, &body, &secrets).map_err(|_| AcceptError::Signature)?;

    let received_at = door.now();
    let delivery = DeliveryId::new(received_at, door.random());
    let sealer = kit.sealer(received_at).ok_or(AcceptError::NoKit)?;
    let post = SpooledPost {
        connection,
        delivery,
        received_at,
        sealed: sealer.seal(connection, delivery, &body, door.clock().monotonic(), door.random()),
    };
    if let Some(store) = door.database() {
        let arrived = Arrived {
            delivery,
            connection,
            at: received_at,
        };
        let fresh = door.fresh();
        let at_hand = fresh.put(arrived, &body);
        let kept = tokio::select! {
            kept = store.commit_post(unit(&post)) => kept.map_err(|error| chain(&error)),
            () = door.clock().sleep(PATIENCE) => Err("it did not answer in time".to_owned()),
        };
        match kept {
            Ok(()) => {
                at_hand.stays();
                return Ok(delivery);
            }
            Err(error) => {
                tracing::debug!(%error, "the database did not take a post");
                door.spools(true);
            }
        }
    }
    door.spool().append(post).await.map_err(|error| match error {
        SpoolError::Full => AcceptError::Busy,
        error => Unavailable(Box::new(error)).into(),
    })?;
    metrics::counter!("counterfoil_spooled_posts_total").increment(1);
    door.fetch_early(connection, received_at, &body);
    door.ring();
    Ok(delivery)
}

/// The connection, by the kit.
fn known(door: &IntakeDoor, connection: ConnectionId) -> Result<(Arc<IntakeKit>, Arc<HookConnection>), AcceptError> {
    let kit = door.kit().ok_or(AcceptError::NoKit)?;
    let known = kit.connection(connection).ok_or(AcceptError::UnknownConnection)?;
    Ok((kit, known))
}

/// The unit of work that keeps a post.
pub(crate) fn unit(post: &SpooledPost) -> Unit {
    // The leaf follows when each item is recorded: a delivery is not a record, and it dies with its key.
    Unit::new("intake.accept").insert(DeliveryRow {
        id: post.delivery,
        connection: post.connection,
        received_at: post.received_at,
        sealed: Some(post.sealed.clone()),
        state: DeliveryState::Waiting,
        done_at: None,
    })
}

/// Puts a spooled post into the database. `false` when the database will never take it.
pub(crate) async fn put(store: &Store, post: &SpooledPost) -> Result<bool, Unavailable> {
    match store.commit(unit(post)).await {
        Ok(()) => Ok(true),
        // It is there already, or it refers to what is not there.
        Err(CommitError::Conflict { .. }) => Ok(store.delivery_get(post.delivery).await?.is_some()),
        Err(error) => Err(error.into()),
    }
}
