//! Limits of a template before it is handed in for approval: each round of approval takes hours, and changes are rationed.
//!
//! Source: Meta, Templates, Components, 2026-05.

use super::count::{address, between, count, text, text_if};
use super::template::named;
use super::{BODY, HEADER, LimitError, Part};
use crate::client::{BodyText, CodeDelivery, CodeDraft, DraftButton, DraftHeader, Example, TemplateDraft};

/// Characters of the label of a template's button.
const LABEL: usize = 25;
/// Characters of an address.
const URL: usize = 2000;
/// Characters of a code to copy.
const COUPON: usize = 20;
/// Characters of a phone number.
const NUMBER: usize = 20;

/// Checks a template.
///
/// # Errors
/// The first limit that it breaks.
pub fn check_draft(draft: &TemplateDraft) -> Result<(), LimitError> {
    named(&draft.name, &draft.language)?;
    match &draft.header {
        Some(DraftHeader::Text(header)) => {
            text(Part::Header, &header.text, HEADER)?;
            count(Part::Variable, places(&header.text)?.len(), 0, 1)?;
            examples(header)?;
        }
        Some(DraftHeader::Image(handle) | DraftHeader::Video(handle) | DraftHeader::Document(handle)) => {
            text(Part::Id, handle, usize::MAX)?;
        }
        Some(DraftHeader::Location) | None => {}
    }
    text(Part::Body, &draft.body.text, BODY)?;
    examples(&draft.body)?;
    text_if(Part::Footer, draft.footer.as_deref(), HEADER)?;
    buttons(&draft.buttons)
}

/// Checks a template for one-time codes.
///
/// # Errors
/// The first limit that it breaks.
pub fn check_code_draft(draft: &CodeDraft) -> Result<(), LimitError> {
    named(&draft.name, &draft.language)?;
    if let Some(minutes) = draft.minutes {
        between(Part::Duration, minutes.into(), 1, 90)?;
    }
    match &draft.delivery {
        CodeDelivery::Copy => Ok(()),
        CodeDelivery::OneTap { package, signature } | CodeDelivery::ZeroTap { package, signature } => {
            text(Part::Id, package, usize::MAX)?;
            text(Part::Id, signature, usize::MAX)
        }
    }
}

fn buttons(buttons: &[DraftButton]) -> Result<(), LimitError> {
    count(Part::Button, buttons.len(), 0, 10)?;
    let of = |kind: fn(&DraftButton) -> bool| buttons.iter().filter(|button| kind(button)).count();
    count(
        Part::Button,
        of(|button| matches!(button, DraftButton::Url { .. })),
        0,
        2,
    )?;
    count(
        Part::Button,
        of(|button| matches!(button, DraftButton::Phone { .. })),
        0,
        1,
    )?;
    count(
        Part::Button,
        of(|button| matches!(button, DraftButton::CopyCode { .. })),
        0,
        1,
    )?;
    // Quick replies stand together, before or behind all others.
    let answers = |button: &DraftButton| matches!(button, DraftButton::QuickReply { .. });
    let turns = buttons.windows(2).filter(|pair| answers(&pair[0]) != answers(&pair[1]));
    if turns.count() > 1 {
        return Err(LimitError::Form(Part::Button));
    }
    buttons.iter().try_for_each(|button| match button {
        DraftButton::QuickReply { label }
        | DraftButton::Catalogue { label }
        | DraftButton::Products { label }
        | DraftButton::Call { label } => text(Part::Button, label, LABEL),
        DraftButton::Url { label, url, example } => {
            text(Part::Button, label, LABEL)?;
            text(Part::Button, url, URL)?;
            address(url)?;
            // The one place is at the end, and has an example.
            let place = places(url)?;
            let fits = match example {
                Some(example) => place.len() == 1 && url.ends_with("}}") && !example.is_empty(),
                None => place.is_empty(),
            };
            if fits {
                Ok(())
            } else {
                Err(LimitError::Form(Part::Variable))
            }
        }
        DraftButton::Phone { label, number } => {
            text(Part::Button, label, LABEL)?;
            text(Part::Button, number, NUMBER)
        }
        DraftButton::CopyCode { example } => text(Part::Code, example, COUPON),
        DraftButton::Flow { label, flow_id, .. } => {
            text(Part::Button, label, LABEL)?;
            text(Part::Id, flow_id, usize::MAX)
        }
        DraftButton::ContactInfo => Ok(()),
    })
}

/// Every place has an example of its own kind: numbers from 1 on without gaps, or names.
fn examples(words: &BodyText) -> Result<(), LimitError> {
    let mut found = places(&words.text)?;
    found.sort_unstable();
    found.dedup();
    let mut wanted: Vec<String> = match &words.example {
        Example::None => Vec::new(),
        Example::Numbered(values) => (1..=values.len()).map(|number| number.to_string()).collect(),
        Example::Named(values) => values.iter().map(|(name, _)| name.clone()).collect(),
    };
    wanted.sort_unstable();
    let named = matches!(words.example, Example::Named(_));
    let well_named = |name: &String| {
        let small = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_';
        name.bytes().all(small) && !name.bytes().all(|letter| letter.is_ascii_digit())
    };
    if found != wanted || (named && !wanted.iter().all(well_named)) {
        return Err(LimitError::Form(Part::Variable));
    }
    let values: Vec<&String> = match &words.example {
        Example::None => Vec::new(),
        Example::Numbered(values) => values.iter().collect(),
        Example::Named(values) => values.iter().map(|(_, value)| value).collect(),
    };
    values
        .into_iter()
        .try_for_each(|value| text(Part::Variable, value, BODY))
}

/// What stands between `{{` and `}}`.
fn places(text: &str) -> Result<Vec<String>, LimitError> {
    let mut places = Vec::new();
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once("{{") {
        let (place, behind) = behind.split_once("}}").ok_or(LimitError::Form(Part::Variable))?;
        if place.trim().is_empty() {
            return Err(LimitError::Form(Part::Variable));
        }
        places.push(place.trim().to_owned());
        rest = behind;
    }
    Ok(places)
}
