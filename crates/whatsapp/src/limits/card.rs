//! Limits of contact cards: a name with a part, numbers that are numbers, days that exist.

use super::count::text;
use super::{LimitError, Part};
use crate::message::Card;

pub(super) fn check(card: &Card) -> Result<(), LimitError> {
    text(Part::Card, &card.name.formatted, usize::MAX)?;
    if card.name.parts().all(|part| part.trim().is_empty()) {
        return Err(LimitError::NamePart);
    }
    card.emails
        .iter()
        .map(|email| &email.email)
        .chain(card.urls.iter().map(|page| &page.url))
        .try_for_each(|value| text(Part::Card, value, usize::MAX))?;
    match card.birthday {
        Some(day) if !(1..=12).contains(&day.month) || !(1..=31).contains(&day.day) => {
            Err(LimitError::Form(Part::Birthday))
        }
        _ => Ok(()),
    }
}
