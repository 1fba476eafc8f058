//! The frame around every page: language, look, the rail, and what scripts need to know.

use crate::assets;
use crate::session::preferences::{Look, Preferences};
use crate::words::Language;
use counterfoil_model::Opened;
use counterfoil_policy::Staff;

/// Which part of the product a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Area {
    Inbox,
    People,
    Connections,
    Told,
    Tokens,
    Profile,
    /// Outside: sign-in, joining, errors.
    Door,
}

/// The colleague who looks.
pub(crate) struct Me {
    pub(crate) name: Option<Opened<String>>,
    pub(crate) reads: bool,
    pub(crate) manages: bool,
}

/// The frame around every page.
pub(crate) struct Shell {
    pub(crate) likes: Preferences,
    pub(crate) area: Area,
    /// How the page is laid out, for the style sheet.
    pub(crate) frame: &'static str,
    pub(crate) assets: String,
    pub(crate) me: Option<Me>,
    /// The number of the newest event when the page was made; `None` on pages that are not live.
    pub(crate) live_after: Option<i64>,
}

impl Shell {
    pub(crate) fn new(area: Area, likes: &Preferences) -> Self {
        Self {
            likes: likes.clone(),
            area,
            frame: match area {
                Area::Inbox => "inbox",
                Area::People | Area::Connections | Area::Told | Area::Tokens | Area::Profile => "settings",
                Area::Door => "plain",
            },
            assets: assets::folder(),
            me: None,
            live_after: None,
        }
    }

    pub(crate) fn signed_in(mut self, staff: &Staff, name: Option<Opened<String>>) -> Self {
        self.me = Some(Me {
            name,
            reads: staff.reads(),
            manages: staff.manages(),
        });
        self
    }

    /// A page of its own, with neither list nor panel.
    pub(crate) fn plain(mut self) -> Self {
        self.frame = "plain";
        self
    }

    /// The inbox with a conversation open; on a phone only that is to be seen then.
    pub(crate) fn with_thread(mut self, open: bool) -> Self {
        self.frame = if open { "inbox has-thread" } else { "inbox" };
        self
    }

    pub(crate) fn live(mut self, newest: i64) -> Self {
        self.live_after = Some(newest);
        self
    }

    pub(crate) fn language(&self) -> Language {
        self.likes.language
    }

    pub(crate) fn is(&self, area: &str) -> bool {
        matches!(
            (self.area, area),
            (Area::Inbox, "inbox")
                | (Area::People | Area::Connections | Area::Told | Area::Tokens, "settings")
                | (Area::People, "people")
                | (Area::Connections, "connections")
                | (Area::Told, "told")
                | (Area::Tokens, "tokens")
                | (Area::Profile, "profile")
        )
    }

    pub(crate) fn looks(&self) -> &'static [Look] {
        Look::ALL
    }

    pub(crate) fn look_key(&self, look: &Look) -> &'static str {
        match look {
            Look::Machine => "look-machine",
            Look::Light => "look-light",
            Look::Dark => "look-dark",
        }
    }

    /// The first letters of one's name, for the round mark in the rail.
    pub(crate) fn initials(&self) -> String {
        let name = self.me.as_ref().and_then(|me| me.name.as_ref());
        name.map_or_else(String::new, |name| initials(name.expose()))
    }
}

/// The first letters of the first and the last word of a name.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}
