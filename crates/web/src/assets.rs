//! Styles, scripts and pictures of our own, compiled in and served under the hash of them all, so that a browser may keep them for ever.

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use std::fmt::Write;
use std::sync::LazyLock;

struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

macro_rules! assets {
    ($($name:literal $media_type:literal)*) => {
        &[$(Asset { name: $name, media_type: $media_type, bytes: include_bytes!(concat!("../assets/", $name)) }),*]
    };
}

const ASSETS: &[Asset] = assets! {
    "tokens.css" "text/css; charset=utf-8"
    "app.css" "text/css; charset=utf-8"
    "frame.css" "text/css; charset=utf-8"
    "inbox.css" "text/css; charset=utf-8"
    "thread.css" "text/css; charset=utf-8"
    "bubble.css" "text/css; charset=utf-8"
    "files.css" "text/css; charset=utf-8"
    "composer.css" "text/css; charset=utf-8"
    "filing.css" "text/css; charset=utf-8"
    "pages.css" "text/css; charset=utf-8"
    "life.css" "text/css; charset=utf-8"
    "told.css" "text/css; charset=utf-8"
    "mark.svg" "image/svg+xml"
    "app.js" "text/javascript; charset=utf-8"
    "composer.js" "text/javascript; charset=utf-8"
    "fetching.js" "text/javascript; charset=utf-8"
    "filing.js" "text/javascript; charset=utf-8"
    "inbox.js" "text/javascript; charset=utf-8"
    "keys.js" "text/javascript; charset=utf-8"
    "live.js" "text/javascript; charset=utf-8"
    "media.js" "text/javascript; charset=utf-8"
    "thread.js" "text/javascript; charset=utf-8"
    "times.js" "text/javascript; charset=utf-8"
};

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut all = Vec::new();
    for asset in ASSETS {
        all.extend_from_slice(asset.name.as_bytes());
        all.push(0);
        all.extend_from_slice(digest(&SHA256, asset.bytes).as_ref());
    }
    let mut version = String::with_capacity(16);
    for byte in &digest(&SHA256, &all).as_ref()[..8] {
        write!(version, "{byte:02x}").expect("a String takes everything");
    }
    version
});

/// The folder of all assets, with the hash of what is in them: `/assets/0123456789abcdef`.
pub(crate) fn folder() -> String {
    format!("/assets/{}", *VERSION)
}

/// `GET /assets/{version}/{name}`. An old version is answered 404, so that a browser never keeps the wrong bytes under its name.
pub(crate) async fn asset(Path((version, name)): Path<(String, String)>) -> Response {
    let found = ASSETS.iter().find(|asset| asset.name == name && version == *VERSION);
    found.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |asset| {
            let headers = [
                (CONTENT_TYPE, HeaderValue::from_static(asset.media_type)),
                (
                    CACHE_CONTROL,
                    HeaderValue::from_static("public, max-age=31536000, immutable"),
                ),
            ];
            (headers, asset.bytes).into_response()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_styles_hold_no_address_outside() {
        for asset in ASSETS {
            let text = std::str::from_utf8(asset.bytes).unwrap();
            let outside = text.replace("http://www.w3.org/2000/svg", "");
            assert!(
                !outside.contains("http:") && !outside.contains("https:"),
                "{}",
                asset.name
            );
            assert!(
                !text.contains("eval(") && !text.contains("new Function"),
                "{}",
                asset.name
            );
        }
    }
}
