//! Messages to send, and the JSON that the provider wants for them.
//!
//! ```text
//! OutboundMessage ─┬─ Recipient        a person by number or user id, or a group
//!                  ├─ OutboundContent  text, files, location, contacts, reaction, pin,
//!                  │                   interactive (14 kinds), template, one-time code
//!                  └─ reply_to, callback_data, identity_key_hash
//! ReadMark ───────── what was read, and that somebody types
//! ```
//!
//! What the provider never takes cannot be written down where the types can say so simply: a list has words above it only, all
//! cards of a carousel have the same kind of picture. The rest is in [`limits`](crate::limits), looked at before anything leaves.
//!
//! Files go by media id only, never by link: a link would mean that the file lies open at an address of ours.
//!
//! Source: Meta, Cloud API, Messages, v25.0.

mod card;
mod interactive;
mod location;
mod media;
mod pin;
mod read;
mod template;

use serde_json::{Map, Value, json};

use crate::phone::PhoneNumber;
use crate::redacted::redacted_debug;
use crate::webhook::item::InboundMessage;

pub use card::{Birthday, Card, CardAddress, CardEmail, CardName, CardPhone, CardUrl, Organisation};
pub use interactive::{
    AddressRequest, Button, CallButton, CallPermission, CarouselCards, CarouselMedia, CatalogueMessage, Choice,
    ContactRequest, FlowAction, FlowId, FlowMessage, Header, Interactive, Link, LinkCard, List, LocationRequest,
    MediaCarousel, ProductCarousel, ProductList, ProductMessage, ProductRef, ProductSection, ReplyCard, Row,
    SavedAddress, Section,
};
pub use location::Location;
pub use media::MediaRef;
pub use pin::{Pin, PinAction};
pub use read::ReadMark;
pub use template::{
    ButtonValue, CardHeader, NamedVariable, OneTimeCode, Template, TemplateButton, TemplateCard, TemplateHeader,
    Variable, Variables,
};

/// A message to send.
#[derive(Clone, PartialEq)]
pub struct OutboundMessage {
    /// To whom.
    pub to: Recipient,
    /// What.
    pub content: OutboundContent,
    /// Provider id of the message that it answers, shown as a quote.
    pub reply_to: Option<String>,
    /// A text that comes back in every status, to match by (512 characters at most). It travels through the provider: an
    /// id of ours, nothing about people.
    pub callback_data: Option<String>,
    /// Send only if the recipient's encryption identity still has this fingerprint.
    pub identity_key_hash: Option<String>,
}

/// To whom a message goes.
#[derive(Clone, PartialEq, Eq)]
pub enum Recipient {
    /// A person by phone number. Preferred when known: it keeps the number in what the provider reports.
    Phone(PhoneNumber),
    /// A person by business-scoped user id.
    UserId(String),
    /// A person by both; the provider uses the number.
    Both {
        /// The phone number.
        phone: PhoneNumber,
        /// The business-scoped user id.
        user_id: String,
    },
    /// A group.
    Group(String),
}

/// What a message consists of.
#[derive(Clone, PartialEq)]
pub enum OutboundContent {
    /// Words.
    Text {
        /// The words.
        body: String,
        /// Show a preview of the first address in it.
        preview_url: bool,
    },
    /// A picture.
    Image(MediaRef),
    /// A film.
    Video(MediaRef),
    /// Sound; it has no caption.
    Audio {
        /// The provider's id of the uploaded file.
        id: String,
        /// Shown as a voice note (OGG with Opus only).
        voice: bool,
    },
    /// Any other file.
    Document {
        /// The file.
        file: MediaRef,
        /// The name shown.
        filename: Option<String>,
    },
    /// A sticker.
    Sticker {
        /// The provider's id of the uploaded file.
        id: String,
    },
    /// A place.
    Location(Location),
    /// Contact cards.
    Contacts(Vec<Card>),
    /// A reaction; no emoji takes it back.
    Reaction {
        /// Provider id of the message reacted to.
        message_id: String,
        /// The emoji.
        emoji: Option<String>,
    },
    /// A message of a group held at its top, or let go.
    Pin(Pin),
    /// Something to tap: buttons, a list, a link, products and so on.
    Interactive(Interactive),
    /// A template.
    Template(Template),
    /// A template of the provider's own wording that carries a code; to a phone number only.
    OneTimeCode(OneTimeCode),
}

redacted_debug!(OutboundMessage, Recipient, OutboundContent);

impl OutboundMessage {
    /// A message without quote, callback data and identity check.
    pub fn new(to: Recipient, content: OutboundContent) -> Self {
        Self {
            to,
            content,
            reply_to: None,
            callback_data: None,
            identity_key_hash: None,
        }
    }

    /// A text to a person by phone number.
    pub fn text(to: PhoneNumber, body: impl Into<String>) -> Self {
        Self::new(
            Recipient::Phone(to),
            OutboundContent::Text {
                body: body.into(),
                preview_url: false,
            },
        )
    }

    /// The same message as an answer that quotes `message_id`.
    #[must_use]
    pub fn answering(mut self, message_id: impl Into<String>) -> Self {
        self.reply_to = Some(message_id.into());
        self
    }

    /// The body of the request that sends it.
    pub fn to_json(&self) -> Value {
        let (name, object) = self.content.to_json();
        let mut body = Map::new();
        body.insert("messaging_product".to_owned(), json!("whatsapp"));
        self.to.write(&mut body);
        body.insert("type".to_owned(), json!(name));
        body.insert(name.to_owned(), object);
        if let Some(id) = &self.reply_to {
            body.insert("context".to_owned(), json!({ "message_id": id }));
        }
        put(&mut body, "biz_opaque_callback_data", self.callback_data.as_deref());
        put(
            &mut body,
            "recipient_identity_key_hash",
            self.identity_key_hash.as_deref(),
        );
        Value::Object(body)
    }
}

impl Recipient {
    /// Whom an answer to a message goes to: its group, else the person by number, else by user id. `None` when the message does
    /// not say who wrote it.
    pub fn answering(message: &InboundMessage) -> Option<Self> {
        if let Some(group) = &message.group_id {
            return Some(Self::Group(group.clone()));
        }
        let number = message.sender.phone.as_deref();
        match number.and_then(|number| PhoneNumber::parse(number).ok()) {
            Some(phone) => Some(Self::Phone(phone)),
            None => message.sender.user_id.clone().map(Self::UserId),
        }
    }

    fn write(&self, body: &mut Map<String, Value>) {
        let (kind, to, user_id) = match self {
            Self::Phone(phone) => ("individual", Some(phone.with_plus()), None),
            Self::UserId(user_id) => ("individual", None, Some(user_id)),
            Self::Both { phone, user_id } => ("individual", Some(phone.with_plus()), Some(user_id)),
            Self::Group(group_id) => ("group", Some(group_id.clone()), None),
        };
        body.insert("recipient_type".to_owned(), json!(kind));
        put(body, "to", to.as_deref());
        put(body, "recipient", user_id.map(String::as_str));
    }
}

impl OutboundContent {
    fn to_json(&self) -> (&'static str, Value) {
        match self {
            Self::Text { body, preview_url } => ("text", json!({ "body": body, "preview_url": preview_url })),
            Self::Image(file) => ("image", file.to_json(None)),
            Self::Video(file) => ("video", file.to_json(None)),
            Self::Audio { id, voice } => (
                "audio",
                if *voice {
                    json!({ "id": id, "voice": true })
                } else {
                    json!({ "id": id })
                },
            ),
            Self::Document { file, filename } => ("document", file.to_json(filename.as_deref())),
            Self::Sticker { id } => ("sticker", json!({ "id": id })),
            Self::Location(place) => ("location", place.to_json()),
            Self::Contacts(cards) => ("contacts", cards.iter().map(Card::to_json).collect()),
            Self::Reaction { message_id, emoji } => (
                "reaction",
                json!({ "message_id": message_id, "emoji": emoji.as_deref().unwrap_or_default() }),
            ),
            Self::Pin(pin) => ("pin", pin.to_json()),
            Self::Interactive(interactive) => ("interactive", interactive.to_json()),
            Self::Template(template) => ("template", template.to_json()),
            Self::OneTimeCode(code) => ("template", code.to_json()),
        }
    }
}

/// Puts a text under a key, if there is one.
fn put(object: &mut Map<String, Value>, key: &str, text: Option<&str>) {
    if let Some(text) = text {
        object.insert(key.to_owned(), json!(text));
    }
}

/// An object of those of the texts that are there.
fn texts(pairs: &[(&str, Option<&str>)]) -> Map<String, Value> {
    let mut object = Map::new();
    for (key, text) in pairs {
        put(&mut object, key, *text);
    }
    object
}
