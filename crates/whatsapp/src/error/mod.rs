//! What the provider's error numbers mean for us: whether to try again, how soon, and what to tell people.
//!
//! ```text
//! number ─► meaning ─► ErrorClass  what to do ─► Fate    retried by itself, waits, or over
//!                  └─► Advice      what to tell people
//! ```
//!
//! The same numbers come as the answer to a request, in statuses, in messages and alone in a post. Decide on the number:
//! titles change with the wind and HTTP statuses are not to be relied on.
//!
//! Source: Meta, Cloud API error codes, editions to 2026-08; calling codes 138xxx, user name codes 147xxx,
//! template codes 2388xxx and coexistence codes 2593xxx.

mod advice;
mod table;

pub use advice::Advice;
pub use table::{Entry, entries};

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// Try the same again after seconds, a bounded number of times.
    RetrySoon,
    /// Try the same again, slowed down: minutes at first, then longer.
    RetrySlow,
    /// Try the same again after a day at the earliest; never in a loop.
    RetryNextDay,
    /// Never send the same again.
    Never,
    /// Send it anew as a fresh message if it is still valid: this one is gone.
    SendAnew,
    /// The same is possible towards the phone number, not towards the user id.
    NeedsPhoneNumber,
    /// Only a template may be sent now.
    NeedsTemplate,
    /// Stop sending from this number or account, and call a person.
    NeedsHuman,
}

/// What becomes of a message that met an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It is tried again by itself.
    Retried,
    /// It waits: for a day, or for a person to mend something.
    Waits,
    /// It is over; whoever wrote it must do something else.
    Final,
}

impl ErrorClass {
    /// What becomes of the message.
    pub const fn fate(self) -> Fate {
        match self {
            Self::RetrySoon | Self::RetrySlow => Fate::Retried,
            Self::RetryNextDay | Self::NeedsHuman => Fate::Waits,
            Self::Never | Self::SendAnew | Self::NeedsPhoneNumber | Self::NeedsTemplate => Fate::Final,
        }
    }
}

/// What an error number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// What to do.
    pub class: ErrorClass,
    /// What to tell people.
    pub advice: Advice,
}

/// What a number means. An unknown one needs a person: trying again could send twice or annoy, giving up could lose.
pub fn meaning(code: i64) -> Meaning {
    table::find(code).unwrap_or(Meaning {
        class: ErrorClass::NeedsHuman,
        advice: Advice::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_meaning() {
        for (code, class, advice) in [
            (0, ErrorClass::NeedsHuman, Advice::TokenInvalid),
            (131_026, ErrorClass::Never, Advice::NotOnWhatsApp),
            (131_047, ErrorClass::NeedsTemplate, Advice::WindowClosed),
            (131_049, ErrorClass::RetryNextDay, Advice::MarketingHeldBack),
            (131_056, ErrorClass::RetrySlow, Advice::TooManyToThisPerson),
            (250, ErrorClass::NeedsHuman, Advice::PermissionMissing),
            (131_208, ErrorClass::RetrySlow, Advice::TooManyRequests),
            (131_036, ErrorClass::SendAnew, Advice::MessageExpired),
            (138_012, ErrorClass::RetryNextDay, Advice::CallRefused),
            (139_102, ErrorClass::RetrySoon, Advice::BlockListProblem),
            (2_388_023, ErrorClass::Never, Advice::TemplateNotTaken),
            (2_593_108, ErrorClass::Never, Advice::HistoryNotShared),
            (-1, ErrorClass::NeedsHuman, Advice::Unknown),
            (131_046, ErrorClass::NeedsHuman, Advice::Unknown),
            (999_999, ErrorClass::NeedsHuman, Advice::Unknown),
        ] {
            assert_eq!(meaning(code), Meaning { class, advice }, "{code}");
        }
    }

    /// Every number of the provider's table that concerns sending, from its pages; a range counts by its ends.
    const NAMED: &[i64] = &[
        0, 1, 2, 3, 4, 10, 33, 100, 190, 200, 299, 368, 613, 80_007, 130_429, 130_472, 130_497, 131_000, 131_005,
        131_008, 131_009, 131_016, 131_020, 131_021, 131_026, 131_030, 131_031, 131_035, 131_036, 131_037, 131_041,
        131_042, 131_044, 131_045, 131_047, 131_048, 131_049, 131_050, 131_051, 131_052, 131_053, 131_055, 131_056,
        131_057, 131_059, 131_060, 131_062, 131_063, 131_064, 131_201, 131_208, 131_215, 132_000, 132_001, 132_005,
        132_007, 132_008, 132_012, 132_015, 132_016, 132_018, 132_068, 132_069, 133_000, 133_004, 133_005, 133_006,
        133_008, 133_009, 133_010, 133_015, 133_016, 134_011, 134_100, 134_101, 134_102, 135_000, 137_000, 138_000,
        138_013, 138_023, 139_000, 139_004, 139_100, 139_101, 139_102, 139_103, 147_001, 147_005, 2_388_000, 2_388_999,
        2_494_100, 2_593_107, 2_593_109,
    ];

    #[test]
    fn every_number_that_the_provider_names_is_known() {
        for code in NAMED {
            assert_ne!(meaning(*code).advice, Advice::Unknown, "{code}");
        }
    }

    #[test]
    fn what_becomes_of_a_message_follows_from_what_to_do() {
        for (code, fate) in [
            (131_000, Fate::Retried),
            (131_056, Fate::Retried),
            (131_049, Fate::Waits),
            (190, Fate::Waits),
            (131_026, Fate::Final),
            (131_047, Fate::Final),
            (131_062, Fate::Final),
        ] {
            assert_eq!(meaning(code).class.fate(), fate, "{code}");
        }
    }

    #[test]
    fn every_advice_says_something_of_its_own() {
        let mut seen = std::collections::HashMap::new();
        for entry in entries() {
            let sentence = entry.meaning.advice.sentence();
            assert!(sentence.ends_with('.') && sentence.len() > 20, "{sentence}");
            let advice = *seen.entry(sentence).or_insert(entry.meaning.advice);
            assert_eq!(advice, entry.meaning.advice, "{sentence}");
        }
    }
}
