//! Failures in the way of the door: a page, a part of a page, or problem+json. What axum itself refuses is adopted here too, so that
//! no answer of a door is without a code.

use crate::error::{Detail, Failure, Problem};
use crate::session::Browser;
use crate::state::Door;
use crate::views::answer;
use crate::views::failure::{FailureFragment, FailurePage, next, what};
use crate::words::{Language, Words};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Map, Value, json};

/// The failure that an answer stands for, if it is one.
fn failure(response: &Response) -> Option<Failure> {
    if let Some(failure) = response.extensions().get::<Failure>() {
        return Some(failure.clone());
    }
    // An answer with a body of ours, such as a form that is shown again, is no failure to be rewritten.
    if response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind != "text/plain; charset=utf-8")
    {
        return None;
    }
    match response.status() {
        StatusCode::NOT_FOUND => Some(Failure::not_found()),
        StatusCode::METHOD_NOT_ALLOWED => Some(Failure::of(Problem::MethodNotAllowed)),
        StatusCode::PAYLOAD_TOO_LARGE => Some(Failure::too_large()),
        StatusCode::RANGE_NOT_SATISFIABLE => None,
        status if status.is_client_error() => Some(Failure::malformed()),
        status if status.is_server_error() => Some(Failure::of(Problem::Internal)),
        _ => None,
    }
}

/// Keeps what the log and the caller need beside the body.
fn finish(mut response: Response, failure: Failure, door: &Door) -> Response {
    if let Some(seconds) = failure.retry_after(door.clock.wall()) {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response.extensions_mut().insert(failure);
    response
}

/// The hook: the bare status, for a program that reads no more, with when to come back.
pub(crate) async fn as_status(State(door): State<Door>, request: Request, following: Next) -> Response {
    let response = following.run(request).await;
    match response.extensions().get::<Failure>().cloned() {
        Some(failure) => finish(response, failure, &door),
        None => response,
    }
}

/// Whole pages: an error page in plain words; to the sign-in page when nobody is signed in.
pub(crate) async fn as_page(State(door): State<Door>, request: Request, following: Next) -> Response {
    let browser = Browser::of(door.clone(), request.headers(), request.extensions());
    let back = request.method().is_safe().then(|| request.uri().path().to_owned());
    let response = following.run(request).await;
    let Some(failure) = failure(&response) else {
        return response;
    };
    let rewritten = if failure.problem == Problem::SignInNeeded {
        let next = back.filter(|path| path != "/");
        let next = next.map_or_else(String::new, |path| format!("?next={path}"));
        Redirect::to(&format!("/sign-in{next}")).into_response()
    } else {
        let view = FailurePage {
            w: browser.words(),
            shell: browser.bare_shell(),
            status: failure.problem.status().as_u16(),
            what: what(browser.words(), &browser.clockface(), &failure),
            next: next(browser.words(), &failure),
            operation: browser.operation.clone(),
        };
        answer(failure.problem.status(), &view)
    };
    finish(rewritten, failure, &door)
}

/// Parts of pages: a short notice that the script puts where it belongs.
pub(crate) async fn as_fragment(State(door): State<Door>, request: Request, following: Next) -> Response {
    let browser = Browser::of(door.clone(), request.headers(), request.extensions());
    let response = following.run(request).await;
    let Some(failure) = failure(&response) else {
        return response;
    };
    let view = FailureFragment {
        what: what(browser.words(), &browser.clockface(), &failure),
        next: next(browser.words(), &failure),
    };
    finish(answer(failure.problem.status(), &view), failure, &door)
}

/// The API: problem+json (RFC 9457) with a stable code.
pub(crate) async fn as_problem(State(door): State<Door>, request: Request, following: Next) -> Response {
    let browser = Browser::of(door.clone(), request.headers(), request.extensions());
    let response = following.run(request).await;
    let Some(failure) = failure(&response) else {
        return response;
    };
    // Programs read the code; the title is for those who read their logs, and always in one language.
    let words = Words::of(Language::English);
    let mut body = Map::new();
    body.insert(
        "type".into(),
        json!(format!("urn:counterfoil:problem:{}", failure.code())),
    );
    body.insert("title".into(), json!(what(words, &browser.clockface(), &failure)));
    body.insert("detail".into(), json!(next(words, &failure)));
    body.insert("status".into(), json!(failure.problem.status().as_u16()));
    body.insert("code".into(), json!(failure.code()));
    body.insert("operation".into(), json!(browser.operation));
    match &failure.detail {
        Detail::None => {}
        Detail::Limit(limit) => _ = body.insert("limit".into(), json!(limit)),
        Detail::LastInbound(at) => _ = body.insert("last_inbound_at".into(), json!(at.map(|at| at.rfc3339()))),
        Detail::Until(at) => _ = body.insert("until".into(), json!(at.rfc3339())),
        Detail::Field(field) => _ = body.insert("field".into(), json!(field)),
        Detail::Named(field) => _ = body.insert("field".into(), json!(field)),
    }
    let kind = [(CONTENT_TYPE, "application/problem+json")];
    let rewritten = (failure.problem.status(), kind, Value::Object(body).to_string()).into_response();
    finish(rewritten, failure, &door)
}
