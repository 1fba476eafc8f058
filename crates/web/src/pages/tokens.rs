//! Settings: tokens for the API, shown once.

use crate::error::Failure;
use crate::session::{Browser, SignedIn};
use crate::state::Web;
use crate::views::page;
use crate::views::settings::{ShownOnce, TokensPage};
use crate::views::shell::Area;
use axum::extract::State;
use axum::response::Response;
use counterfoil_flow::people::token::token_create;

/// `GET /settings/tokens`
pub(crate) async fn show(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
) -> Result<Response, Failure> {
    Ok(page(&TokensPage {
        w: browser.words(),
        shell: browser.shell(&web, Area::Tokens, &staff).await?,
        token: None,
    }))
}

/// `POST /settings/tokens`: the token is shown on this very answer and never again.
pub(crate) async fn create(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
) -> Result<Response, Failure> {
    let (_, token) = token_create(&web.flow, &staff).await?;
    Ok(page(&TokensPage {
        w: browser.words(),
        shell: browser.shell(&web, Area::Tokens, &staff).await?,
        token: Some(ShownOnce {
            text: token.reveal().to_owned(),
            until: None,
        }),
    }))
}
