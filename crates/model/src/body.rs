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
    /// Something about a call.
    Call {
        /// What happened, one of our names: `began`, `ended`, `failed`, `ringing`, `accepted`, `rejected`, `recorded`, `transcribed`.
        event: String,
        /// Whether the contact called, as far as told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_contact: Option<bool>,
        /// How long it took, in seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<i64>,
    },
    /// A message with what came along with it.
    With {
        /// The message itself.
        body: Box<Body>,
        /// What came along.
        along: Along,
    },
}

/// What came along with a message without being said in it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
pub struct Along {
    /// It was forwarded; `true` when many times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<bool>,
    /// The product of a catalogue that it asks about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// The advertisement or post that it began from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advertisement: Option<Advertisement>,
}

/// The advertisement or post that a message began from.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
pub struct Advertisement {
    /// Its headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// Its words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
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
    /// The message itself, without what came along.
    pub fn itself(&self) -> &Self {
        match self {
            Self::With { body, .. } => body.itself(),
            body => body,
        }
    }

    /// What came along with the message.
    pub fn along(&self) -> Option<&Along> {
        match self {
            Self::With { along, .. } => Some(along),
            _ => None,
        }
    }

    /// This message with what came along, if anything did.
    #[must_use]
    pub fn with(self, along: Along) -> Self {
        if along == Along::default() {
            return self;
        }
        Self::With {
            body: Box::new(self),
            along,
        }
    }

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
            Self::With { body, .. } => body.words(),
            Self::Withdrawal | Self::Call { .. } => None,
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
            Self::Call {
                event,
                by_contact,
                seconds,
            } => {
                event.zeroize();
                by_contact.zeroize();
                seconds.zeroize();
            }
            Self::With { body, along } => {
                body.zeroize();
                along.zeroize();
            }
        }
    }
}
