//! The headers of safety on every answer: what a page may load, that nothing is guessed, kept or leaked.

use crate::settings::WebSettings;
use crate::state::Door;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// Nothing but our own files, no inline script or style, no base, no outside form target.
fn policy(settings: &WebSettings) -> String {
    let ancestors = settings.frame_ancestors.as_deref().unwrap_or("'none'");
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; \
         connect-src 'self'; form-action 'self'; frame-ancestors {ancestors}; base-uri 'none'"
    )
}

pub(crate) async fn protect(State(door): State<Door>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let settings = &door.settings;
    let headers = response.headers_mut();
    if !headers.contains_key(CONTENT_SECURITY_POLICY)
        && let Ok(value) = HeaderValue::try_from(policy(settings))
    {
        headers.insert(CONTENT_SECURITY_POLICY, value);
    }
    for (name, value) in [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let framed = settings.frame_ancestors.is_some();
    // Whoever may frame the pages must be able to load them too.
    let resources = if framed { "same-site" } else { "same-origin" };
    let name = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(name, HeaderValue::from_static(resources));
    if !framed {
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    if settings.secure_cookies {
        let value = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.insert(STRICT_TRANSPORT_SECURITY, value);
    }
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
