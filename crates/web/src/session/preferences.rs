//! How someone likes their pages: language, light or dark, keys, and the zone they are in. Kept in cookies of their own, no secret.

use super::cookie;
use crate::settings::WebSettings;
use crate::words::Language;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::{HeaderMap, HeaderValue};
use jiff::tz::TimeZone;

const LIKES: &str = "counterfoil-likes";
const ZONE: &str = "counterfoil-zone";

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// As the machine is set.
    Machine,
    Light,
    Dark,
}

impl Look {
    pub(crate) const ALL: &'static [Self] = &[Self::Machine, Self::Light, Self::Dark];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|look| look.name() == name)
    }
}

/// How someone likes their pages.
#[derive(Debug, Clone)]
pub(crate) struct Preferences {
    pub(crate) language: Language,
    pub(crate) look: Look,
    /// Whether single keys act.
    pub(crate) keys: bool,
    /// Whether Enter sends and Shift+Enter breaks the line; the other way round otherwise.
    pub(crate) enter_sends: bool,
    pub(crate) zone: TimeZone,
}

impl Preferences {
    /// What the browser's cookies and headers say, with our defaults for the rest.
    pub(crate) fn of(headers: &HeaderMap, settings: &WebSettings) -> Self {
        let mut likes = cookie::value(headers, LIKES).unwrap_or_default().split('.');
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = likes.next().and_then(Language::from_tag);
        let zone = cookie::value(headers, ZONE).map(|name| name.replace("%2F", "/"));
        Self {
            language: language.unwrap_or_else(|| Language::accepted(accepted.unwrap_or_default(), settings.language)),
            look: likes.next().and_then(Look::from_name).unwrap_or(Look::Machine),
            keys: likes.next() != Some("off"),
            enter_sends: likes.next() != Some("breaks"),
            zone: zone.and_then(|name| TimeZone::get(&name).ok()).unwrap_or(TimeZone::UTC),
        }
    }

    /// The `Set-Cookie` value that keeps them for a year. The zone is set by the page's script, which alone knows it.
    pub(crate) fn keep(&self, settings: &WebSettings) -> Option<HeaderValue> {
        let text = format!(
            "{LIKES}={}.{}.{}.{}; Path=/; SameSite=Lax; Max-Age=31536000{}",
            self.language.tag(),
            self.look.name(),
            if self.keys { "on" } else { "off" },
            if self.enter_sends { "sends" } else { "breaks" },
            if settings.secure_cookies { "; Secure" } else { "" },
        );
        HeaderValue::try_from(text).ok()
    }
}
