//! Replying and noting with the plain form: a redirect when it is written, the page again with what was typed when it is not.

use super::id::Id;
use super::inbox::{Asked, list, messages};
use crate::composed::Composed;
use crate::error::Failure;
use crate::session::{Browser, SignedIn};
use crate::state::Web;
use crate::views::answer;
use crate::views::rows::Rows;
use crate::views::shell::Area;
use crate::views::thread::{InboxPageView, ThreadView};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use counterfoil_flow::live;
use counterfoil_model::ConversationId;
use counterfoil_policy::Staff;

/// `POST /inbox/{conversation}`
pub(crate) async fn compose(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Id(conversation): Id<ConversationId>,
    request: Request,
) -> Result<Response, Failure> {
    let composed = Composed::read(&web, request).await?;
    let (text, note) = (composed.text.clone(), composed.note);
    match composed.write(&web, &staff, conversation).await {
        Ok(written) => Ok(Redirect::to(&format!("/inbox/{conversation}#{}", written.message)).into_response()),
        Err(error) => again(&web, &browser, &staff, conversation, &text, note, error.into()).await,
    }
}

/// The conversation with what was typed still in it, and why it could not be written.
async fn again(
    web: &Web,
    browser: &Browser,
    staff: &Staff,
    conversation: ConversationId,
    text: &str,
    note: bool,
    failure: Failure,
) -> Result<Response, Failure> {
    let newest = live::newest(&web.flow).await?;
    let asked = Asked::default();
    let found = list(web, staff, &asked).await?;
    let thread = messages(web, staff, conversation, &asked).await?;
    let (w, face) = (browser.words(), browser.clockface());
    let shell = browser
        .shell(web, Area::Inbox, staff)
        .await?
        .live(newest)
        .with_thread(true);
    let mut view = ThreadView::of(w, &face, &thread, web.door.nonce(), true);
    view.composer.text = text;
    view.composer.note = note;
    view.composer.trouble = Some(browser.trouble(&failure));
    let view = InboxPageView {
        w,
        shell,
        list: Rows::of(w, &face, &found, asked.view(), Some(conversation)),
        thread: Some(view),
    };
    Ok(answer(failure.problem.status(), &view))
}
