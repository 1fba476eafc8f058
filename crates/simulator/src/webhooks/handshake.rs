//! The handshake: the provider asks an address for a challenge back before it sends anything there.
//!
//! Source: Cloud API webhooks, "Create an endpoint" (November 2025): mode, token and challenge in the query; the bare
//! challenge as the answer.

use crate::state::Shared;

/// Why an address was not taken.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// It could not be asked.
    #[error("the webhook address could not be asked")]
    Ask(#[source] reqwest::Error),
    /// It answered with an error status.
    #[error("the webhook address refused the handshake with status {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// It answered with something else than the challenge.
    #[error("the webhook address did not give the challenge back")]
    WrongChallenge,
}

pub(crate) async fn shake_hands(shared: &Shared, url: &str, verify_token: &str) -> Result<(), HandshakeError> {
    let challenge = (shared.lock().dice.next() % 10_000_000_000).to_string();
    let query = [
        ("hub.mode", "subscribe"),
        ("hub.challenge", challenge.as_str()),
        ("hub.verify_token", verify_token),
    ];
    let request = shared.outbox.client().get(with_query(url, &query));
    let answer = request.send().await.map_err(HandshakeError::Ask)?;
    if !answer.status().is_success() {
        return Err(HandshakeError::Refused {
            status: answer.status().as_u16(),
        });
    }
    let text = answer.text().await.map_err(HandshakeError::Ask)?;
    if text == challenge {
        Ok(())
    } else {
        Err(HandshakeError::WrongChallenge)
    }
}

fn with_query(url: &str, pairs: &[(&str, &str)]) -> String {
    let mut text = url.to_owned();
    for (index, (name, value)) in pairs.iter().enumerate() {
        text.push(if index == 0 && !url.contains('?') { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
                text.push(char::from(byte));
            } else {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    text
}
