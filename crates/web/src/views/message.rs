//! One message by itself: its details with its life, and the form that puts it on a claim.

use super::bubble::Bubble;
use super::content::Content;
use super::filters;
use super::life::Step;
use super::shell::Shell;
use crate::words::Words;
use askama::Template;
use counterfoil_flow::filing::claims::Claim;

/// The details of a message, as a page.
#[derive(Template)]
#[template(path = "pages/message.html")]
pub(crate) struct MessagePage<'a> {
    pub(crate) w: Words,
    pub(crate) shell: Shell,
    pub(crate) conversation: String,
    pub(crate) bubble: Bubble<'a>,
    pub(crate) life: Vec<Step>,
}

/// The details of a message, for the panel of the live page.
#[derive(Template)]
#[template(path = "fragments/life.html")]
pub(crate) struct LifeFragment {
    pub(crate) w: Words,
    pub(crate) message: String,
    pub(crate) life: Vec<Step>,
}

/// The form that puts a message on a claim.
pub(crate) struct FileForm {
    pub(crate) message: String,
    pub(crate) claim: String,
    pub(crate) suggestions: Vec<Claim>,
    pub(crate) trouble: Option<String>,
}

/// That form as a page.
#[derive(Template)]
#[template(path = "pages/file.html")]
pub(crate) struct FilePage<'a> {
    pub(crate) w: Words,
    pub(crate) shell: Shell,
    pub(crate) conversation: String,
    pub(crate) bubble: Bubble<'a>,
    pub(crate) form: FileForm,
}

/// That form for the dialog of the live page.
#[derive(Template)]
#[template(path = "fragments/file.html")]
pub(crate) struct FileFragment {
    pub(crate) w: Words,
    pub(crate) suggestions: Vec<Claim>,
}

/// Claims that fit what was typed.
#[derive(Template)]
#[template(path = "fragments/claims.html")]
pub(crate) struct ClaimsFragment {
    pub(crate) w: Words,
    pub(crate) suggestions: Vec<Claim>,
}
