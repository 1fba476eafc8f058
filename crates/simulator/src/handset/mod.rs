//! The handset page: where a person at a browser is the customer.
//!
//! `page` renders the phone and its bubbles, `live` tells the browser that something changed, `actions` is what the
//! customer does. All of it goes through the same way in as the customer by program.

mod actions;
mod live;
mod page;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::state::Shared;

/// A file of 16 MB and the form around it.
const LARGEST_BODY: usize = 17 * 1024 * 1024;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(page::show))
        .route("/thread", get(page::thread))
        .route("/events", get(live::events))
        .route("/media/{id}", get(page::media))
        .route("/handset.css", get(page::css))
        .route("/handset.js", get(page::js))
        .route("/live.js", get(crate::page::live_js))
        .route("/send", post(actions::send))
        .route("/file", post(actions::file))
        .route("/sample", post(actions::sample))
        .route("/tap", post(actions::tap))
        .route("/react", post(actions::react))
        .route("/seen", post(actions::seen))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn(only_own_pages))
        .with_state(shared)
}

/// Another site's page cannot write as the customer.
async fn only_own_pages(request: Request, next: Next) -> Response {
    let site = request
        .headers()
        .get("sec-fetch-site")
        .and_then(|value| value.to_str().ok());
    let foreign = matches!(site, Some("cross-site" | "same-site"));
    if request.method() == Method::POST && foreign {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}
