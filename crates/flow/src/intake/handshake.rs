//! The provider's handshake when the hook address is set up.

use crate::Flow;
use counterfoil_model::ConnectionId;

/// Answers the provider's challenge: the challenge itself when mode and token are right, `None` otherwise.
pub async fn handshake(flow: &Flow, connection: ConnectionId, mode: &str, token: &str, challenge: &str) -> Option<String> {
    let _ = (flow, connection, mode, token, challenge);
    todo!()
}
