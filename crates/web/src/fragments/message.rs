//! A message for the live page: its bubble, its life, the dialog that puts it on a claim, and trying again.

use crate::error::Failure;
use crate::pages::id::Id;
use crate::pages::message::{Target, suggestions};
use crate::session::{Browser, SignedIn};
use crate::state::Web;
use crate::views::bubble::Bubble;
use crate::views::life::Step;
use crate::views::message::{ClaimsFragment, FileFragment, LifeFragment};
use crate::views::page;
use crate::views::thread::BubbleFragment;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use counterfoil_flow::filing::file::file;
use counterfoil_flow::outbound::send_again;
use counterfoil_flow::reading::life::life;
use counterfoil_flow::reading::thread::message;
use counterfoil_model::MessageId;
use counterfoil_policy::Staff;

async fn bubble_of(web: &Web, browser: &Browser, staff: &Staff, id: MessageId) -> Result<Response, Failure> {
    let (_, found) = message(&web.flow, staff, id).await?;
    let (w, face) = (browser.words(), browser.clockface());
    let bubble = Bubble::of(w, &face, &found);
    Ok(page(&BubbleFragment { w, bubble }))
}

/// `GET /fragments/messages/{message}`
pub(crate) async fn bubble(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Id(id): Id<MessageId>,
) -> Result<Response, Failure> {
    bubble_of(&web, &browser, &staff, id).await
}

/// `GET /fragments/messages/{message}/life`
pub(crate) async fn strip(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Id(id): Id<MessageId>,
) -> Result<Response, Failure> {
    let steps = life(&web.flow, &staff, id).await?;
    let (w, face) = (browser.words(), browser.clockface());
    Ok(page(&LifeFragment {
        w,
        message: id.to_string(),
        life: Step::all(w, &face, &steps),
    }))
}

/// `GET /fragments/file`: the form for the dialog. Which messages go is shown from what is on the page.
pub(crate) async fn file_form(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
) -> Result<Response, Failure> {
    Ok(page(&FileFragment {
        w: browser.words(),
        suggestions: suggestions(&web, &staff, "").await,
    }))
}

/// `POST /fragments/messages/{message}/file`: answers with the bubble, which now bears its mark.
pub(crate) async fn put_on_claim(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Id(id): Id<MessageId>,
    Form(target): Form<Target>,
) -> Result<Response, Failure> {
    file(&web.flow, &staff, id, target.claim.trim()).await?;
    bubble_of(&web, &browser, &staff, id).await
}

/// `POST /fragments/claims`: claims that fit what was typed. A post, so that the number stands in no address.
pub(crate) async fn claims(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Form(target): Form<Target>,
) -> Result<Response, Failure> {
    let suggestions = suggestions(&web, &staff, target.claim.trim()).await;
    let w = browser.words();
    Ok(page(&ClaimsFragment { w, suggestions }))
}

/// `POST /fragments/messages/{message}/check`
pub(crate) async fn check(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Id(id): Id<MessageId>,
) -> Result<Response, Failure> {
    send_again::check(&web.flow, &staff, id).await?;
    bubble_of(&web, &browser, &staff, id).await
}

/// `POST /fragments/messages/{message}/send-again`: answers with the new bubble.
pub(crate) async fn again(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Id(id): Id<MessageId>,
) -> Result<Response, Failure> {
    let written = send_again::send_again(&web.flow, &staff, id).await?;
    bubble_of(&web, &browser, &staff, written.message).await
}
