//! One conversation: its head, its messages, the composer, and the panel beside it.

use super::bubble::Bubble;
use super::composer::{Allowance, Composer};
use super::content::Content;
use super::file_card::FileCard;
use super::filed::Filed;
use super::filters;
use super::rows::Rows;
use super::shell::{Shell, initials};
use crate::words::Words;
use crate::words::clockface::{Clockface, Moment};
use askama::Template;
use counterfoil_flow::reading::thread::Thread;

/// One conversation as it is read.
pub(crate) struct ThreadView<'a> {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) initials: String,
    pub(crate) last_four: Option<&'a str>,
    pub(crate) channel: Option<&'a str>,
    pub(crate) last_inbound: Option<Moment>,
    pub(crate) bubbles: Vec<Bubble<'a>>,
    pub(crate) first_unread: Option<String>,
    /// Where older messages are, as a page and as a fragment.
    pub(crate) older: Option<String>,
    pub(crate) composer: Composer<'a>,
    /// Whether this is the newest page; only then are new messages put under it.
    pub(crate) newest: bool,
}

impl<'a> ThreadView<'a> {
    pub(crate) fn of(w: Words, face: &Clockface, thread: &'a Thread, key: String, newest: bool) -> Self {
        let name = thread.name.as_ref().map(|name| name.expose().as_str());
        Self {
            id: thread.conversation.to_string(),
            name: name.map_or_else(|| w.say("contact-unnamed"), str::to_owned),
            initials: name.map_or_else(String::new, initials),
            last_four: thread.last_four.as_ref().map(|digits| digits.expose().as_str()),
            channel: thread.channel_title.as_ref().map(|title| title.expose().as_str()),
            last_inbound: thread.last_inbound_at.map(|at| face.day_and_time(at)),
            bubbles: thread
                .messages
                .iter()
                .map(|message| Bubble::of(w, face, message))
                .collect(),
            first_unread: thread.first_unread.map(|id| id.to_string()),
            older: thread.older.as_ref().map(crate::pages::cursor::thread),
            composer: Composer::of(w, face, thread, key),
            newest,
        }
    }

    /// Whether a day's heading belongs over the bubble at this place.
    pub(crate) fn starts_day(&self, place: &usize) -> bool {
        starts_day(&self.bubbles, *place)
    }

    pub(crate) fn is_first_unread(&self, bubble: &Bubble<'_>) -> bool {
        self.first_unread.as_deref() == Some(bubble.id.as_str())
    }

    /// All files of the messages on this page, newest first.
    pub(crate) fn files(&self) -> Vec<(&Bubble<'a>, &FileCard)> {
        let all = self.bubbles.iter().rev();
        all.flat_map(|bubble| bubble.files.iter().map(move |file| (bubble, file)))
            .collect()
    }

    /// All filings of the messages on this page, newest first.
    pub(crate) fn filings(&self) -> Vec<(&Bubble<'a>, &Filed)> {
        let all = self.bubbles.iter().rev();
        all.flat_map(|bubble| bubble.filed.iter().map(move |filed| (bubble, filed)))
            .collect()
    }
}

fn starts_day(bubbles: &[Bubble<'_>], place: usize) -> bool {
    place == 0 || bubbles[place - 1].day_key != bubbles[place].day_key
}

/// The inbox: the list, and a conversation where one is open.
#[derive(Template)]
#[template(path = "pages/inbox.html")]
pub(crate) struct InboxPageView<'a> {
    pub(crate) w: Words,
    pub(crate) shell: Shell,
    pub(crate) list: Rows<'a>,
    pub(crate) thread: Option<ThreadView<'a>>,
}

/// A conversation with its panel, for the live page.
#[derive(Template)]
#[template(path = "fragments/thread.html")]
pub(crate) struct ThreadFragment<'a> {
    pub(crate) w: Words,
    pub(crate) shell: Shell,
    pub(crate) thread: ThreadView<'a>,
}

/// Older messages, for the live page.
#[derive(Template)]
#[template(path = "fragments/older.html")]
pub(crate) struct OlderFragment<'a> {
    pub(crate) w: Words,
    pub(crate) thread: ThreadView<'a>,
}

/// One message, for the live page, with the heading of its day.
#[derive(Template)]
#[template(path = "fragments/bubble.html")]
pub(crate) struct BubbleFragment<'a> {
    pub(crate) w: Words,
    pub(crate) bubble: Bubble<'a>,
}

/// What is left of the 24 hours, for the live page.
#[derive(Template)]
#[template(path = "fragments/window.html")]
pub(crate) struct WindowFragment {
    pub(crate) w: Words,
    pub(crate) allowance: Allowance,
}
