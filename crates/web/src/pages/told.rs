//! Settings: what WhatsApp tells of the account, its numbers and templates.

use crate::error::Failure;
use crate::session::{Browser, SignedIn};
use crate::state::Web;
use crate::views::answer;
use crate::views::shell::Area;
use crate::views::told::{ToldPage, ToldRow};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_flow::connections::told::{Weight, told};
use counterfoil_model::KeptId;
use serde::Deserialize;

/// How many stand on a page.
const PAGE: usize = 50;

/// Which part of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    /// Only what matters: `attention` or `alarm`.
    #[serde(default)]
    least: String,
    /// Older than this.
    before: Option<KeptId>,
}

/// `GET /settings/told`
pub(crate) async fn show(
    State(web): State<Web>,
    browser: Browser,
    signed_in: SignedIn,
    Query(part): Query<Part>,
) -> Result<Response, Failure> {
    let least = match part.least.as_str() {
        "" => Weight::Information,
        "attention" => Weight::Attention,
        "alarm" => Weight::Alarm,
        _ => return Err(Failure::malformed()),
    };
    let list = told(&web.flow, &signed_in.actor(), least, part.before, PAGE).await?;
    let face = browser.clockface();
    let view = ToldPage {
        w: browser.words(),
        shell: browser.shell(&web, Area::Told, &signed_in.0).await?,
        rows: list
            .items
            .iter()
            .map(|one| ToldRow::of(browser.words(), &face, one))
            .collect(),
        least: part.least,
        older: list.older.map(|id| id.to_string()),
    };
    Ok(answer(StatusCode::OK, &view))
}
