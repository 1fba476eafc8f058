//! Rows of the inbox.

use crate::error::Failure;
use crate::pages::id::Id;
use crate::pages::inbox::{Asked, list};
use crate::session::{Browser, SignedIn};
use crate::state::Web;
use crate::views::page;
use crate::views::rows::{Row, RowFragment, Rows, RowsFragment};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_flow::reading::inbox::inbox_row;
use counterfoil_model::ConversationId;

/// `GET /fragments/inbox`: a page of rows.
pub(crate) async fn rows(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let found = list(&web, &staff, &asked).await?;
    let (w, face) = (browser.words(), browser.clockface());
    let list = Rows::of(w, &face, &found, asked.view(), None);
    Ok(page(&RowsFragment { w, list }))
}

/// `GET /fragments/inbox/{conversation}`: one row; 204 when it is not there any more.
pub(crate) async fn row(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Id(conversation): Id<ConversationId>,
) -> Result<Response, Failure> {
    let Some(found) = inbox_row(&web.flow, &staff, conversation).await? else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let (w, face) = (browser.words(), browser.clockface());
    let row = Row::of(w, &face, &found, None);
    Ok(page(&RowFragment { w, row }))
}
