//! The handshake: the GET with which the provider asks whether a hook address is ours.
//!
//! It is sent whenever the address or the verify token is set or changed. We answer with the challenge as the bare body,
//! and only if the token is right: the challenge is text from outside that goes back out, so it has to be short and plain.
//!
//! Source: Meta, Webhooks, "Verification requests", read as of 2025-11.

use aws_lc_rs::digest;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The longest challenge echoed, in bytes; the provider sends about ten digits.
pub const CHALLENGE_LIMIT_BYTES: usize = 256;

/// The token agreed with the provider for the handshake; it has no `Debug`, and is wiped when dropped.
pub struct VerifyToken(Zeroizing<String>);

impl VerifyToken {
    /// Takes the token as typed into the app's settings.
    pub fn new(token: impl Into<String>) -> Self {
        Self(Zeroizing::new(token.into()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// What came in the query of the GET: `hub.mode`, `hub.verify_token` and `hub.challenge`, already percent-decoded.
#[derive(Clone, Copy, Default)]
pub struct Handshake<'a> {
    /// `hub.mode`.
    pub mode: Option<&'a str>,
    /// `hub.verify_token`.
    pub verify_token: Option<&'a str>,
    /// `hub.challenge`.
    pub challenge: Option<&'a str>,
}

/// Why a handshake is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeError {
    /// The mode is not `subscribe`.
    #[error("the handshake asks for something else than to subscribe")]
    Mode,
    /// The token is missing or not the one agreed.
    #[error("the verify token is not the one agreed")]
    Token,
    /// The challenge is missing, too long, or not plain text.
    #[error("the challenge cannot be echoed")]
    Challenge,
}

/// Checks a handshake and gives the challenge to answer with, as the bare body of a 200.
///
/// # Errors
/// [`HandshakeError::Mode`], [`HandshakeError::Token`] or [`HandshakeError::Challenge`], by what does not fit; answer 403.
pub fn answer<'a>(handshake: Handshake<'a>, token: &VerifyToken) -> Result<&'a str, HandshakeError> {
    if handshake.mode != Some("subscribe") {
        return Err(HandshakeError::Mode);
    }
    let offered = handshake.verify_token.unwrap_or_default();
    // Digests are compared, because comparing the texts would give away the length of the token.
    let same: bool = digest_of(offered).as_ref().ct_eq(digest_of(&token.0).as_ref()).into();
    if offered.is_empty() || !same {
        return Err(HandshakeError::Token);
    }
    handshake
        .challenge
        .filter(|text| (1..=CHALLENGE_LIMIT_BYTES).contains(&text.len()))
        .filter(|text| {
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        })
        .ok_or(HandshakeError::Challenge)
}

fn digest_of(text: &str) -> digest::Digest {
    digest::digest(&digest::SHA256, text.as_bytes())
}
