//! The browser that asks: how its pages are to look, what time it is for them, and which operation this is.

use super::preferences::Preferences;
use crate::error::Failure;
use crate::layers::request_log::Operation;
use crate::state::{Door, Web};
use crate::views::failure;
use crate::views::shell::{Area, Shell};
use crate::words::Words;
use crate::words::clockface::Clockface;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use counterfoil_flow::people::session::own_name;
use counterfoil_policy::Staff;
use std::convert::Infallible;

/// Who renders what for whom: everything a page needs beside its content.
pub(crate) struct Browser {
    pub(crate) door: Door,
    pub(crate) likes: Preferences,
    pub(crate) operation: String,
}

impl<S> FromRequestParts<S> for Browser
where
    Door: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(Door::from_ref(state), &parts.headers, &parts.extensions))
    }
}

impl Browser {
    pub(crate) fn of(door: Door, headers: &HeaderMap, extensions: &Extensions) -> Self {
        let likes = Preferences::of(headers, &door.settings);
        let operation = extensions.get::<Operation>();
        Self {
            likes,
            operation: operation.map_or_else(String::new, |operation| operation.0.clone()),
            door,
        }
    }

    pub(crate) fn words(&self) -> Words {
        Words::of(self.likes.language)
    }

    pub(crate) fn clockface(&self) -> Clockface {
        Clockface {
            now: self.door.clock.wall(),
            zone: self.likes.zone.clone(),
            words: self.words(),
        }
    }

    /// The frame of a page for someone who is not signed in.
    pub(crate) fn bare_shell(&self) -> Shell {
        Shell::new(Area::Door, &self.likes)
    }

    /// The frame of a page for `staff`.
    pub(crate) async fn shell(&self, web: &Web, area: Area, staff: &Staff) -> Result<Shell, Failure> {
        let name = own_name(&web.flow, staff).await?;
        let shell = Shell::new(area, &self.likes);
        Ok(shell.signed_in(staff, Some(name)))
    }

    /// What went wrong and what to do, for the place in a form where that is shown.
    pub(crate) fn trouble(&self, failure: &Failure) -> String {
        failure::both(self.words(), &self.clockface(), failure)
    }
}
