//! The signature on a webhook: HMAC-SHA256 with the app secret over the exact bytes of the body.

use aws_lc_rs::hmac;

/// The value of `X-Hub-Signature-256`: `sha256=` and 64 lower-case hexadecimal digits.
pub(crate) fn signature(app_secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hex_mac(app_secret, body))
}

/// HMAC-SHA256 in lower-case hexadecimal.
pub(crate) fn hex_mac(key: &str, message: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    hmac::sign(&key, message)
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
