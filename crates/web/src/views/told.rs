//! The page of what WhatsApp tells of its own.

use super::filters;
use super::shell::Shell;
use crate::words::Words;
use crate::words::clockface::{Clockface, Moment};
use askama::Template;
use counterfoil_flow::connections::told::{Told, Weight};

/// One statement.
pub(crate) struct ToldRow<'a> {
    pub(crate) id: String,
    /// `information`, `attention` or `alarm`.
    pub(crate) weight: &'static str,
    pub(crate) weight_said: String,
    pub(crate) what: String,
    pub(crate) event: Option<&'a str>,
    pub(crate) about: Option<&'a str>,
    /// What to do now, where there is something to do.
    pub(crate) advice: Option<String>,
    pub(crate) whole: Option<&'a str>,
    pub(crate) at: Moment,
}

impl<'a> ToldRow<'a> {
    pub(crate) fn of(w: Words, face: &Clockface, told: &'a Told) -> Self {
        let weight = match told.weight {
            Weight::Information => "information",
            Weight::Attention => "attention",
            Weight::Alarm => "alarm",
        };
        let name = told.kind.rsplit('.').next().unwrap_or(told.kind);
        let what = format!("told-{name}");
        let event = told.event.as_ref().map(|event| event.expose().as_str());
        // What to do hangs on what happened, else on what it is about; only what matters needs it.
        let advice = [
            event.map(|event| format!("told-{name}-next-{}", event.to_ascii_lowercase())),
            Some(format!("told-{name}-next")),
        ];
        let advice = advice
            .into_iter()
            .flatten()
            .find(|key| w.has(key))
            .map(|key| w.say(&key));
        Self {
            id: told.id.to_string(),
            weight,
            weight_said: w.say(&format!("weight-{weight}")),
            what: w.say(if w.has(&what) { &what } else { "told-other" }),
            event,
            about: told.about.as_ref().map(|about| about.expose().as_str()),
            advice: advice.filter(|_| told.weight > Weight::Information),
            whole: told.whole.as_ref().map(|whole| whole.expose().as_str()),
            at: face.day_and_time(told.at),
        }
    }
}

/// What WhatsApp tells.
#[derive(Template)]
#[template(path = "pages/told.html")]
pub(crate) struct ToldPage<'a> {
    pub(crate) w: Words,
    pub(crate) shell: Shell,
    pub(crate) rows: Vec<ToldRow<'a>>,
    /// The wanted weight: empty, `attention` or `alarm`.
    pub(crate) least: String,
    pub(crate) older: Option<String>,
}

impl ToldPage<'_> {
    /// The choices of weight with their names.
    pub(crate) fn choices(&self) -> [(&'static str, &'static str); 3] {
        [
            ("", "told-all"),
            ("attention", "told-attention"),
            ("alarm", "told-alarms"),
        ]
    }
}
