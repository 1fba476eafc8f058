//! The rows of the inbox.

use super::content::{kind_icon, kind_words};
use super::filters;
use super::shell::initials;
use crate::words::Words;
use crate::words::clockface::{Clockface, Moment};
use askama::Template;
use counterfoil_flow::reading::inbox::{InboxPage, InboxRow, View};
use counterfoil_model::ConversationId;
use counterfoil_model::message::Direction;

/// One conversation in the list.
pub(crate) struct Row<'a> {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) initials: String,
    pub(crate) last_four: Option<&'a str>,
    pub(crate) line: Option<&'a str>,
    pub(crate) icon: Option<&'static str>,
    pub(crate) kind: String,
    /// Whether the last word is ours: the line then says so.
    pub(crate) ours: bool,
    pub(crate) note: bool,
    pub(crate) at: Moment,
    pub(crate) order: i64,
    pub(crate) unread: u32,
    pub(crate) waiting: Option<Moment>,
    /// Until when free text may be sent, and how long that is.
    pub(crate) window: Option<Window>,
    pub(crate) open: bool,
}

/// What is left of the 24 hours.
pub(crate) struct Window {
    pub(crate) until: Moment,
    pub(crate) left: String,
    /// The same with one unit, for the list.
    pub(crate) short: String,
    /// Less than two hours are left.
    pub(crate) closing: bool,
}

impl Window {
    pub(crate) fn of(face: &Clockface, until: counterfoil_model::Timestamp) -> Option<Self> {
        if until <= face.now {
            return None;
        }
        let left = until.since(face.now);
        Some(Self {
            until: face.day_and_time(until),
            left: face.countdown(left),
            short: face.span(left),
            closing: left.as_secs() < 2 * 3600,
        })
    }
}

impl<'a> Row<'a> {
    pub(crate) fn of(w: Words, face: &Clockface, row: &'a InboxRow, open: Option<ConversationId>) -> Self {
        let name = row.name.as_ref().map(|name| name.expose().as_str());
        Self {
            id: row.conversation.to_string(),
            name: name.map_or_else(|| w.say("contact-unnamed"), str::to_owned),
            initials: name.map_or_else(String::new, initials),
            last_four: row.last_four.as_ref().map(|digits| digits.expose().as_str()),
            line: row.line.as_ref().map(|line| line.expose().as_str()),
            icon: kind_icon(row.kind),
            kind: kind_words(w, row.kind),
            ours: matches!(row.direction, Direction::Outbound | Direction::Internal),
            note: row.direction == Direction::Note,
            at: face.relative(row.last_at),
            order: row.last_at.micros(),
            unread: row.unread,
            waiting: row.waiting_since.map(|at| {
                let mut moment = face.relative(at);
                moment.short = face.span(face.now.since(at));
                moment
            }),
            window: row.window_until.and_then(|until| Window::of(face, until)),
            open: open == Some(row.conversation),
        }
    }
}

/// The list of conversations.
pub(crate) struct Rows<'a> {
    pub(crate) rows: Vec<Row<'a>>,
    pub(crate) waiting_only: bool,
    /// The address of the next page, if there is one.
    pub(crate) more: Option<String>,
    pub(crate) more_fragment: Option<String>,
}

impl<'a> Rows<'a> {
    pub(crate) fn of(
        w: Words,
        face: &Clockface,
        page: &'a InboxPage,
        view: View,
        open: Option<ConversationId>,
    ) -> Self {
        let view_name = view_name(view);
        let query = page.next.as_ref().map(|next| {
            let after = crate::pages::cursor::inbox(next);
            format!("view={view_name}&after={after}")
        });
        Self {
            rows: page.rows.iter().map(|row| Row::of(w, face, row, open)).collect(),
            waiting_only: view == View::Waiting,
            more: query.as_ref().map(|query| format!("/inbox?{query}")),
            more_fragment: query.map(|query| format!("/fragments/inbox?{query}")),
        }
    }
}

/// How a view is written in an address.
pub(crate) const fn view_name(view: View) -> &'static str {
    match view {
        View::All => "all",
        View::Waiting => "waiting",
    }
}

/// One row, for the live page.
#[derive(Template)]
#[template(path = "fragments/row.html")]
pub(crate) struct RowFragment<'a> {
    pub(crate) w: Words,
    pub(crate) row: Row<'a>,
}

/// More rows, for the live page.
#[derive(Template)]
#[template(path = "fragments/rows.html")]
pub(crate) struct RowsFragment<'a> {
    pub(crate) w: Words,
    pub(crate) list: Rows<'a>,
}
