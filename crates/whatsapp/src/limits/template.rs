//! Limits of a template's values, as far as they can be known without its text: the whole text with the values in it must stay within
//! its own limit, which whoever keeps the text can check.
//!
//! Source: Meta, Templates, Components, 2026-05.

use super::count::{all_alike, all_differ, between, count, id, text};
use super::{BODY, CODE, HEADER, LimitError, Part, interactive, location};
use crate::message::{
    ButtonValue, CardHeader, OneTimeCode, Template, TemplateButton, TemplateCard, TemplateHeader, Variable, Variables,
};

/// Characters of the name of a template.
const NAME: usize = 512;
/// Buttons of a template, and of a card.
const BUTTONS: usize = 10;
const CARD_BUTTONS: usize = 2;
/// Buttons of one kind.
const URL_BUTTONS: usize = 2;
const SINGLE: usize = 1;
/// Characters of an address, of which the value is the end.
const URL: usize = 2000;
/// Characters of a code to copy; 15 before December 2025.
const COUPON: usize = 20;

pub(super) fn check(template: &Template) -> Result<(), LimitError> {
    named(&template.name, &template.language)?;
    if let Some(header) = &template.header {
        check_header(header)?;
    }
    variables(&template.body)?;
    if template.offer_ends_millis.is_some_and(|ends| ends <= 0) {
        return Err(LimitError::Form(Part::Duration));
    }
    buttons(&template.buttons, BUTTONS)?;
    if template.cards.is_empty() {
        return Ok(());
    }
    count(Part::CarouselCard, template.cards.len(), 2, 10)?;
    template.cards.iter().try_for_each(card)?;
    // Cards of one template show and take the same.
    let kind = |card: &TemplateCard| std::mem::discriminant(&card.header);
    all_alike(Part::CarouselCard, template.cards.iter().map(kind))?;
    all_alike(Part::Button, template.cards.iter().map(|card| card.buttons.len()))
}

pub(super) fn check_code(code: &OneTimeCode) -> Result<(), LimitError> {
    named(&code.template, &code.language)?;
    text(Part::Code, &code.code, CODE)
}

/// The name and language of a template, when it is sent and when it is made.
pub(super) fn named(name: &str, language: &str) -> Result<(), LimitError> {
    text(Part::TemplateName, name, NAME)?;
    let plain = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_';
    if !name.bytes().all(plain) {
        return Err(LimitError::Form(Part::TemplateName));
    }
    text(Part::Language, language, usize::MAX)
}

fn check_header(header: &TemplateHeader) -> Result<(), LimitError> {
    match header {
        TemplateHeader::Text { name, value } => {
            if let Some(name) = name {
                text(Part::VariableName, name, usize::MAX)?;
            }
            text(Part::Header, value, HEADER)
        }
        TemplateHeader::Image(file) | TemplateHeader::Video(file) | TemplateHeader::Document { id: file, .. } => {
            id(file)
        }
        TemplateHeader::Location(place) => location(place),
        TemplateHeader::Product(product) => interactive::product(product),
    }
}

fn variables(variables: &Variables) -> Result<(), LimitError> {
    if let Variables::Named(named) = variables {
        named
            .iter()
            .try_for_each(|named| text(Part::VariableName, &named.name, usize::MAX))?;
        all_differ(Part::VariableName, named.iter().map(|named| named.name.as_str()))?;
    }
    variables.values().into_iter().try_for_each(|value| match value {
        Variable::Text(words) | Variable::DateTime(words) => text(Part::Variable, words, BODY),
        Variable::Currency { fallback, code, .. } => {
            text(Part::Variable, fallback, BODY)?;
            if code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase()) {
                Ok(())
            } else {
                Err(LimitError::Form(Part::Variable))
            }
        }
    })
}

fn buttons(buttons: &[TemplateButton], most: usize) -> Result<(), LimitError> {
    count(Part::Button, buttons.len(), 0, most)?;
    let of = |kind: fn(&ButtonValue) -> bool| buttons.iter().filter(|button| kind(&button.value)).count();
    let urls = of(|value| matches!(value, ButtonValue::Url(_)));
    count(Part::Button, urls, 0, URL_BUTTONS)?;
    let codes = of(|value| matches!(value, ButtonValue::CopyCode(_)));
    count(Part::Button, codes, 0, SINGLE)?;
    all_differ(Part::Button, buttons.iter().map(|button| button.index))?;
    buttons.iter().try_for_each(|button| {
        between(Part::Button, button.index.into(), 0, 9)?;
        match &button.value {
            ButtonValue::Url(end) => text(Part::Button, end, URL),
            ButtonValue::QuickReply(payload) => text(Part::Payload, payload, usize::MAX),
            ButtonValue::CopyCode(code) => text(Part::Code, code, COUPON),
            ButtonValue::Flow { token, .. } => text(Part::Payload, token, usize::MAX),
            ButtonValue::Catalogue(product) => text(Part::Product, product, usize::MAX),
            ButtonValue::Products { thumbnail, sections } => {
                text(Part::Product, thumbnail, usize::MAX)?;
                interactive::products(sections)
            }
            ButtonValue::Call { minutes, payload } => interactive::call_limits(*minutes, payload.as_deref()),
        }
    })
}

fn card(card: &TemplateCard) -> Result<(), LimitError> {
    match &card.header {
        CardHeader::Image(file) | CardHeader::Video(file) => id(file)?,
        CardHeader::Product(product) => interactive::product(product)?,
    }
    variables(&card.body)?;
    buttons(&card.buttons, CARD_BUTTONS)
}
