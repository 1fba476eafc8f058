//! Accepting a post: signature, seal, durable, and only then the answer.

use crate::Flow;
use crate::context::Unavailable;
use bytes::Bytes;
use counterfoil_model::{ConnectionId, DeliveryId};

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
/// `signature` is the value of `X-Hub-Signature-256`; `body` the raw bytes, 3 MB at most, as the door has seen to.
///
/// # Errors
/// See [`AcceptError`]; in each case nothing is kept.
pub async fn accept(
    flow: &Flow,
    connection: ConnectionId,
    signature: Option<&str>,
    body: Bytes,
) -> Result<DeliveryId, AcceptError> {
    let _ = (flow, connection, signature, body);
    todo!()
}
