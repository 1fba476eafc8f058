//! Joining by a link that works once. Looking at it never uses it up; only choosing a password does.

use super::sign_in::admit;
use crate::error::{Failure, Problem};
use crate::session::Browser;
use crate::state::Web;
use crate::views::welcome::JoinPage;
use crate::views::{answer, page};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use counterfoil_flow::people::join::{JoinError, invited, join};
use counterfoil_model::{Opened, Secret};
use serde::Deserialize;

/// The form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choice {
    login: String,
    password: String,
}

async fn guest(web: &Web, token: &Secret) -> Result<Opened<String>, Failure> {
    let name = invited(&web.flow, token).await?;
    name.ok_or(Failure::of(Problem::LinkDead))
}

/// `GET /join/{token}`
pub(crate) async fn show(
    State(web): State<Web>,
    browser: Browser,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    let name = guest(&web, &Secret::new(token)).await?;
    Ok(page(&JoinPage {
        w: browser.words(),
        shell: browser.bare_shell(),
        name,
        login: String::new(),
        trouble: None,
    }))
}

/// `POST /join/{token}`
pub(crate) async fn enter(
    State(web): State<Web>,
    browser: Browser,
    Path(token): Path<String>,
    Form(choice): Form<Choice>,
) -> Result<Response, Failure> {
    let token = Secret::new(token);
    let password = Secret::new(choice.password);
    let error = match join(&web.flow, &token, choice.login.trim(), &password).await {
        Ok(opened) => return admit(&web, &opened, ""),
        Err(error @ (JoinError::LinkDead | JoinError::Unavailable(_))) => return Err(error.into()),
        Err(error) => Failure::from(error),
    };
    let view = JoinPage {
        w: browser.words(),
        shell: browser.bare_shell(),
        name: guest(&web, &token).await?,
        login: choice.login,
        trouble: Some(browser.trouble(&error)),
    };
    Ok(answer(error.problem.status(), &view))
}
