//! Why the policy administration system did not take a filing, in few words of our own.
//!
//! Made from the status that it answered with (RFC 9110, section 15.5), which is all that is kept of a refusal; what it wrote beside
//! it is its own and is never shown.

/// Why a filing was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilingRefusal {
    /// There is no such claim, or no more.
    NoSuchClaim,
    /// Something else was filed under the same id before.
    FiledBefore,
    /// The message with its files is too large for it.
    TooLarge,
    /// It could not read what we sent.
    NotUnderstood,
    /// Anything else.
    Other,
}

impl FilingRefusal {
    /// The reason behind a status; `None` where none was kept.
    pub(crate) fn of(status: Option<i64>) -> Self {
        match status {
            Some(404 | 410) => Self::NoSuchClaim,
            Some(409) => Self::FiledBefore,
            Some(413) => Self::TooLarge,
            Some(400 | 415 | 422) => Self::NotUnderstood,
            _ => Self::Other,
        }
    }

    /// Its stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NoSuchClaim => "no_such_claim",
            Self::FiledBefore => "filed_before",
            Self::TooLarge => "too_large",
            Self::NotUnderstood => "not_understood",
            Self::Other => "other",
        }
    }
}
