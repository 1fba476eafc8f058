//! Limits of what people see about us, and of groups.
//!
//! Source: Meta, Business profiles, Business usernames (2026-06), Group management (2025-11).

use super::count::{address, at_most, count, text};
use super::{LimitError, Part};
use crate::client::{Person, ProfileChange};

/// Checks a change of a profile.
///
/// # Errors
/// The first limit that it breaks.
pub fn check_profile(change: &ProfileChange) -> Result<(), LimitError> {
    if let Some(about) = &change.about {
        text(Part::Profile, about, 139)?;
    }
    for (part, limit) in [(&change.address, 256), (&change.description, 512), (&change.email, 128)] {
        at_most(Part::Profile, part.as_deref().unwrap_or_default(), limit)?;
    }
    let Some(websites) = &change.websites else {
        return Ok(());
    };
    count(Part::Profile, websites.len(), 0, 2)?;
    websites.iter().try_for_each(|page| {
        text(Part::Profile, page, 256)?;
        address(page)
    })
}

/// Checks a user name of ours: 3 to 35 small letters, digits, `.` and `_`, with a letter among them.
///
/// # Errors
/// [`LimitError::Form`] for anything else, and for a name that could be taken for an address of the web.
pub fn check_username(username: &str) -> Result<(), LimitError> {
    let taken = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || b"._".contains(&letter);
    let well_formed = (3..=35).contains(&username.len())
        && username.bytes().all(taken)
        && username.bytes().any(|letter| letter.is_ascii_lowercase())
        && !username.starts_with('.')
        && !username.ends_with('.')
        && !username.contains("..")
        && !username.starts_with("www")
        && !ends_like_a_domain(username);
    if well_formed {
        Ok(())
    } else {
        Err(LimitError::Form(Part::Username))
    }
}

/// The endings that people take for an address; the provider knows more, and refuses those itself.
fn ends_like_a_domain(username: &str) -> bool {
    const ENDINGS: [&str; 8] = ["com", "org", "net", "int", "edu", "gov", "mil", "html"];
    let ending = username.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| ENDINGS.contains(&ending))
}

/// Checks what a group is called and what it is for.
///
/// # Errors
/// The first limit that it breaks.
pub fn check_group(subject: Option<&str>, description: Option<&str>) -> Result<(), LimitError> {
    if let Some(subject) = subject {
        text(Part::Group, subject.trim(), 128)?;
    }
    at_most(Part::Group, description.unwrap_or_default(), 2048)
}

/// Checks how many people are put out of a group at once.
///
/// # Errors
/// [`LimitError::Count`] for none, or more than a group has.
pub fn check_participants(people: &[Person]) -> Result<(), LimitError> {
    count(Part::Participant, people.len(), 1, 8)
}
