//! The few questions that all limits consist of: is it there, how long, how many, do they differ.

use std::collections::HashSet;

use super::{LimitError, Part};

/// A text that must say something, `limit` characters at most.
pub(super) fn text(part: Part, value: &str, limit: usize) -> Result<(), LimitError> {
    if value.trim().is_empty() {
        return Err(LimitError::Empty(part));
    }
    at_most(part, value, limit)
}

/// A text that may be empty, `limit` characters at most.
pub(super) fn at_most(part: Part, value: &str, limit: usize) -> Result<(), LimitError> {
    if value.chars().count() > limit {
        Err(LimitError::TooLong { part, limit })
    } else {
        Ok(())
    }
}

/// A text that must say something if it is there.
pub(super) fn text_if(part: Part, value: Option<&str>, limit: usize) -> Result<(), LimitError> {
    value.map_or(Ok(()), |value| text(part, value, limit))
}

/// An id that the provider gave; how long it is, is its own affair.
pub(super) fn id(value: &str) -> Result<(), LimitError> {
    text(Part::Id, value, usize::MAX)
}

/// From `least` to `most` of something.
pub(super) fn count(part: Part, count: usize, least: usize, most: usize) -> Result<(), LimitError> {
    if (least..=most).contains(&count) {
        Ok(())
    } else {
        Err(LimitError::Count { part, least, most })
    }
}

/// A number from `least` to `most`.
pub(super) fn between(part: Part, number: u32, least: u32, most: u32) -> Result<(), LimitError> {
    if (least..=most).contains(&number) {
        Ok(())
    } else {
        Err(LimitError::Range { part, least, most })
    }
}

/// No two of the values are the same.
pub(super) fn all_differ<T: Eq + std::hash::Hash>(
    part: Part,
    mut values: impl Iterator<Item = T>,
) -> Result<(), LimitError> {
    let mut seen = HashSet::new();
    if values.all(|value| seen.insert(value)) {
        Ok(())
    } else {
        Err(LimitError::Repeated(part))
    }
}

/// All of the values are the same.
pub(super) fn all_alike<T: PartialEq>(part: Part, mut values: impl Iterator<Item = T>) -> Result<(), LimitError> {
    let Some(first) = values.next() else { return Ok(()) };
    if values.all(|value| value == first) {
        Ok(())
    } else {
        Err(LimitError::Unlike(part))
    }
}

/// An address of the web.
pub(super) fn address(url: &str) -> Result<(), LimitError> {
    if url.starts_with("https://") || url.starts_with("http://") {
        Ok(())
    } else {
        Err(LimitError::Address)
    }
}
