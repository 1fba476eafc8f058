//! The bytes of a file, whole or in the range that a player asks for (RFC 9110, 14).

use super::id::Id;
use crate::error::Failure;
use crate::session::Caller;
use crate::state::Web;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use counterfoil_flow::reading::attachment::{AttachmentContent, attachment};
use counterfoil_model::AttachmentId;

/// A file can do nothing even when a browser opens it by itself: no script, no form, no frame.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");

/// `GET /attachments/{attachment}/content` and the same in the API.
pub(crate) async fn content(
    State(web): State<Web>,
    Caller(staff): Caller,
    Id(id): Id<AttachmentId>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let asked = headers.get(RANGE).and_then(|value| value.to_str().ok()).and_then(range);
    let content = attachment(&web.flow, &staff, id, asked).await?;
    let mut answer = HeaderMap::new();
    let (start, end) = (*content.range.start(), *content.range.end());
    let partial = asked.is_some();
    let length = if content.range.is_empty() { 0 } else { end - start + 1 };
    answer.insert(CONTENT_LENGTH, HeaderValue::from(length));
    answer.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    answer.insert(CONTENT_SECURITY_POLICY, NOTHING);
    // A type that nobody vouches for is only ever bytes.
    let media_type = if content.inline {
        content.media_type.as_str()
    } else {
        "application/octet-stream"
    };
    let media_type = HeaderValue::from_str(media_type);
    answer.insert(
        CONTENT_TYPE,
        media_type.unwrap_or(HeaderValue::from_static("application/octet-stream")),
    );
    answer.insert(CONTENT_DISPOSITION, disposition(&content));
    if partial && let Ok(value) = HeaderValue::try_from(format!("bytes {start}-{end}/{}", content.length)) {
        answer.insert(CONTENT_RANGE, value);
    }
    let status = if partial {
        StatusCode::PARTIAL_CONTENT
    } else {
        StatusCode::OK
    };
    Ok((status, answer, Body::from_stream(content.bytes)).into_response())
}

/// A single range from a first byte on. Everything else that `Range` can say is answered with the whole, as RFC 9110, 14.2 allows.
fn range(value: &str) -> Option<(u64, Option<u64>)> {
    let (first, last) = value.strip_prefix("bytes=")?.split_once('-')?;
    let first = first.trim().parse().ok()?;
    match last.trim() {
        "" => Some((first, None)),
        last => last
            .parse()
            .ok()
            .filter(|last| *last >= first)
            .map(|last| (first, Some(last))),
    }
}

/// Whether to show or to save, and under which name (RFC 6266; RFC 8187 for the letters).
fn disposition(content: &AttachmentContent) -> HeaderValue {
    let way = if content.inline { "inline" } else { "attachment" };
    let mut text = way.to_owned();
    if let Some(name) = &content.file_name {
        text.push_str("; filename*=UTF-8''");
        for byte in name.expose().bytes() {
            if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
                text.push(char::from(byte));
            } else {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn ranges_are_read_or_left_aside() {
        for (value, want) in [
            ("bytes=0-", Some((0, None))),
            ("bytes=10-19", Some((10, Some(19)))),
            ("bytes=19-10", None),
            ("bytes=-500", None),
            ("bytes=0-1,4-5", None),
            ("lines=0-", None),
            ("bytes=x-", None),
        ] {
            assert_eq!(range(value), want, "{value}");
        }
    }
}
