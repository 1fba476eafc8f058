//! The outer page: handset left, desk right, the card above, and what it asks this server for.

use super::search::{LONGEST, SHORTEST, search};
use super::{CLAIM, Stage, loopback, origin};
use axum::Json;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::sync::Arc;

const PAGE: &str = include_str!("assets/demo.html");
const STYLE: &str = include_str!("assets/demo.css");
const SCRIPT: &str = include_str!("assets/demo.js");
const PICTURE: &str = include_str!("assets/demo.svg");
/// A word of the table definitions, which a search that works must find.
const CONTROL: &str = "create table";

/// Every address of the outer page.
pub(super) fn router(stage: Arc<Stage>) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/demo.css", get(|| file("text/css; charset=utf-8", STYLE)))
        .route("/demo.js", get(|| file("text/javascript; charset=utf-8", SCRIPT)))
        .route("/demo.svg", get(|| file("image/svg+xml", PICTURE)))
        .route("/steps", get(steps))
        .route("/disk", get(disk))
        .route("/disk/search", post(find))
        .route("/flip", get(flipping).post(flip))
        .layer(DefaultBodyLimit::max(4 * LONGEST))
        .layer(from_fn(own_pages_only))
        .layer(from_fn_with_state(Arc::clone(&stage), protect))
        .layer(from_fn(loopback::only))
        .with_state(stage)
}

async fn page(State(stage): State<Arc<Stage>>, headers: HeaderMap) -> Response {
    let outer = stage.outer.to_string();
    if headers.get(HOST).is_none_or(|host| host.as_bytes() != outer.as_bytes()) {
        // `localhost` is another site to a browser than 127.0.0.1, and would get no cookie in the frames.
        return (StatusCode::SEE_OTHER, [(LOCATION, format!("{}/", origin(stage.outer)))]).into_response();
    }
    let simulator = &stage.provider.present.simulator;
    let handset = format!("{}/?customer={}", simulator.handset_url(), stage.customer.as_str());
    let text = PAGE
        .replace("{handset}", &handset)
        .replace("{handset-origin}", &simulator.handset_url())
        .replace("{inbox}", &stage.entrance.address(&stage, stage.product))
        .replace("{pas}", &format!("{}/claims/{CLAIM}", stage.provider.pas_url()))
        .replace("{customer}", &stage.provider.name_of(&stage.customer))
        .replace("{end}", stage.folder.end())
        .replace("{claim}", CLAIM);
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response()
}

async fn file(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind)], text).into_response()
}

#[derive(serde::Serialize)]
struct Progress {
    done: [bool; super::steps::COUNT],
    samples: Filled,
}

#[derive(serde::Serialize)]
struct Filled {
    filled: usize,
    of: usize,
}

async fn steps(State(stage): State<Arc<Stage>>) -> Json<Progress> {
    let (filled, of) = stage.samples.progress();
    Json(Progress {
        done: stage.steps().await,
        samples: Filled { filled, of },
    })
}

async fn disk(State(stage): State<Arc<Stage>>) -> Response {
    match stage.disk().await {
        Ok(Some(disk)) => Json(disk).into_response(),
        Ok(None) => not_yet(),
        Err(error) => failed(&error),
    }
}

#[derive(serde::Serialize)]
struct Flipping {
    phase: u8,
}

async fn flipping(State(stage): State<Arc<Stage>>) -> Json<Flipping> {
    let phase = stage.flipping.phase();
    Json(Flipping { phase })
}

async fn flip(State(stage): State<Arc<Stage>>) -> Response {
    match stage.flip().await {
        Ok(Some(flipped)) => Json(flipped).into_response(),
        Ok(None) => not_yet(),
        Err(error) => failed(&error),
    }
}

#[derive(serde::Serialize)]
struct Search {
    word: String,
    #[serde(flatten)]
    found: super::search::Found,
    control: Control,
}

#[derive(serde::Serialize)]
struct Control {
    word: &'static str,
    hits: usize,
}

async fn find(State(stage): State<Arc<Stage>>, body: String) -> Response {
    let word = body.trim().to_owned();
    if !(SHORTEST..=LONGEST).contains(&word.chars().count()) {
        let text = format!(
            "Please type {SHORTEST} to {LONGEST} characters: anything shorter turns up by chance in sealed bytes."
        );
        return (StatusCode::BAD_REQUEST, text).into_response();
    }
    let folder = stage.settings.storage.data.clone();
    let searched = tokio::task::spawn_blocking(move || {
        let control = Control {
            word: CONTROL,
            hits: search(&folder, CONTROL)?.hits.len(),
        };
        Ok::<_, std::io::Error>(Search {
            found: search(&folder, &word)?,
            word,
            control,
        })
    });
    match searched.await {
        Ok(Ok(search)) => Json(search).into_response(),
        Ok(Err(error)) => failed(&error.into()),
        Err(error) => failed(&error.into()),
    }
}

fn not_yet() -> Response {
    (
        StatusCode::CONFLICT,
        "There is no message yet. Write one on the handset first.",
    )
        .into_response()
}

fn failed(error: &anyhow::Error) -> Response {
    tracing::error!(error = %format!("{error:#}"), "the demo's page could not show something");
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        format!("That did not work: {error}."),
    )
        .into_response()
}

/// What acts must be asked for by this page: no other site, and no other page on this machine, can press its buttons.
async fn own_pages_only(request: Request, next: Next) -> Response {
    let from = request
        .headers()
        .get("sec-fetch-site")
        .and_then(|site| site.to_str().ok());
    let is_own = matches!(from, None | Some("same-origin"));
    if request.method() == Method::POST && !is_own {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

async fn protect(State(stage): State<Arc<Stage>>, request: Request, next: Next) -> Response {
    let simulator = &stage.provider.present.simulator;
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src {} {} {}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        simulator.handset_url(),
        origin(stage.product),
        simulator.pas_url(),
    );
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
