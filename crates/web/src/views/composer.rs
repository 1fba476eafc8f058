//! Where replies and notes are written, with what is left of the 24 hours.

use super::rows::Window;
use crate::words::Words;
use crate::words::clockface::Clockface;
use counterfoil_flow::reading::thread::Thread;
use counterfoil_model::Timestamp;

/// Whether free text may be sent now.
pub(crate) struct Allowance {
    pub(crate) window: Option<Window>,
    /// Why it may not: the sentence with the contact's last message in it.
    pub(crate) closed: String,
}

impl Allowance {
    pub(crate) fn of(w: Words, face: &Clockface, until: Option<Timestamp>, last_inbound_at: Option<Timestamp>) -> Self {
        Self {
            window: until.and_then(|until| Window::of(face, until)),
            closed: closed(w, face, last_inbound_at),
        }
    }
}

/// "24 hours are over since their last message (yesterday 09:14)".
pub(crate) fn closed(w: Words, face: &Clockface, last_inbound_at: Option<Timestamp>) -> String {
    match last_inbound_at {
        Some(at) => w.say_with("window-closed", &[("when", face.day_and_time(at).short.into())]),
        None => w.say("window-never-open"),
    }
}

/// The composer of one conversation.
pub(crate) struct Composer<'a> {
    pub(crate) allowance: Allowance,
    /// What stood in it: a draft, or what could not be sent.
    pub(crate) text: &'a str,
    /// Whether it stands on note: chosen, or because nothing else is possible.
    pub(crate) note: bool,
    /// Makes a form that is sent twice one message.
    pub(crate) key: String,
    /// Why the last try did not work.
    pub(crate) trouble: Option<String>,
}

impl<'a> Composer<'a> {
    pub(crate) fn of(w: Words, face: &Clockface, thread: &'a Thread, key: String) -> Self {
        Self {
            allowance: Allowance::of(w, face, thread.window_until, thread.last_inbound_at),
            text: thread.draft.as_ref().map_or("", |draft| draft.expose().as_str()),
            note: false,
            key,
            trouble: None,
        }
    }
}
