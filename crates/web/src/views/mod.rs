//! What templates are given: one typed struct per page or part, built from what a use case returned.
//!
//! A view borrows opened content, never copies it to keep it, and lives as long as one answer. Everything is worked out here, so that
//! templates only place it.

pub(crate) mod bubble;
pub(crate) mod composer;
pub(crate) mod content;
pub(crate) mod failure;
pub(crate) mod file_card;
pub(crate) mod filed;
pub(crate) mod filters;
pub(crate) mod life;
pub(crate) mod markup;
pub(crate) mod message;
pub(crate) mod rows;
pub(crate) mod settings;
pub(crate) mod shell;
pub(crate) mod thread;
pub(crate) mod told;
pub(crate) mod welcome;

use crate::error::Failure;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// Writes a view as an answer.
pub(crate) fn answer(status: StatusCode, view: &impl Template) -> Response {
    match view.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            let mut failure = Failure::of(crate::error::Problem::Internal);
            failure.cause = Some(error.to_string());
            failure.into_response()
        }
    }
}

/// Writes a view as the answer to a request that went well.
pub(crate) fn page(view: &impl Template) -> Response {
    answer(StatusCode::OK, view)
}
