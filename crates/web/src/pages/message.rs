//! One message by itself: its details with its life, putting it on a claim, and what one may do when it is not known whether it left.

use super::id::Id;
use crate::error::Failure;
use crate::session::{Browser, SignedIn};
use crate::state::Web;
use crate::views::bubble::Bubble;
use crate::views::life::Step;
use crate::views::message::{FileForm, FilePage, MessagePage};
use crate::views::shell::Area;
use crate::views::{answer, page};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use counterfoil_flow::filing::claims::{Claim, claims};
use counterfoil_flow::filing::file::file;
use counterfoil_flow::outbound::send_again;
use counterfoil_flow::reading::life::life;
use counterfoil_flow::reading::thread::message;
use counterfoil_model::MessageId;
use counterfoil_policy::Staff;
use serde::Deserialize;

/// The form that names a claim.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Target {
    pub(crate) claim: String,
}

/// `GET /messages/{message}`
pub(crate) async fn show(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Id(id): Id<MessageId>,
) -> Result<Response, Failure> {
    let (conversation, found) = message(&web.flow, &staff, id).await?;
    let steps = life(&web.flow, &staff, id).await?;
    let (w, face) = (browser.words(), browser.clockface());
    Ok(page(&MessagePage {
        w,
        shell: browser.shell(&web, Area::Inbox, &staff).await?.plain(),
        conversation: conversation.to_string(),
        bubble: Bubble::of(w, &face, &found),
        life: Step::all(w, &face, &steps),
    }))
}

/// Claims to begin with. None when the other system is away or not set up: the form then says so when it is sent.
pub(crate) async fn suggestions(web: &Web, staff: &Staff, query: &str) -> Vec<Claim> {
    claims(&web.flow, staff, query).await.unwrap_or_default()
}

/// `GET /messages/{message}/file`
pub(crate) async fn file_form(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Id(id): Id<MessageId>,
) -> Result<Response, Failure> {
    form(&web, &browser, &staff, id, None, None).await
}

/// `POST /messages/{message}/file`
pub(crate) async fn put_on_claim(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Id(id): Id<MessageId>,
    Form(target): Form<Target>,
) -> Result<Response, Failure> {
    match file(&web.flow, &staff, id, target.claim.trim()).await {
        Ok(_) => back(&web, &staff, id).await,
        Err(error) => form(&web, &browser, &staff, id, Some(target.claim), Some(error.into())).await,
    }
}

/// The form with what was `typed` before; without that, with a number that the other system refused, to be corrected.
async fn form(
    web: &Web,
    browser: &Browser,
    staff: &Staff,
    id: MessageId,
    typed: Option<String>,
    failure: Option<Failure>,
) -> Result<Response, Failure> {
    let (conversation, found) = message(&web.flow, staff, id).await?;
    let (w, face) = (browser.words(), browser.clockface());
    let bubble = Bubble::of(w, &face, &found);
    let claim = typed.or_else(|| bubble.filed.iter().find_map(|mark| mark.to_mend.clone()));
    let claim = claim.unwrap_or_default();
    let status = failure
        .as_ref()
        .map_or(StatusCode::OK, |failure| failure.problem.status());
    let view = FilePage {
        w,
        shell: browser.shell(web, Area::Inbox, staff).await?.plain(),
        conversation: conversation.to_string(),
        bubble,
        form: FileForm {
            message: id.to_string(),
            suggestions: suggestions(web, staff, &claim).await,
            claim,
            trouble: failure.map(|failure| browser.trouble(&failure)),
        },
    };
    Ok(answer(status, &view))
}

/// To the message in its conversation.
async fn back(web: &Web, staff: &Staff, id: MessageId) -> Result<Response, Failure> {
    let (conversation, _) = message(&web.flow, staff, id).await?;
    Ok(Redirect::to(&format!("/inbox/{conversation}#{id}")).into_response())
}

/// `POST /messages/{message}/check`
pub(crate) async fn check(
    State(web): State<Web>,
    SignedIn(staff): SignedIn,
    Id(id): Id<MessageId>,
) -> Result<Response, Failure> {
    send_again::check(&web.flow, &staff, id).await?;
    back(&web, &staff, id).await
}

/// `POST /messages/{message}/send-again`
pub(crate) async fn again(
    State(web): State<Web>,
    SignedIn(staff): SignedIn,
    Id(id): Id<MessageId>,
) -> Result<Response, Failure> {
    let written = send_again::send_again(&web.flow, &staff, id).await?;
    back(&web, &staff, written.message).await
}
