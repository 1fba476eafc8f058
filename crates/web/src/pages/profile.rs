//! One's own page: language, light or dark, keys. Kept in the browser.

use crate::error::{Failure, Problem};
use crate::session::preferences::Look;
use crate::session::{Browser, SignedIn};
use crate::state::Web;
use crate::views::page;
use crate::views::settings::ProfilePage;
use crate::views::shell::Area;
use crate::words::Language;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// Whether it was just saved.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    saved: bool,
}

/// The form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Likes {
    language: String,
    look: String,
    keys: String,
    enter: String,
}

/// `GET /profile`
pub(crate) async fn show(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    Ok(page(&ProfilePage {
        w: browser.words(),
        shell: browser.shell(&web, Area::Profile, &staff).await?,
        languages: Language::ALL,
        saved: asked.saved,
    }))
}

/// `POST /profile`
pub(crate) async fn save(browser: Browser, _: SignedIn, Form(likes): Form<Likes>) -> Result<Response, Failure> {
    let mut kept = browser.likes;
    kept.language = Language::from_tag(&likes.language).ok_or(Failure::malformed())?;
    kept.look = Look::from_name(&likes.look).ok_or(Failure::malformed())?;
    kept.keys = likes.keys == "on";
    kept.enter_sends = likes.enter == "sends";
    let cookie = kept
        .keep(&browser.door.settings)
        .ok_or(Failure::of(Problem::Internal))?;
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/profile?saved=true")).into_response())
}
