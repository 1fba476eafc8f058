//! One message as a bubble: who, what, when, how far, and where it was filed.

use super::content::{Content, along};
use super::file_card::FileCard;
use super::filed::Filed;
use crate::words::Words;
use crate::words::clockface::{Clockface, Moment};
use counterfoil_flow::reading::thread::MessageView;
use counterfoil_model::message::{Direction, MessageKind, Origin};
use counterfoil_model::tick::TickState;

/// One message.
pub(crate) struct Bubble<'a> {
    pub(crate) id: String,
    /// `inbound`, `outbound`, `internal`, `note` or `system`: decides side and colour.
    pub(crate) side: &'static str,
    pub(crate) author: Option<&'a str>,
    /// By which way it came to be here, when it was not the usual one.
    pub(crate) origin: Option<String>,
    /// What came along with it.
    pub(crate) along: Vec<String>,
    pub(crate) at: Moment,
    /// For putting bubbles in order.
    pub(crate) order: i64,
    pub(crate) day_key: String,
    pub(crate) day: String,
    pub(crate) content: Content<'a>,
    /// What was first sent, when it was edited later.
    pub(crate) first: Option<FirstVersion<'a>>,
    pub(crate) withdrawn: Option<Moment>,
    pub(crate) quoted: Option<QuotedLine<'a>>,
    pub(crate) files: Vec<FileCard>,
    pub(crate) reactions: Vec<&'a str>,
    pub(crate) state: Option<State>,
    pub(crate) failure: Option<Reason>,
    pub(crate) filed: Vec<Filed>,
    /// Whether it can be put on a claim: what contact and staff said to each other, and notes.
    pub(crate) can_be_filed: bool,
    /// Whether it can be answered with a quote.
    pub(crate) can_be_quoted: bool,
}

/// What a message said before it was edited.
pub(crate) struct FirstVersion<'a> {
    pub(crate) content: Content<'a>,
    pub(crate) edited: Moment,
}

/// What a message answers.
pub(crate) struct QuotedLine<'a> {
    pub(crate) message: Option<String>,
    pub(crate) line: Option<&'a str>,
}

/// How far an outbound message got.
pub(crate) struct State {
    pub(crate) name: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) said: String,
}

/// Why a message failed, and what to do now.
pub(crate) struct Reason {
    pub(crate) what: String,
    pub(crate) next: String,
}

impl<'a> Bubble<'a> {
    pub(crate) fn of(w: Words, face: &Clockface, message: &'a MessageView) -> Self {
        let first = Content::of(w, message.body.as_ref().map(|body| body.expose()), message.kind);
        let (content, first) = match message.edits.last() {
            Some((latest, at)) => {
                let edited = face.day_and_time(*at);
                let content = Content::of(w, Some(latest.expose()), message.kind);
                (content, Some(FirstVersion { content: first, edited }))
            }
            None => (first, None),
        };
        let is_line = message.direction == Direction::System || is_line(message.kind);
        Self {
            id: message.id.to_string(),
            side: if is_line {
                Direction::System.name()
            } else {
                message.direction.name()
            },
            author: message.author.as_ref().map(|name| name.expose().as_str()),
            origin: (message.origin != Origin::Live).then(|| w.say(&format!("origin-{}", message.origin.name()))),
            along: along(w, message.body.as_ref().map(|body| body.expose())),
            at: face.time_of_day(message.occurred_at),
            order: message.occurred_at.micros(),
            day_key: face.day_key(message.occurred_at),
            day: face.day_heading(message.occurred_at),
            content,
            first,
            withdrawn: message.withdrawn_at.map(|at| face.day_and_time(at)),
            quoted: message.quoted.as_ref().map(|quoted| QuotedLine {
                message: quoted.message.map(|id| id.to_string()),
                line: quoted.line.as_ref().map(|line| line.expose().as_str()),
            }),
            files: message.attachments.iter().map(|file| FileCard::of(w, file)).collect(),
            reactions: message
                .reactions
                .iter()
                .map(|one| one.emoji.expose().as_str())
                .collect(),
            state: message.state.map(|state| State::of(w, state)),
            failure: message
                .state
                .filter(|state| *state == TickState::Failed)
                .map(|_| reason(w, message.failure)),
            filed: Filed::all(w, face, &message.filings),
            can_be_filed: !is_line && message.body.is_some(),
            can_be_quoted: !is_line
                && message.body.is_some()
                && matches!(message.direction, Direction::Inbound | Direction::Outbound),
        }
    }

    pub(crate) fn is(&self, side: &str) -> bool {
        self.side == side
    }

    pub(crate) fn in_state(&self, name: &str) -> bool {
        self.state.as_ref().is_some_and(|state| state.name == name)
    }
}

/// What stands as a line across the thread and not as a bubble.
fn is_line(kind: MessageKind) -> bool {
    use MessageKind::{Call, Edit, Placeholder, Reaction, System, Welcome, Withdrawal};
    matches!(
        kind,
        System | Welcome | Reaction | Edit | Withdrawal | Call | Placeholder
    )
}

impl State {
    fn of(w: Words, state: TickState) -> Self {
        let icon = match state {
            TickState::Queued => "clock",
            TickState::Uncertain => "question",
            TickState::Accepted | TickState::Sent => "tick",
            TickState::Delivered | TickState::Read | TickState::Played => "ticks",
            TickState::Failed => "warning",
        };
        Self {
            name: state.name(),
            icon,
            said: w.say(&format!("state-{}", state.name())),
        }
    }
}

/// The plain reason behind a failure's name and the next step.
fn reason(w: Words, name: Option<&str>) -> Reason {
    let key = name.map(|name| format!("failure-{name}")).filter(|key| w.has(key));
    let key = key.unwrap_or_else(|| "failure-other".to_owned());
    Reason {
        what: w.say(&key),
        next: w.say(&format!("{key}-next")),
    }
}
