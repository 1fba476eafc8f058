//! The cards of a carousel template: all that were approved, in their order.
//!
//! Source: Meta, Media card carousel templates and Product card carousel templates, 2025.

use serde_json::{Value, json};

use super::{TemplateButton, Variables};
use crate::message::ProductRef;
use crate::redacted::redacted_debug;

/// The values of one card.
#[derive(Clone, PartialEq)]
pub struct TemplateCard {
    /// What it shows.
    pub header: CardHeader,
    /// The values in its words.
    pub body: Variables,
    /// The values of its buttons.
    pub buttons: Vec<TemplateButton>,
}

/// What a card of a template shows.
#[derive(Clone, PartialEq, Eq)]
pub enum CardHeader {
    /// A picture, by media id.
    Image(String),
    /// A film, by media id.
    Video(String),
    /// A product.
    Product(ProductRef),
}

redacted_debug!(TemplateCard, CardHeader);

impl TemplateCard {
    pub(super) fn to_json((index, card): (usize, &Self)) -> Value {
        let header = match &card.header {
            CardHeader::Image(id) => json!({ "type": "image", "image": { "id": id } }),
            CardHeader::Video(id) => json!({ "type": "video", "video": { "id": id } }),
            CardHeader::Product(product) => json!({ "type": "product", "product": product.to_json() }),
        };
        let mut components = vec![json!({ "type": "header", "parameters": [header] })];
        components.extend(card.body.to_json());
        components.extend(card.buttons.iter().map(TemplateButton::to_json));
        json!({ "card_index": index, "components": components })
    }
}
