//! The signature of a webhook post: the first thing looked at, before a single byte is read as JSON.
//!
//! The provider signs the raw body with the app secret (HMAC-SHA256) and sends the result in one header:
//!
//! ```text
//! X-Hub-Signature-256: sha256=<64 hex digits>
//! ```
//!
//! The signature covers the exact bytes received. Nothing here parses, re-encodes or keeps them. There is no time in the
//! signature: a replay is only visible by its content.
//!
//! Source: Meta, Webhooks, "Validate payloads", read as of 2025-11.

use aws_lc_rs::{constant_time, hmac};
use zeroize::Zeroizing;

/// Name of the header that carries the signature.
pub const SIGNATURE_HEADER: &str = "x-hub-signature-256";

const PREFIX: &str = "sha256=";
const DIGEST_BYTES: usize = 32;

/// The secret of a Meta app; it has no `Debug`, `Display`, `Clone` or `Serialize`, and is wiped when dropped.
///
/// ```compile_fail
/// let secret = counterfoil_whatsapp::webhook::AppSecret::new("invented");
/// println!("{secret:?}");
/// ```
pub struct AppSecret(Zeroizing<Vec<u8>>);

impl AppSecret {
    /// Takes the secret as shown in the app's settings (text; the bytes are used as they are).
    pub fn new(secret: impl Into<String>) -> Self {
        Self(Zeroizing::new(secret.into().into_bytes()))
    }

    pub(crate) fn authenticate(&self, message: &[u8]) -> [u8; DIGEST_BYTES] {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &self.0), message);
        let mut digest = [0; DIGEST_BYTES];
        digest.copy_from_slice(tag.as_ref());
        digest
    }
}

/// Why a post is refused before anything of it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is no signature header.
    #[error("the post carries no signature")]
    Missing,
    /// The header is not `sha256=` and 64 hex digits.
    #[error("the signature header has the wrong form")]
    Malformed,
    /// No secret gives this signature for this body.
    #[error("the signature does not fit the body")]
    Wrong,
}

/// Checks the header value against the raw body with each secret in turn (two during a rotation), in constant time.
///
/// # Errors
/// [`SignatureError::Missing`] without a header, [`SignatureError::Malformed`] if it has another form,
/// [`SignatureError::Wrong`] if no secret fits (also when `secrets` is empty).
pub fn verify(header: Option<&str>, body: &[u8], secrets: &[&AppSecret]) -> Result<(), SignatureError> {
    let digits = header
        .ok_or(SignatureError::Missing)?
        .trim()
        .strip_prefix(PREFIX)
        .ok_or(SignatureError::Malformed)?;
    let claimed = crate::hex::decode_32(digits).ok_or(SignatureError::Malformed)?;
    let mut fits = false;
    for secret in secrets {
        // Every secret is tried, so that the time taken does not tell which one fitted.
        fits |= constant_time::verify_slices_are_equal(&secret.authenticate(body), &claimed).is_ok();
    }
    if fits { Ok(()) } else { Err(SignatureError::Wrong) }
}

/// The header value that the provider would send for this body; for tools that replay or simulate posts.
pub fn sign(body: &[u8], secret: &AppSecret) -> String {
    format!("{PREFIX}{}", crate::hex::encode(&secret.authenticate(body)))
}
