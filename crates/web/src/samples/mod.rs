//! Every page with invented content and a clock that stands still: rendered in tests, and looked at with the example `gallery`.
//!
//! Not part of the product: built for tests and with the feature `samples` only.

mod doors;
mod elsewhere;
mod invented;
mod messages;
mod settings;
mod threads;

use crate::session::preferences::{Look, Preferences};
use crate::views::shell::{Area, Shell};
use crate::words::clockface::Clockface;
use crate::words::{Language, Words};
use askama::Template;
use counterfoil_model::person::Role;
use counterfoil_model::{PersonId, SessionId};
use counterfoil_policy::Staff;
use invented::{NOW, opened};
use jiff::tz::{TimeZone, offset};

/// A page as people would see it.
pub struct Sample {
    /// Its name, fit for an address.
    pub name: &'static str,
    /// The page.
    pub html: String,
}

/// All samples in a language, light, dark or as the machine is set (`light`, `dark`, `machine`).
pub fn all(language: Language, look: &str) -> Vec<Sample> {
    let stage = Stage {
        w: Words::of(language),
        likes: Preferences {
            language,
            look: Look::from_name(look).unwrap_or(Look::Machine),
            keys: true,
            enter_sends: true,
            zone: TimeZone::fixed(offset(2)),
        },
    };
    let mut samples = threads::all(&stage);
    samples.extend(messages::all(&stage));
    samples.extend(doors::all(&stage));
    samples.extend(settings::all(&stage));
    samples
}

/// A styled asset of the product, for the gallery.
pub async fn asset(path: axum::extract::Path<(String, String)>) -> axum::response::Response {
    crate::assets::asset(path).await
}

struct Stage {
    w: Words,
    likes: Preferences,
}

impl Stage {
    fn face(&self) -> Clockface {
        Clockface {
            now: NOW,
            zone: self.likes.zone.clone(),
            words: self.w,
        }
    }

    fn shell(&self, area: Area) -> Shell {
        let staff = Staff {
            person: PersonId::from_bytes([1; 16]),
            session: SessionId::from_bytes([2; 16]),
            roles: vec![Role::Supervisor, Role::Administrator],
            teams: Vec::new(),
        };
        let mut shell = Shell::new(area, &self.likes).signed_in(&staff, Some(opened("Thandiwe Nkosi")));
        // The hash of the assets changes with every stroke of a pen; what a sample shows does not.
        if cfg!(test) {
            shell.assets = "/assets/0".to_owned();
        }
        shell
    }

    fn outside(&self) -> Shell {
        let mut shell = self.shell(Area::Door);
        shell.me = None;
        shell
    }
}

fn sample(name: &'static str, view: &impl Template) -> Sample {
    Sample {
        name,
        html: view.render().expect("views of samples render"),
    }
}

#[cfg(test)]
mod tests;
