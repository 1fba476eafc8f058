//! The life of a message as one strip: each step with its time and its place in the log.

use crate::words::Words;
use crate::words::clockface::{Clockface, Moment};
use counterfoil_flow::reading::life::{LifeEvent, LifeStep};
use counterfoil_model::tick::TickState;

/// One step on the strip.
pub(crate) struct Step {
    /// Names the step for the style sheet.
    pub(crate) name: String,
    pub(crate) icon: &'static str,
    pub(crate) said: String,
    pub(crate) at: Moment,
    /// Its place in the log, or why it has none.
    pub(crate) proof: String,
    /// Whether something went wrong here.
    pub(crate) trouble: bool,
}

impl Step {
    pub(crate) fn all(w: Words, face: &Clockface, steps: &[LifeStep]) -> Vec<Self> {
        steps.iter().map(|step| Self::of(w, face, step)).collect()
    }

    fn of(w: Words, face: &Clockface, step: &LifeStep) -> Self {
        let (name, icon) = match step.event {
            LifeEvent::Written => ("written".to_owned(), "pen"),
            LifeEvent::Recorded => ("recorded".to_owned(), "seal"),
            LifeEvent::Fetched => ("fetched".to_owned(), "document"),
            LifeEvent::Unfetched => ("unfetched".to_owned(), "warning"),
            LifeEvent::DeletedAtProvider => ("deleted_at_provider".to_owned(), "broom"),
            LifeEvent::Tick(state) => (format!("tick-{}", state.name()), tick_icon(state)),
            LifeEvent::Read => ("read".to_owned(), "eye"),
            LifeEvent::ToBeFiled => ("to_be_filed".to_owned(), "clock"),
            LifeEvent::Filed => ("filed".to_owned(), "stub"),
            LifeEvent::FilingRefused => ("filing_refused".to_owned(), "warning"),
        };
        let failed = LifeEvent::Tick(TickState::Failed);
        Self {
            said: w.say(&format!("life-{name}")),
            trouble: matches!(step.event, LifeEvent::Unfetched | LifeEvent::FilingRefused) || step.event == failed,
            at: face.day_and_time(step.at),
            proof: proof(w, step),
            name,
            icon,
        }
    }
}

/// The number of the step's leaf. When a message was written is the provider's word and has no leaf of its own.
fn proof(w: Words, step: &LifeStep) -> String {
    match (step.leaf, step.event) {
        (Some(leaf), _) => w.say_with("proof-number", &[("number", leaf.to_string().into())]),
        (None, LifeEvent::Written) => w.say("proof-provider"),
        (None, _) => w.say("proof-waiting"),
    }
}

const fn tick_icon(state: TickState) -> &'static str {
    match state {
        TickState::Queued => "clock",
        TickState::Uncertain => "question",
        TickState::Accepted | TickState::Sent => "tick",
        TickState::Delivered | TickState::Read | TickState::Played => "ticks",
        TickState::Failed => "warning",
    }
}
