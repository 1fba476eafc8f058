//! What a message says, by kind, ready to be placed.

use super::markup::Marked;
use crate::words::Words;
use counterfoil_model::body::{Body, Card, OrderLine};
use counterfoil_model::message::MessageKind;

/// What a message says.
pub(crate) enum Content<'a> {
    /// Words, or what stands under a file.
    Words(Marked<'a>),
    /// A file without words.
    Nothing,
    Place {
        name: Option<&'a str>,
        address: Option<&'a str>,
        /// Degrees, as one can type them into a map.
        point: String,
    },
    Cards(&'a [Card]),
    /// A tap on a button or a row of a list.
    Choice {
        title: &'a str,
        description: Option<&'a str>,
    },
    Form {
        name: &'a str,
        answer: &'a str,
    },
    Order {
        text: Option<&'a str>,
        lines: &'a [OrderLine],
    },
    /// A line of ours or of WhatsApp's about the conversation.
    Notice {
        said: String,
        text: Option<&'a str>,
    },
    Erased,
}

impl<'a> Content<'a> {
    pub(crate) fn of(w: Words, body: Option<&'a Body>, kind: MessageKind) -> Self {
        let Some(body) = body else { return Self::Erased };
        match body {
            Body::Text { text } => Self::Words(Marked(text)),
            Body::Media {
                caption: Some(text), ..
            } => Self::Words(Marked(text)),
            Body::Media { caption: None, .. } => Self::Nothing,
            Body::Location {
                latitude,
                longitude,
                name,
                address,
            } => Self::Place {
                name: name.as_deref(),
                address: address.as_deref(),
                point: format!("{latitude:.5}, {longitude:.5}"),
            },
            Body::Contacts { cards } => Self::Cards(cards),
            Body::Choice { title, description, .. } => Self::Choice {
                title,
                description: description.as_deref(),
            },
            Body::Form { name, answer } => Self::Form { name, answer },
            Body::Order { text, lines } => Self::Order {
                text: text.as_deref(),
                lines,
            },
            Body::Reaction { emoji: Some(emoji) } => Self::Notice {
                said: w.say_with("notice-reaction", &[("emoji", emoji.as_str().into())]),
                text: None,
            },
            Body::Reaction { emoji: None } => Self::notice(w, "notice-reaction-removed"),
            Body::Notice { event, text } => Self::Notice {
                said: notice(w, event, kind),
                text: text.as_deref(),
            },
            Body::Edit { content } => Self::of(w, Some(content), kind),
            Body::Withdrawal => Self::notice(w, "notice-withdrawal"),
        }
    }

    fn notice(w: Words, key: &str) -> Self {
        Self::Notice {
            said: w.say(key),
            text: None,
        }
    }
}

/// Our words for an event; by kind where the event has none of its own.
fn notice(w: Words, event: &str, kind: MessageKind) -> String {
    let own = format!("notice-{event}");
    if w.has(&own) {
        return w.say(&own);
    }
    w.say(match kind {
        MessageKind::Unsupported => "notice-unsupported",
        MessageKind::Welcome => "notice-welcome",
        _ => "notice-other",
    })
}

/// The name of a kind, for lists and for what has no words.
pub(crate) fn kind_words(w: Words, kind: MessageKind) -> String {
    w.say(&format!("kind-{}", kind.name()))
}

/// The picture in the sprite that stands for a kind; none for text.
pub(crate) const fn kind_icon(kind: MessageKind) -> Option<&'static str> {
    Some(match kind {
        MessageKind::Image | MessageKind::Sticker => "picture",
        MessageKind::Video => "film",
        MessageKind::Audio => "sound",
        MessageKind::Document => "document",
        MessageKind::Location => "place",
        MessageKind::Contacts => "person",
        MessageKind::Order => "basket",
        MessageKind::Unsupported => "question",
        _ => return None,
    })
}
