//! What the store answers: objects with their headers, small XML documents, refusals with the protocol's own codes.

use super::objects::Object;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::Response;

/// A refusal: status and code of the protocol's list of errors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refused(StatusCode, &'static str);

impl Refused {
    pub(super) const NOT_SIGNED: Self = Self(StatusCode::FORBIDDEN, "AccessDenied");
    pub(super) const OTHER_BODY: Self = Self(StatusCode::BAD_REQUEST, "XAmzContentSHA256Mismatch");
    pub(super) const TOO_LARGE: Self = Self(StatusCode::BAD_REQUEST, "EntityTooLarge");
    pub(super) const TOO_SMALL: Self = Self(StatusCode::BAD_REQUEST, "EntityTooSmall");
    pub(super) const NO_BUCKET: Self = Self(StatusCode::NOT_FOUND, "NoSuchBucket");
    pub(super) const NO_OBJECT: Self = Self(StatusCode::NOT_FOUND, "NoSuchKey");
    pub(super) const NO_UPLOAD: Self = Self(StatusCode::NOT_FOUND, "NoSuchUpload");
    pub(super) const INVALID_PART: Self = Self(StatusCode::BAD_REQUEST, "InvalidPart");
    pub(super) const CONDITION: Self = Self(StatusCode::PRECONDITION_FAILED, "PreconditionFailed");
    pub(super) const RANGE: Self = Self(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange");
    pub(super) const NOT_BUILT: Self = Self(StatusCode::NOT_IMPLEMENTED, "NotImplemented");

    /// As an answer; one to `HEAD` has no body.
    pub(super) fn response(self, head: bool) -> Response {
        let Self(status, code) = self;
        let body = format!("<Error><Code>{code}</Code><Message>{code}</Message></Error>");
        answer(status, if head { String::new() } else { body })
    }
}

/// A document or nothing.
pub(super) fn answer(status: StatusCode, xml: String) -> Response {
    let text = if xml.is_empty() {
        String::new()
    } else {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{xml}")
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/xml"),
    );
    response
}

/// An answer that only names the version of what was kept.
pub(super) fn kept(tag: &str) -> Response {
    let mut response = answer(StatusCode::OK, String::new());
    response.headers_mut().insert(header::ETAG, value(tag));
    response
}

/// An object, whole or the part that was asked for.
pub(super) fn object(object: &Object, range: Option<(usize, usize)>, head: bool) -> Response {
    let whole = object.bytes.len();
    let (start, end) = range.unwrap_or((0, whole));
    let bytes = object.bytes.slice(start..end);
    let mut response = Response::new(if head { Body::empty() } else { Body::from(bytes) });
    if range.is_some() {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    let headers = response.headers_mut();
    headers.insert(header::ETAG, value(&object.tag));
    headers.insert(header::ACCEPT_RANGES, value("bytes"));
    headers.insert(header::CONTENT_LENGTH, value(&(end - start).to_string()));
    headers.insert(
        header::LAST_MODIFIED,
        value(&object.at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()),
    );
    if range.is_some() {
        let said = format!("bytes {start}-{}/{whole}", end.saturating_sub(1));
        headers.insert(header::CONTENT_RANGE, value(&said));
    }
    response
}

fn value(text: &str) -> header::HeaderValue {
    header::HeaderValue::from_str(text).unwrap_or(header::HeaderValue::from_static(""))
}

/// A text as it stands in a document.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// What stands between every `<name>` and `</name>`, in order, unescaped.
pub(super) fn elements(xml: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(&open)
        .skip(1)
        .filter_map(|rest| rest.split(&close).next())
        .map(|text| {
            text.replace("&quot;", "\"")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&")
        })
        .collect()
}
