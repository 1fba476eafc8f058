//! Signing in and out.

use crate::error::{Failure, Problem};
use crate::session::address::ClientAddress;
use crate::session::{Browser, SignedIn, cookie};
use crate::state::Web;
use crate::views::welcome::SignInPage;
use crate::views::{answer, page};
use axum::Form;
use axum::extract::{Query, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, RETRY_AFTER, SET_COOKIE};
use axum::response::{IntoResponse, Redirect, Response};
use counterfoil_flow::people::session::sign_out;
use counterfoil_flow::people::sign_in::{SignedIn as Opened, sign_in};
use counterfoil_model::Secret;
use serde::Deserialize;

/// Where to go afterwards.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    next: String,
}

/// The form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// A path of our own pages, or none: nobody is sent elsewhere after signing in.
fn own_path(next: &str) -> String {
    let inside = ["/inbox", "/messages/", "/settings/", "/profile"];
    let plain = next.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_-".contains(&b));
    if plain && inside.iter().any(|start| next.starts_with(start)) {
        next.to_owned()
    } else {
        String::new()
    }
}

fn form(browser: &Browser, login: String, next: String, trouble: Option<String>) -> SignInPage {
    SignInPage {
        w: browser.words(),
        shell: browser.bare_shell(),
        login,
        next,
        trouble,
    }
}

/// `GET /sign-in`
pub(crate) async fn show(browser: Browser, Query(asked): Query<Asked>) -> Response {
    page(&form(&browser, String::new(), own_path(&asked.next), None))
}

/// `POST /sign-in`
pub(crate) async fn enter(
    State(web): State<Web>,
    browser: Browser,
    ClientAddress(from): ClientAddress,
    Form(credentials): Form<Credentials>,
) -> Result<Response, Failure> {
    let next = own_path(&credentials.next);
    let password = Secret::new(credentials.password);
    match sign_in(&web.flow, credentials.login.trim(), &password, from).await {
        Ok(opened) => admit(&web, &opened, &next),
        Err(error) => {
            let failure = Failure::from(error);
            if failure.problem == Problem::Unavailable {
                return Err(failure);
            }
            let trouble = Some(browser.trouble(&failure));
            let mut response = answer(
                failure.problem.status(),
                &form(&browser, credentials.login, next, trouble),
            );
            if let Some(seconds) = failure.retry_after(web.door.clock.wall()) {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
            }
            Ok(response)
        }
    }
}

/// A redirect that carries the new session's cookie.
pub(crate) fn admit(web: &Web, opened: &Opened, next: &str) -> Result<Response, Failure> {
    let now = web.door.clock.wall();
    let cookie = cookie::keep(&web.door.settings, &opened.token, opened.expires_at, now);
    let cookie = cookie.ok_or(Failure::of(Problem::Internal))?;
    let target = if next.is_empty() { "/" } else { next };
    let headers = [
        (SET_COOKIE, cookie),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Redirect::to(target)).into_response())
}

/// `POST /sign-out`
pub(crate) async fn leave(State(web): State<Web>, SignedIn(staff): SignedIn) -> Result<Response, Failure> {
    sign_out(&web.flow, &staff).await?;
    let headers = [(SET_COOKIE, cookie::forget(&web.door.settings))];
    Ok((headers, Redirect::to("/sign-in")).into_response())
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn nobody_is_sent_elsewhere_after_signing_in() {
        for (next, want) in [
            ("/inbox", "/inbox"),
            (
                "/inbox/cnv_0192f0c1a2b37c44b1d2e3f405162738",
                "/inbox/cnv_0192f0c1a2b37c44b1d2e3f405162738",
            ),
            ("//evil.example", ""),
            ("/\\evil.example", ""),
            ("https://evil.example/inbox", ""),
            ("/sign-out", ""),
            ("/inbox?view=x", ""),
            ("", ""),
        ] {
            assert_eq!(own_path(next), want, "{next}");
        }
    }
}
