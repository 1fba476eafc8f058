//! One message of a conversation as the customer's phone knows it, in either direction.

use crate::graph::forms::Form;
use crate::ids::{MediaId, Wamid};

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The customer, on the handset or by program.
    FromCustomer,
    /// The business, through the Graph API.
    FromBusiness,
}

/// How far a message has come, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ticks {
    /// Not sent, and never will be.
    Failed,
    /// Left the sender (one grey tick).
    Sent,
    /// Arrived at the other side (two grey ticks). For a customer's message: the webhook was acknowledged.
    Delivered,
    /// Shown to the other side (two blue ticks).
    Read,
}

/// The provider's kinds of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    /// JPEG or PNG.
    Image,
    /// MP4 or 3GP.
    Video,
    /// A sound file.
    Audio,
    /// A recording made in the chat (on the wire: audio with `voice: true`).
    Voice,
    /// Any other file.
    Document,
    /// WebP.
    Sticker,
}

impl MediaKind {
    /// The name of this kind on the wire.
    pub fn wire_name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio | Self::Voice => "audio",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }
}

/// What a message says.
#[derive(Clone, Debug, PartialEq)]
pub enum SimContent {
    /// Plain text.
    Text(String),
    /// A file; its bytes are asked from the simulator by `id`.
    Media {
        /// What kind of file.
        kind: MediaKind,
        /// Where the bytes are; empty when the business sent a link instead.
        id: Option<MediaId>,
        /// The business's link, when it sent one instead of a file.
        link: Option<String>,
        /// For example `image/jpeg`.
        mime: String,
        /// The text under the file.
        caption: Option<String>,
        /// The name of a document.
        filename: Option<String>,
    },
    /// A place.
    Location {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
        /// What the place is called.
        name: Option<String>,
        /// Its address.
        address: Option<String>,
    },
    /// Contact cards, in the provider's shape.
    Contacts(serde_json::Value),
    /// An emoji on a message; `None` takes it back.
    Reaction {
        /// The message that it is put on.
        to: Wamid,
        /// The emoji.
        emoji: Option<String>,
    },
    /// A tap on a reply button.
    ButtonReply {
        /// The button's id, chosen by the business.
        id: String,
        /// Its text.
        title: String,
    },
    /// A choice from a list.
    ListReply {
        /// The row's id, chosen by the business.
        id: String,
        /// Its text.
        title: String,
        /// Its second line.
        description: Option<String>,
    },
    /// A tap on a quick reply of a template.
    TemplateButton {
        /// The hidden payload.
        payload: String,
        /// The button's text.
        text: String,
    },
    /// Something that the platform does not deliver (`unsupported`), for example an edit or a poll.
    Unsupported {
        /// What it was, when the provider says so.
        kind: Option<String>,
    },
    /// A business message with something to tap.
    Interactive {
        /// Which of the interactive forms.
        form: Form,
        /// What heads it: a text or a file.
        header: Option<Box<Self>>,
        /// The text; empty where the form needs none.
        body: String,
        /// The small text below.
        footer: Option<String>,
        /// What can be tapped.
        choices: Vec<Choice>,
    },
    /// A business message made from a template.
    Template {
        /// The template's name.
        name: String,
        /// Its language code.
        language: String,
        /// What heads it: a text, a file, a place or a product.
        header: Option<Box<Self>>,
        /// The values of the body's variables, in order.
        values: Vec<String>,
        /// What can be tapped.
        choices: Vec<Choice>,
    },
}

/// A button, a row or a card of a business message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What comes back when it is tapped; none for what does something else than answer.
    pub id: Option<String>,
    /// What stands on it.
    pub title: String,
    /// A second line.
    pub note: Option<String>,
}

impl Choice {
    /// A choice that only shows what a tap would do.
    pub(crate) fn shown(title: &str, note: Option<String>) -> Self {
        Self {
            id: None,
            title: title.to_owned(),
            note,
        }
    }
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct SimMessage {
    /// The provider's id.
    pub id: Wamid,
    /// Who wrote it.
    pub direction: Direction,
    /// When it was sent, in microseconds since 1970.
    pub at_micros: i64,
    /// What it says.
    pub content: SimContent,
    /// The message that it answers.
    pub quote: Option<Wamid>,
    /// How far it has come.
    pub ticks: Ticks,
    /// The emoji that the other side put on it.
    pub reaction: Option<String>,
}
