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
        match body.itself() {
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
            Body::Call {
                event,
                by_contact,
                seconds,
            } => Self::Notice {
                said: call(w, event, *by_contact, *seconds),
                text: None,
            },
            // The message itself was asked for.
            Body::With { .. } => Self::Nothing,
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

/// Our words for what happened to a call.
fn call(w: Words, event: &str, by_contact: Option<bool>, seconds: Option<i64>) -> String {
    let key = match (event, by_contact, seconds) {
        ("began", Some(true), _) => "call-began-by-customer".to_owned(),
        ("began", Some(false), _) => "call-began-by-us".to_owned(),
        ("ended", _, Some(seconds)) => {
            let arguments = [("minutes", (seconds / 60).into()), ("seconds", (seconds % 60).into())];
            return w.say_with("call-ended-after", &arguments);
        }
        (event, ..) => format!("call-{event}"),
    };
    w.say(if w.has(&key) { &key } else { "call-other" })
}

/// What came along with a message, each as a line of its own.
pub(crate) fn along(w: Words, body: Option<&Body>) -> Vec<String> {
    let Some(along) = body.and_then(Body::along) else {
        return Vec::new();
    };
    let forwarded = along.forwarded.map(|often| {
        w.say(if often {
            "along-forwarded-often"
        } else {
            "along-forwarded"
        })
    });
    let product = along.product.as_ref();
    let product = product.map(|product| w.say_with("along-product", &[("product", product.as_str().into())]));
    let advertisement = along.advertisement.as_ref().map(|advertisement| {
        let told = [&advertisement.headline, &advertisement.text, &advertisement.address];
        let told = told.into_iter().flatten().cloned();
        let line: Vec<String> = [w.say("along-advertisement")].into_iter().chain(told).collect();
        line.join(" · ")
    });
    [forwarded, product, advertisement].into_iter().flatten().collect()
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
