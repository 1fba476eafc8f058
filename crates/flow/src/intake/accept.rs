//! Accepting a post: signature, seal, durable, and only then the answer.

use super::record::Arrived;
use crate::Flow;
use crate::context::Unavailable;
use bytes::Bytes;
use counterfoil_model::{ConnectionId, DeliveryId};
use counterfoil_store::rows::{DeliveryRow, DeliveryState};
use counterfoil_store::{CommitError, Unit};
use counterfoil_whatsapp::webhook::{AppSecret, verify};

/// Why a post was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// No connection has this address.
    #[error("no connection has this address")]
    UnknownConnection,
    /// There is no signature, or it does not agree with the bytes.
    #[error("the signature is missing or wrong")]
    Signature,
    /// Too much is waiting to be written; the provider shall try again.
    #[error("too much is waiting to be written")]
    Busy,
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
/// See [`AcceptError`]; in each case nothing is kept.
pub async fn accept(
    flow: &Flow,
    connection: ConnectionId,
    signature: Option<&str>,
    body: Bytes,
) -> Result<DeliveryId, AcceptError> {
    let kit = flow.kit(connection).ok_or(AcceptError::UnknownConnection)?;
    let secrets: Vec<&AppSecret> = kit.secrets.iter().collect();
    verify(signature, &body, &secrets).map_err(|_| AcceptError::Signature)?;

    let received_at = flow.now();
    let delivery = DeliveryId::new(received_at, flow.random());
    let public = flow.vault().intake_public().await.map_err(Unavailable::from)?;
    let sealed = public.seal(connection, delivery, &body, flow.random());
    // The leaf follows when each item is recorded: a delivery is not a record, and it dies with its key.
    let unit = Unit::new("intake.accept").insert(DeliveryRow {
        id: delivery,
        connection,
        received_at,
        sealed: Some(sealed),
        state: DeliveryState::Waiting,
        done_at: None,
    });
    match flow.store().commit_post(unit).await {
        Ok(()) => {
            let arrived = Arrived {
                delivery,
                connection,
                at: received_at,
            };
            flow.inner.fresh.put(arrived, &body);
            Ok(delivery)
        }
        Err(CommitError::Full) => Err(AcceptError::Busy),
        Err(error) => Err(Unavailable::from(error).into()),
    }
}
