//! What went wrong, in plain words, with what to do next.

use super::composer::closed;
use super::shell::Shell;
use crate::error::{Detail, Failure, Problem};
use crate::words::clockface::Clockface;
use crate::words::{Words, size};
use askama::Template;

/// An error as a page.
#[derive(Template)]
#[template(path = "pages/failure.html")]
pub(crate) struct FailurePage {
    pub(crate) w: Words,
    pub(crate) shell: Shell,
    pub(crate) status: u16,
    pub(crate) what: String,
    pub(crate) next: String,
    pub(crate) operation: String,
}

/// An error as a part of a page.
#[derive(Template)]
#[template(path = "fragments/failure.html")]
pub(crate) struct FailureFragment {
    pub(crate) what: String,
    pub(crate) next: String,
}

/// What happened, in one sentence.
pub(crate) fn what(w: Words, face: &Clockface, failure: &Failure) -> String {
    let key = format!("error-{}", failure.code());
    match (failure.problem, &failure.detail) {
        (Problem::WindowClosed, Detail::LastInbound(at)) => closed(w, face, *at),
        (Problem::FileTooLarge, Detail::Limit(bytes)) => w.say_with(&key, &[("limit", size(w, *bytes).into())]),
        (_, Detail::Limit(limit)) => w.say_with(&key, &[("limit", limit.to_string().into())]),
        (_, Detail::Until(at)) => w.say_with(&key, &[("when", face.day_and_time(*at).short.into())]),
        (_, Detail::Field(field)) => {
            let known = format!("field-{field}");
            let name = if w.has(&known) {
                w.say(&known)
            } else {
                w.say("field-other")
            };
            w.say_with(&key, &[("field", name.into())])
        }
        _ => w.say(&key),
    }
}

/// What to do now, in one sentence.
pub(crate) fn next(w: Words, failure: &Failure) -> String {
    w.say(&format!("error-{}-next", failure.code()))
}

/// Both, for the place in a form where the trouble is shown.
pub(crate) fn both(w: Words, face: &Clockface, failure: &Failure) -> String {
    format!("{} {}", what(w, face, failure), next(w, failure))
}
