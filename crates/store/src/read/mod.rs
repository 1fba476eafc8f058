//! The questions that the store answers, a file per noun.

mod job;

pub use job::Claimed;

/// The statements of all questions.
pub(crate) const STATEMENTS: &[&[(&str, &str)]] = &[];
