//! What the simulator's own pages share: headers, assets, and small words. Plain English: this is not the product.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

/// Only what is ours; framed by loopback pages only.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors http://127.0.0.1:* http://localhost:*";

/// An HTML answer.
pub(crate) struct Html;

impl Html {
    /// Renders a page or a part of one.
    pub(crate) fn page(template: &impl Template) -> Response {
        match template.render() {
            Ok(text) => html(StatusCode::OK, text),
            Err(error) => {
                tracing::error!(%error, "a simulator page could not be rendered");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

fn html(status: StatusCode, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (status, headers, text).into_response()
}

#[derive(Template)]
#[template(path = "not_found.html")]
struct NotFound<'a> {
    words: &'a str,
}

pub(crate) fn not_found(words: &str) -> Response {
    let text = NotFound { words }.render().unwrap_or_default();
    html(StatusCode::NOT_FOUND, text)
}

/// A file: shown in place when it is a picture, a sound or a PDF of a known type, else handed over as bytes.
pub(crate) fn media(mime: &str, bytes: Bytes) -> Response {
    let bare = mime.split(';').next().unwrap_or_default().trim();
    let known = matches!(
        bare,
        "image/jpeg"
            | "image/png"
            | "image/webp"
            | "audio/ogg"
            | "audio/mpeg"
            | "audio/mp4"
            | "audio/aac"
            | "video/mp4"
            | "application/pdf"
    );
    let (kind, how) = if known {
        (mime.to_owned(), "inline")
    } else {
        ("application/octet-stream".to_owned(), "attachment")
    };
    // A sandbox would keep the browser's own PDF viewer from starting.
    let policy = if bare == "application/pdf" {
        "default-src 'none'"
    } else {
        "default-src 'none'; sandbox"
    };
    let headers = [
        (header::CONTENT_TYPE, kind.as_str()),
        (header::CONTENT_DISPOSITION, how),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "private, max-age=3600"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, bytes).into_response()
}

pub(crate) async fn pas_css() -> Response {
    asset("text/css; charset=utf-8", include_str!("../assets/pas.css"))
}

pub(crate) async fn live_js() -> Response {
    asset("text/javascript; charset=utf-8", include_str!("../assets/live.js"))
}

/// A stylesheet or a module.
pub(crate) fn asset(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text).into_response()
}

/// A day and a time of day in UTC, for example `22 Nov 2026, 20:42`.
pub(crate) fn moment(micros: i64) -> String {
    stamp(micros, "%-d %b %Y, %H:%M")
}

/// The time of day in UTC, for example `20:42`.
pub(crate) fn clock_time(micros: i64) -> String {
    stamp(micros, "%H:%M")
}

/// The day in UTC, for example `22 November 2026`.
pub(crate) fn day(micros: i64) -> String {
    stamp(micros, "%-d %B %Y")
}

fn stamp(micros: i64, form: &str) -> String {
    jiff::Timestamp::from_microsecond(micros)
        .map(|time| time.strftime(form).to_string())
        .unwrap_or_default()
}

/// For example `214 kB`.
pub(crate) fn size_words(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
