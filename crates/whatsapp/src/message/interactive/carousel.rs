//! Two to ten cards side by side, each with a picture or film and something to tap. All cards are of one kind: by type all have
//! pictures or all have films, and all have links or all have answers.
//!
//! Source: Meta, Interactive media carousel messages, edition of 2026-05: `type` is `cta_url` on every card, whatever it has to tap.

use serde_json::{Map, Value, json};

use super::link::open;
use super::{Button, Words, frame};
use crate::message::put;
use crate::redacted::redacted_debug;

/// Words with cards below.
#[derive(Clone, PartialEq, Eq)]
pub struct MediaCarousel {
    /// The words.
    pub body: String,
    /// What the cards show.
    pub media: CarouselMedia,
    /// The cards.
    pub cards: CarouselCards,
}

/// What the cards of a carousel show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarouselMedia {
    /// Pictures.
    Images,
    /// Films.
    Videos,
}

/// The cards of a carousel.
#[derive(Clone, PartialEq, Eq)]
pub enum CarouselCards {
    /// Cards that open an address.
    Links(Vec<LinkCard>),
    /// Cards with buttons that answer, equally many on each.
    Replies(Vec<ReplyCard>),
}

/// A card that opens an address.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkCard {
    /// The provider's id of the picture or film.
    pub media_id: String,
    /// The words.
    pub body: Option<String>,
    /// Label of the button.
    pub label: String,
    /// The address.
    pub url: String,
}

/// A card with buttons that answer.
#[derive(Clone, PartialEq, Eq)]
pub struct ReplyCard {
    /// The provider's id of the picture or film.
    pub media_id: String,
    /// The words.
    pub body: Option<String>,
    /// The buttons.
    pub buttons: Vec<Button>,
}

redacted_debug!(MediaCarousel, CarouselCards, LinkCard, ReplyCard);

impl MediaCarousel {
    pub(super) fn to_json(&self) -> Value {
        let card = |(index, (media_id, body, action)): (usize, (&String, &Option<String>, Value))| {
            let kind = match self.media {
                CarouselMedia::Images => "image",
                CarouselMedia::Videos => "video",
            };
            let mut header = Map::new();
            put(&mut header, "type", Some(kind));
            header.insert(kind.to_owned(), json!({ "id": media_id }));
            let mut card = json!({ "card_index": index, "type": "cta_url", "header": header, "action": action });
            if let Some(body) = body {
                card["body"] = json!({ "text": body });
            }
            card
        };
        let cards: Value = match &self.cards {
            CarouselCards::Links(cards) => cards
                .iter()
                .map(|card| (&card.media_id, &card.body, open(&card.label, &card.url)))
                .enumerate()
                .map(card)
                .collect(),
            CarouselCards::Replies(cards) => cards
                .iter()
                .map(|card| (&card.media_id, &card.body, answers(&card.buttons)))
                .enumerate()
                .map(card)
                .collect(),
        };
        let words = Words {
            body: Some(&self.body),
            ..Words::default()
        };
        frame("carousel", words, json!({ "cards": cards }))
    }
}

/// The buttons of a card, which have another form here than below plain words.
fn answers(buttons: &[Button]) -> Value {
    let buttons: Value = buttons
        .iter()
        .map(|button| json!({ "type": "quick_reply", "quick_reply": { "id": button.id, "title": button.title } }))
        .collect();
    json!({ "buttons": buttons })
}
