//! The inbox, alone or with a conversation open.

use super::cursor;
use super::id::Id;
use crate::error::Failure;
use crate::session::{Browser, SignedIn};
use crate::state::Web;
use crate::views::page;
use crate::views::rows::Rows;
use crate::views::shell::Area;
use crate::views::thread::{InboxPageView, ThreadView};
use axum::extract::{Query, State};
use axum::response::{Redirect, Response};
use counterfoil_flow::live;
use counterfoil_flow::reading::inbox::{InboxPage, InboxQuery, View, inbox};
use counterfoil_flow::reading::thread::{Thread, thread};
use counterfoil_model::ConversationId;
use counterfoil_policy::Staff;
use serde::Deserialize;

/// Rows on a page of the list.
const ROWS: u16 = 40;
/// Messages on a page of a thread.
pub(crate) const MESSAGES: u16 = 50;

/// Which part of the list.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    view: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    before: String,
}

impl Asked {
    pub(crate) fn view(&self) -> View {
        if self.view == "waiting" {
            View::Waiting
        } else {
            View::All
        }
    }

    fn query(&self) -> InboxQuery {
        InboxQuery {
            view: self.view(),
            after: cursor::read_inbox(&self.after),
            limit: ROWS,
        }
    }
}

/// One page of the list, as the use case gives it.
pub(crate) async fn list(web: &Web, staff: &Staff, asked: &Asked) -> Result<InboxPage, Failure> {
    Ok(inbox(&web.flow, staff, asked.query()).await?)
}

/// One page of a thread, as the use case gives it.
pub(crate) async fn messages(
    web: &Web,
    staff: &Staff,
    conversation: ConversationId,
    asked: &Asked,
) -> Result<Thread, Failure> {
    let before = cursor::read_thread(&asked.before);
    Ok(thread(&web.flow, staff, conversation, before, MESSAGES).await?)
}

impl Asked {
    /// Whether the newest messages are asked for.
    pub(crate) fn newest(&self) -> bool {
        cursor::read_thread(&self.before).is_none()
    }
}

/// `GET /`
pub(crate) async fn home(SignedIn(staff): SignedIn) -> Redirect {
    Redirect::to(if staff.reads() { "/inbox" } else { "/settings/people" })
}

/// `GET /inbox`
pub(crate) async fn show(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    // The number first, then the content: what happens in between is told again rather than missed.
    let newest = live::newest(&web.flow).await?;
    let found = list(&web, &staff, &asked).await?;
    let (w, face) = (browser.words(), browser.clockface());
    let shell = browser.shell(&web, Area::Inbox, &staff).await?.live(newest);
    Ok(page(&InboxPageView {
        w,
        shell,
        list: Rows::of(w, &face, &found, asked.view(), None),
        thread: None,
    }))
}

/// `GET /inbox/{conversation}`
pub(crate) async fn open(
    State(web): State<Web>,
    browser: Browser,
    SignedIn(staff): SignedIn,
    Id(conversation): Id<ConversationId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let newest = live::newest(&web.flow).await?;
    let found = list(&web, &staff, &asked).await?;
    let thread = messages(&web, &staff, conversation, &asked).await?;
    let (w, face) = (browser.words(), browser.clockface());
    let shell = browser
        .shell(&web, Area::Inbox, &staff)
        .await?
        .live(newest)
        .with_thread(true);
    Ok(page(&InboxPageView {
        w,
        shell,
        list: Rows::of(w, &face, &found, asked.view(), Some(conversation)),
        thread: Some(ThreadView::of(w, &face, &thread, web.door.nonce(), asked.newest())),
    }))
}
