//! Requests that change something must come from our own pages: otherwise another site could act with a colleague's cookie.
//!
//! Browsers say where a request comes from in `Sec-Fetch-Site`, older ones in `Origin` (Fetch standard, 3.1 and W3C Fetch Metadata). A
//! call with a bearer token uses no cookie and needs neither.

use crate::error::{Failure, Problem};
use crate::session::caller::bearer;
use crate::settings::WebSettings;
use crate::state::Door;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::{COOKIE, ORIGIN};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub(crate) async fn guard(State(door): State<Door>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let by_token = bearer(headers).is_some() && !headers.contains_key(COOKIE);
    if request.method().is_safe() || by_token || from_our_pages(headers, &door.settings) {
        next.run(request).await
    } else {
        Failure::of(Problem::CrossSite).into_response()
    }
}

fn from_our_pages(headers: &HeaderMap, settings: &WebSettings) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => text(ORIGIN.as_str()) == Some(settings.public_url.origin().ascii_serialization().as_str()),
    }
}
