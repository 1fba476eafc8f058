//! Templates: texts approved beforehand, the only thing that may be sent outside of the 24-hour window.
//!
//! A [`Template`] names the approved text and gives the values for its places. A part of it that has no places needs no value and
//! is not written. The provider does not give back the finished text: whoever sends a template keeps the text with the record.
//!
//! Source: Meta, Cloud API, Sending templates, v25.0; carousels, limited-time offers, catalogue and multi-product templates at
//! their pages of 2025.

mod button;
mod card;
mod code;
mod value;

use serde_json::{Map, Value, json};

use super::{Location, ProductRef, put};
use crate::redacted::redacted_debug;

pub use button::{ButtonValue, TemplateButton};
pub use card::{CardHeader, TemplateCard};
pub use code::OneTimeCode;
pub use value::{NamedVariable, Variable, Variables};

/// A template and the values to fill in.
#[derive(Clone, PartialEq)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Its language code, such as `en_GB`.
    pub language: String,
    /// What stands above, if that has a place.
    pub header: Option<TemplateHeader>,
    /// The values in the words.
    pub body: Variables,
    /// The values of buttons that have one.
    pub buttons: Vec<TemplateButton>,
    /// When a limited-time offer ends, in unix milliseconds.
    pub offer_ends_millis: Option<i64>,
    /// The cards of a carousel, all of them.
    pub cards: Vec<TemplateCard>,
}

/// What stands above the words of a template.
#[derive(Clone, PartialEq)]
pub enum TemplateHeader {
    /// The one value in the words above, by its name in templates with named values.
    Text {
        /// Its name.
        name: Option<String>,
        /// The value.
        value: String,
    },
    /// A picture, by media id.
    Image(String),
    /// A film, by media id.
    Video(String),
    /// A document.
    Document {
        /// Its media id.
        id: String,
        /// The name shown.
        filename: Option<String>,
    },
    /// A place.
    Location(Location),
    /// A product.
    Product(ProductRef),
}

redacted_debug!(Template, TemplateHeader);

impl Template {
    /// A template without values.
    pub fn new(name: impl Into<String>, language: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            language: language.into(),
            header: None,
            body: Variables::None,
            buttons: Vec::new(),
            offer_ends_millis: None,
            cards: Vec::new(),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let mut components = Vec::new();
        if let Some(header) = &self.header {
            components.push(json!({ "type": "header", "parameters": [header.to_json()] }));
        }
        components.extend(self.body.to_json());
        if let Some(ends) = self.offer_ends_millis {
            let offer = json!({ "type": "limited_time_offer", "limited_time_offer": { "expiration_time_ms": ends } });
            components.push(json!({ "type": "limited_time_offer", "parameters": [offer] }));
        }
        components.extend(self.buttons.iter().map(TemplateButton::to_json));
        if !self.cards.is_empty() {
            let cards: Value = self.cards.iter().enumerate().map(TemplateCard::to_json).collect();
            components.push(json!({ "type": "carousel", "cards": cards }));
        }
        whole(&self.name, &self.language, components)
    }
}

impl TemplateHeader {
    fn to_json(&self) -> Value {
        match self {
            Self::Text { name, value } => {
                let mut parameter = json!({ "type": "text", "text": value });
                if let Some(name) = name {
                    parameter["parameter_name"] = json!(name);
                }
                parameter
            }
            Self::Image(id) => json!({ "type": "image", "image": { "id": id } }),
            Self::Video(id) => json!({ "type": "video", "video": { "id": id } }),
            Self::Document { id, filename } => {
                let mut document = Map::new();
                put(&mut document, "id", Some(id));
                put(&mut document, "filename", filename.as_deref());
                json!({ "type": "document", "document": document })
            }
            Self::Location(place) => json!({ "type": "location", "location": place.to_json() }),
            Self::Product(product) => json!({ "type": "product", "product": product.to_json() }),
        }
    }
}

/// The object `template`, whatever made its parts.
fn whole(name: &str, language: &str, components: Vec<Value>) -> Value {
    let mut template = json!({ "name": name, "language": { "code": language } });
    if !components.is_empty() {
        template["components"] = Value::Array(components);
    }
    template
}
