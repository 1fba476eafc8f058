//! The session's cookie: a token in the browser, only its hash with us.
//!
//! Lax, not strict, so that a link in a mail opens signed in; unsafe methods are guarded by `layers::same_origin` instead.

use crate::settings::WebSettings;
use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use counterfoil_model::{Secret, Timestamp};

const GUARDED: &str = "__Host-counterfoil";
const LOOPBACK: &str = "counterfoil";
/// 32 random bytes in base64 without padding.
const TOKEN_LENGTH: usize = 43;

fn name(settings: &WebSettings) -> &'static str {
    // The `__Host-` prefix makes browsers insist on Secure, on Path=/ and on no Domain (RFC 6265bis, 4.1.3.2).
    if settings.secure_cookies { GUARDED } else { LOOPBACK }
}

/// The value of a cookie that the browser sent.
pub(crate) fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The session's token that the browser sent, if it looks like one.
pub(crate) fn token(headers: &HeaderMap, settings: &WebSettings) -> Option<Secret> {
    let value = value(headers, name(settings))?;
    let well_formed =
        value.len() == TOKEN_LENGTH && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    well_formed.then(|| Secret::new(value.to_owned()))
}

/// The `Set-Cookie` value that keeps a session until `expires_at`.
pub(crate) fn keep(
    settings: &WebSettings,
    token: &Secret,
    expires_at: Timestamp,
    now: Timestamp,
) -> Option<HeaderValue> {
    let name = name(settings);
    let seconds = expires_at.since(now).as_secs();
    let secure = if settings.secure_cookies { "; Secure" } else { "" };
    let text = format!(
        "{name}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}",
        token.reveal()
    );
    let mut header = HeaderValue::try_from(text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// The `Set-Cookie` value that makes the browser forget the session.
pub(crate) fn forget(settings: &WebSettings) -> HeaderValue {
    HeaderValue::from_static(if settings.secure_cookies {
        "__Host-counterfoil=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure"
    } else {
        "counterfoil=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
    })
}
