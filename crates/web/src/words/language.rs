//! The languages that the staff pages speak, and which one a browser gets.

use fluent_langneg::{NegotiationStrategy, negotiate_languages};
use unic_langid::{LanguageIdentifier, langid};

/// A language of the staff pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Hindi.
    Hindi,
    /// Arabic: written from right to left.
    Arabic,
}

impl Language {
    /// All languages, in the order of the profile page.
    pub const ALL: &'static [Self] = &[Self::English, Self::Hindi, Self::Arabic];

    /// Its tag (BCP 47), as pages and cookies carry it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Hindi => "hi",
            Self::Arabic => "ar",
        }
    }

    /// The language with this tag.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|language| language.tag() == tag)
    }

    /// Its own name, the same in every language.
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Hindi => "हिन्दी",
            Self::Arabic => "العربية",
        }
    }

    /// Whether it is written from right to left.
    pub const fn right_to_left(self) -> bool {
        matches!(self, Self::Arabic)
    }

    /// `ltr` or `rtl`.
    pub(crate) const fn direction(self) -> &'static str {
        if self.right_to_left() { "rtl" } else { "ltr" }
    }

    pub(crate) fn identifier(self) -> LanguageIdentifier {
        match self {
            Self::English => langid!("en"),
            Self::Hindi => langid!("hi"),
            Self::Arabic => langid!("ar"),
        }
    }

    /// The best of our languages for an `Accept-Language` value (RFC 9110, 12.5.4); `default` when none fits.
    pub(crate) fn accepted(header: &str, default: Self) -> Self {
        let wanted = fluent_langneg::accepted_languages::parse(header);
        let have: Vec<fluent_langneg::LanguageIdentifier> = Self::ALL
            .iter()
            .filter_map(|language| language.tag().parse().ok())
            .collect();
        let chosen = negotiate_languages(&wanted, &have, None, NegotiationStrategy::Lookup);
        chosen
            .first()
            .and_then(|identifier| Self::from_tag(identifier.language.as_str()))
            .unwrap_or(default)
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, *};

    #[test]
    fn a_browser_gets_the_best_of_what_it_asks_for() {
        for (header, language) in [
            ("", English),
            ("hi-IN,hi;q=0.9,en;q=0.8", Hindi),
            ("ar-EG", Arabic),
            ("xh-ZA, en-ZA;q=0.8, hi;q=0.5", English),
            ("de-DE", English),
            ("*;q=x, ;;;", English),
        ] {
            assert_eq!(Language::accepted(header, English), language, "{header}");
        }
    }
}
