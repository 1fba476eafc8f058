//! The content of a message, as it is before sealing and after opening.
//!
//! A body is written as JSON and only ever exists sealed or in memory. Its form is versioned by its tag: never change what
//! a name means; add another. It has no Debug, so that it cannot end in a log.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// What one message says.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// Text.
    Text {
        /// The words.
        text: String,
    },
    /// A picture, film, sound, document or sticker; the bytes are an attachment.
    Media {
        /// The words under it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caption: Option<String>,
        /// Whether it is a voice note.
        #[serde(default)]
        voice: bool,
    },
    /// A place.
    Location {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
        /// Its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Its address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<String>,
    },
    /// Contact cards.
    Contacts {
        /// One per person.
        cards: Vec<Card>,
    },
    /// The choice of a button, a row of a list, or a quick reply of a template.
    Choice {
        /// What the contact saw and chose.
        title: String,
        /// What we called it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// What stood under it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    /// The answer to a form, or to a permission request.
    Form {
        /// Which form.
        name: String,
        /// The answer as it came, usually JSON.
        answer: String,
    },
    /// A reaction; without an emoji, the removal of one.
    Reaction {
        /// The emoji.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emoji: Option<String>,
    },
    /// An order from a catalogue.
    Order {
        /// The contact's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// What was ordered.
        lines: Vec<OrderLine>,
    },
    /// Something that WhatsApp told about, in its own words where there are any.
    Notice {
        /// What happened, one of our names.
        event: String,
        /// The provider's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// An edit of an earlier message: its new content.
    Edit {
        /// The content after the edit.
        content: Box<Body>,
    },
    /// A withdrawal of an earlier message.
    Withdrawal,
}

/// One contact card.
#[derive(Clone, PartialEq, Serialize, Deserialize, Zeroize)]
pub struct Card {
    /// The name on it.
    pub name: String,
    /// Phone numbers as written.
    pub phones: Vec<String>,
    /// E-mail addresses.
    #[serde(default)]
    pub emails: Vec<String>,
}

/// One line of an order.
#[derive(Clone, PartialEq, Serialize, Deserialize, Zeroize)]
pub struct OrderLine {
    /// The article.
    pub article: String,
    /// How many.
    pub quantity: String,
    /// Price of one, as written.
    pub price: String,
    /// Currency, ISO 4217.
    pub currency: String,
}

impl Body {
    /// The words that stand for this message in a list, if it has any.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Text { text } => Some(text),
            Self::Media { caption, .. } => caption.as_deref(),
            Self::Location { name, address, .. } => name.as_deref().or(address.as_deref()),
            Self::Contacts { cards } => cards.first().map(|card| card.name.as_str()),
            Self::Choice { title, .. } => Some(title),
            Self::Form { answer, .. } => Some(answer),
            Self::Reaction { emoji } => emoji.as_deref(),
            Self::Order { text, .. } | Self::Notice { text, .. } => text.as_deref(),
            Self::Edit { content } => content.words(),
            Self::Withdrawal => None,
        }
    }
}

impl Zeroize for Body {
    fn zeroize(&mut self) {
        match self {
            Self::Text { text } => text.zeroize(),
            Self::Media { caption, .. } => caption.zeroize(),
            Self::Location {
                latitude,
                longitude,
                name,
                address,
            } => {
                latitude.zeroize();
                longitude.zeroize();
                name.zeroize();
                address.zeroize();
            }
            Self::Contacts { cards } => cards.zeroize(),
            Self::Choice { title, id, description } => {
                title.zeroize();
                id.zeroize();
                description.zeroize();
            }
            Self::Form { name, answer } => {
                name.zeroize();
                answer.zeroize();
            }
            Self::Reaction { emoji } => emoji.zeroize(),
            Self::Order { text, lines } => {
                text.zeroize();
                lines.zeroize();
            }
            Self::Notice { event, text } => {
                event.zeroize();
                text.zeroize();
            }
            Self::Edit { content } => content.zeroize(),
            Self::Withdrawal => {}
        }
    }
}
