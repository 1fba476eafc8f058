//! A conversation for the live page: opening it, older messages, the 24 hours, writing, drafts, and how far it was seen.

use crate::composed::Composed;
use crate::error::Failure;
use crate::pages::id::Id;
use crate::pages::inbox::{Asked, messages};
use crate::session::{Browser, SignedIn};
use crate::state::Web;
use crate::views::bubble::Bubble;
use crate::views::composer::Allowance;
use crate::views::shell::Area;
use crate::views::thread::{BubbleFragment, OlderFragment, ThreadFragment, ThreadView, WindowFragment};
use crate::views::{answer, page};
use axum::Form;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_flow::outbound::draft::draft_save;
use counterfoil_flow::reading::seen::mark_seen;
use counterfoil_flow::reading::thread::{message, thread};
use counterfoil_model::ConversationId;
use serde::Deserialize;

/// `GET /fragments/conversations/{conversation}`: the thread with its panel.
pub(crate) async fn open(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Id(conversation): Id<ConversationId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let found = messages(&web, &staff, conversation, &asked).await?;
    let (w, face) = (browser.words(), browser.clockface());
    let shell = browser.shell(&web, Area::Inbox, &staff).await?;
    let thread = ThreadView::of(w, &face, &found, web.door.nonce(), asked.newest());
    Ok(page(&ThreadFragment { w, shell, thread }))
}

/// `GET /fragments/conversations/{conversation}/older`: messages before those shown.
pub(crate) async fn older(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Id(conversation): Id<ConversationId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let found = messages(&web, &staff, conversation, &asked).await?;
    let (w, face) = (browser.words(), browser.clockface());
    let thread = ThreadView::of(w, &face, &found, String::new(), false);
    Ok(page(&OlderFragment { w, thread }))
}

/// `GET /fragments/conversations/{conversation}/window`: what is left of the 24 hours.
pub(crate) async fn window(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Id(conversation): Id<ConversationId>,
) -> Result<Response, Failure> {
    let found = thread(&web.flow, &staff, conversation, None, 1).await?;
    let (w, face) = (browser.words(), browser.clockface());
    let allowance = Allowance::of(w, &face, found.window_until, found.last_inbound_at);
    Ok(page(&WindowFragment { w, allowance }))
}

/// `POST /fragments/conversations/{conversation}/messages`: writes and answers with the bubble.
pub(crate) async fn compose(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Id(conversation): Id<ConversationId>,
    request: Request,
) -> Result<Response, Failure> {
    let composed = Composed::read(&web, request).await?;
    let written = composed.write(&web, &staff, conversation).await?;
    let (_, found) = message(&web.flow, &staff, written.message).await?;
    let (w, face) = (browser.words(), browser.clockface());
    let bubble = Bubble::of(w, &face, &found);
    Ok(answer(StatusCode::CREATED, &BubbleFragment { w, bubble }))
}

/// A begun text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    text: String,
}

/// `PUT /fragments/conversations/{conversation}/draft`
pub(crate) async fn draft(
    State(web): State<Web>,
    SignedIn(staff): SignedIn,
    Id(conversation): Id<ConversationId>,
    Form(draft): Form<Draft>,
) -> Result<StatusCode, Failure> {
    draft_save(&web.flow, &staff, conversation, draft.text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /fragments/conversations/{conversation}/seen`
pub(crate) async fn seen(
    State(web): State<Web>,
    SignedIn(staff): SignedIn,
    Id(conversation): Id<ConversationId>,
) -> Result<StatusCode, Failure> {
    mark_seen(&web.flow, &staff, conversation, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /fragments/conversations/{conversation}/unseen`
pub(crate) async fn unseen(
    State(web): State<Web>,
    SignedIn(staff): SignedIn,
    Id(conversation): Id<ConversationId>,
) -> Result<StatusCode, Failure> {
    mark_seen(&web.flow, &staff, conversation, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
