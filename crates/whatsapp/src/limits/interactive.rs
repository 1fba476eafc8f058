//! Limits of what can be tapped.

use super::count::{address, all_alike, all_differ, at_most, between, count, id, text, text_if};
use super::{BODY, HEADER, LimitError, Part, TEXT};
use crate::message::{
    AddressRequest, Button, CallButton, CarouselCards, Choice, FlowAction, FlowId, FlowMessage, Header, Interactive,
    Link, List, MediaCarousel, ProductRef, ProductSection,
};

/// Characters of the label of a button.
const LABEL: usize = 20;
/// Characters of what a button sends back.
const REPLY_ID: usize = 256;
/// Sections of a list, and rows in all of them.
const IN_LIST: usize = 10;
/// Characters of the title of a section or row.
const TITLE: usize = 24;
/// Products in all sections of a list.
const PRODUCTS: usize = 30;
/// Cards of a carousel.
const CARDS: std::ops::RangeInclusive<usize> = 2..=10;
/// Characters on a card, and breaks of lines in them.
const CARD_BODY: (usize, usize) = (160, 2);
/// Buttons on one card.
const CARD_BUTTONS: usize = 2;
/// Minutes that a call button works: 30 days.
pub(super) const CALL_MINUTES: u32 = 43_200;
/// Characters that come back with a call.
pub(super) const CALL_PAYLOAD: usize = 512;

pub(super) fn check(interactive: &Interactive) -> Result<(), LimitError> {
    match interactive {
        Interactive::Buttons(message) => buttons(message),
        Interactive::List(message) => list(message),
        Interactive::Link(message) => link(message),
        Interactive::Flow(message) => flow(message),
        Interactive::Location(message) => text(Part::Body, &message.body, BODY),
        Interactive::Address(message) => postal_address(message),
        Interactive::Contact(message) => text(Part::Body, &message.body, BODY),
        Interactive::Product(message) => {
            text_if(Part::Body, message.body.as_deref(), BODY)?;
            text_if(Part::Footer, message.footer.as_deref(), HEADER)?;
            product(&message.product)
        }
        Interactive::Products(message) => {
            text(Part::Header, &message.header, HEADER)?;
            text(Part::Body, &message.body, BODY)?;
            text_if(Part::Footer, message.footer.as_deref(), HEADER)?;
            text(Part::Product, &message.catalogue_id, usize::MAX)?;
            products(&message.sections)
        }
        Interactive::Catalogue(message) => {
            text(Part::Body, &message.body, BODY)?;
            text_if(Part::Footer, message.footer.as_deref(), HEADER)?;
            text_if(Part::Product, message.thumbnail.as_deref(), usize::MAX)
        }
        Interactive::ProductCarousel(message) => {
            text(Part::Body, &message.body, BODY)?;
            text(Part::Product, &message.catalogue_id, usize::MAX)?;
            count(
                Part::CarouselCard,
                message.retailer_ids.len(),
                *CARDS.start(),
                *CARDS.end(),
            )?;
            let mut products = message.retailer_ids.iter();
            products.try_for_each(|id| text(Part::Product, id, usize::MAX))
        }
        Interactive::MediaCarousel(message) => carousel(message),
        Interactive::CallPermission(message) => text(Part::Body, &message.body, BODY),
        Interactive::Call(message) => call(message),
    }
}

fn frame(header: Option<&Header>, body: &str, footer: Option<&str>) -> Result<(), LimitError> {
    match header {
        Some(Header::Text(words)) => text(Part::Header, words, HEADER)?,
        Some(Header::Image(file) | Header::Video(file) | Header::Document(file)) => id(file)?,
        None => {}
    }
    text(Part::Body, body, BODY)?;
    text_if(Part::Footer, footer, HEADER)
}

fn buttons(message: &Choice) -> Result<(), LimitError> {
    frame(message.header.as_ref(), &message.body, message.footer.as_deref())?;
    answers(&message.buttons, 3)
}

fn answers(buttons: &[Button], most: usize) -> Result<(), LimitError> {
    count(Part::Button, buttons.len(), 1, most)?;
    for button in buttons {
        text(Part::ReplyId, &button.id, REPLY_ID)?;
        text(Part::Button, &button.title, LABEL)?;
    }
    all_differ(Part::Button, buttons.iter().map(|button| button.title.as_str()))?;
    all_differ(Part::ReplyId, buttons.iter().map(|button| button.id.as_str()))
}

fn list(message: &List) -> Result<(), LimitError> {
    text_if(Part::Header, message.header.as_deref(), HEADER)?;
    // The only kind whose words may be as long as a text.
    text(Part::Body, &message.body, TEXT)?;
    text_if(Part::Footer, message.footer.as_deref(), HEADER)?;
    text(Part::Button, &message.button, LABEL)?;
    count(Part::Section, message.sections.len(), 1, IN_LIST)?;
    for section in &message.sections {
        title(section.title.as_deref(), message.sections.len())?;
        count(Part::Row, section.rows.len(), 1, IN_LIST)?;
    }
    let rows = || message.sections.iter().flat_map(|section| &section.rows);
    count(Part::Row, rows().count(), 1, IN_LIST)?;
    for row in rows() {
        text(Part::ReplyId, &row.id, 200)?;
        text(Part::Row, &row.title, TITLE)?;
        at_most(Part::RowDescription, row.description.as_deref().unwrap_or_default(), 72)?;
    }
    all_differ(Part::ReplyId, rows().map(|row| row.id.as_str()))
}

/// The title of a section, which it needs beside others.
fn title(title: Option<&str>, sections: usize) -> Result<(), LimitError> {
    match title {
        Some(title) => text(Part::Section, title, TITLE),
        None if sections > 1 => Err(LimitError::Empty(Part::Section)),
        None => Ok(()),
    }
}

fn link(message: &Link) -> Result<(), LimitError> {
    frame(message.header.as_ref(), &message.body, message.footer.as_deref())?;
    text(Part::Button, &message.label, LABEL)?;
    address(&message.url)
}

fn flow(message: &FlowMessage) -> Result<(), LimitError> {
    frame(message.header.as_ref(), &message.body, message.footer.as_deref())?;
    text(Part::Button, &message.label, LABEL)?;
    match &message.flow {
        FlowId::Id(flow) | FlowId::Name(flow) => id(flow)?,
    }
    text(Part::Payload, &message.token, usize::MAX)?;
    match &message.action {
        FlowAction::Navigate { screen, .. } => text(Part::Payload, screen, usize::MAX),
        FlowAction::Exchange => Ok(()),
    }
}

fn postal_address(message: &AddressRequest) -> Result<(), LimitError> {
    frame(message.header.as_ref(), &message.body, message.footer.as_deref())?;
    if message.country.len() != 2 || !message.country.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Err(LimitError::Form(Part::Country));
    }
    message
        .saved
        .iter()
        .try_for_each(|saved| text(Part::ReplyId, &saved.id, usize::MAX))?;
    all_differ(Part::ReplyId, message.saved.iter().map(|saved| saved.id.as_str()))?;
    let fields = message.values.keys().chain(message.faults.keys());
    let saved = message.saved.iter().flat_map(|saved| saved.values.keys());
    fields
        .chain(saved)
        .try_for_each(|field| text(Part::Field, field, usize::MAX))
}

pub(super) fn product(product: &ProductRef) -> Result<(), LimitError> {
    text(Part::Product, &product.catalogue_id, usize::MAX)?;
    text(Part::Product, &product.retailer_id, usize::MAX)
}

pub(super) fn products(sections: &[ProductSection]) -> Result<(), LimitError> {
    count(Part::Section, sections.len(), 1, IN_LIST)?;
    for section in sections {
        title(section.title.as_deref(), sections.len())?;
        count(Part::Product, section.retailer_ids.len(), 1, PRODUCTS)?;
    }
    let all = || sections.iter().flat_map(|section| &section.retailer_ids);
    count(Part::Product, all().count(), 1, PRODUCTS)?;
    all().try_for_each(|id| text(Part::Product, id, usize::MAX))
}

fn carousel(message: &MediaCarousel) -> Result<(), LimitError> {
    text(Part::Body, &message.body, BODY)?;
    let how_many = match &message.cards {
        CarouselCards::Links(cards) => cards.len(),
        CarouselCards::Replies(cards) => cards.len(),
    };
    count(Part::CarouselCard, how_many, *CARDS.start(), *CARDS.end())?;
    match &message.cards {
        CarouselCards::Links(cards) => cards.iter().try_for_each(|card| {
            carousel_card(&card.media_id, card.body.as_deref())?;
            text(Part::Button, &card.label, LABEL)?;
            address(&card.url)
        }),
        CarouselCards::Replies(cards) => {
            for card in cards {
                carousel_card(&card.media_id, card.body.as_deref())?;
                answers(&card.buttons, CARD_BUTTONS)?;
            }
            all_alike(Part::Button, cards.iter().map(|card| card.buttons.len()))
        }
    }
}

fn carousel_card(media_id: &str, body: Option<&str>) -> Result<(), LimitError> {
    id(media_id)?;
    text_if(Part::CarouselCard, body, CARD_BODY.0)?;
    if body.is_some_and(|body| body.matches('\n').count() > CARD_BODY.1) {
        return Err(LimitError::Form(Part::CarouselCard));
    }
    Ok(())
}

fn call(message: &CallButton) -> Result<(), LimitError> {
    text(Part::Body, &message.body, BODY)?;
    text_if(Part::Button, message.label.as_deref(), LABEL)?;
    call_limits(message.minutes, message.payload.as_deref())
}

/// For how long a call button works and what comes back with the call.
pub(super) fn call_limits(minutes: Option<u32>, payload: Option<&str>) -> Result<(), LimitError> {
    if let Some(minutes) = minutes {
        between(Part::Duration, minutes, 1, CALL_MINUTES)?;
    }
    text_if(Part::Payload, payload, CALL_PAYLOAD)
}
