//! The provider's handshake when the hook address is set up.

use super::door::IntakeDoor;
use counterfoil_model::ConnectionId;
use counterfoil_whatsapp::webhook::Handshake;
use counterfoil_whatsapp::webhook::handshake::answer;

/// Answers the provider's challenge: the challenge itself when mode and token are right, `None` otherwise.
pub fn handshake(
    door: &IntakeDoor,
    connection: ConnectionId,
    mode: &str,
    token: &str,
    challenge: &str,
) -> Option<String> {
    let known = door.kit()?.connection(connection)?;
    let handshake = Handshake {
        mode: Some(mode),
        verify_token: Some(token),
        challenge: Some(challenge),
    };
    answer(handshake, &known.verify_token).ok().map(str::to_owned)
}
