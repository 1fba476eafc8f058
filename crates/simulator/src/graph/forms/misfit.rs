//! What does not fit, where, and the provider's code for it.

use std::fmt;

/// Where something stands in a body, written as `interactive.action.buttons[0].reply.id`.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    /// The whole body.
    Body,
    /// A field of an object.
    Key(&'a Place<'a>, &'a str),
    /// An element of a list.
    Item(&'a Place<'a>, usize),
}

impl<'a> Place<'a> {
    pub(super) fn key(&'a self, name: &'a str) -> Self {
        Self::Key(self, name)
    }

    pub(super) fn item(&'a self, index: usize) -> Self {
        Self::Item(self, index)
    }

    pub(super) fn is(&self, why: Why) -> Misfit {
        Misfit {
            path: self.to_string(),
            why,
        }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body => Ok(()),
            Self::Key(Self::Body, name) => write!(f, "{}", name.escape_debug()),
            Self::Key(parent, name) => write!(f, "{parent}.{}", name.escape_debug()),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// Why a body is not a message that may be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {why}")]
pub struct Misfit {
    /// The field, such as `interactive.action.buttons[0].reply.id`; empty for the whole body.
    pub path: String,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// It must be there and is not, or it is empty.
    #[error("is required and must not be empty")]
    Missing,
    /// The form has no such field.
    #[error("is an unexpected key")]
    Unexpected,
    /// It has another JSON type than the form's.
    #[error("must be {0}")]
    Type(&'static str),
    /// It has more characters than this.
    #[error("must be at most {0} characters long")]
    TooLong(usize),
    /// It has the right type and a value that is not allowed.
    #[error("must be {0}")]
    Value(&'static str),
    /// It has too few or too many elements.
    #[error("must have {0} to {1} elements")]
    Count(usize, usize),
    /// Of these fields more than one is there.
    #[error("may have only one of {}", .0.join(", "))]
    Exclusive(&'static [&'static str]),
    /// The same value stands there twice.
    #[error("must differ from the others")]
    Repeated,
    /// No message of this type can be sent, or none to such a recipient.
    #[error("is not supported")]
    Unsupported,
    /// Named and numbered variables stand side by side.
    #[error("must be all named or all numbered")]
    Mixed,
    /// The message needs a phone number, and only a business-scoped id is given.
    #[error("is required: this message is not sent to a business-scoped user id")]
    NeedsNumber,
}

impl Why {
    /// The provider's error code.
    pub fn code(self) -> u32 {
        match self {
            Self::Unexpected | Self::Type(_) | Self::TooLong(_) | Self::Exclusive(_) => 100,
            Self::Missing => 131_008,
            Self::Value(_) | Self::Count(..) | Self::Repeated => 131_009,
            Self::Unsupported => 131_051,
            Self::NeedsNumber => 131_062,
            Self::Mixed => 132_012,
        }
    }
}
