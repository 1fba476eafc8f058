//! From what the provider says a message is to our own words: kind, body, what it refers to, and its file.
//!
//! Pure: nothing is sealed or stored here.

use counterfoil_model::body::{Body, Card, OrderLine};
use counterfoil_model::message::{Direction, MessageKind};
use counterfoil_whatsapp::webhook::item::{InboundContent, InboundMessage, Media, MediaKind};

/// A message in our own words.
pub(crate) struct Content<'a> {
    pub(crate) kind: MessageKind,
    pub(crate) direction: Direction,
    pub(crate) body: Body,
    /// The provider's id of the message that this one answers, edits, withdraws or reacts to.
    pub(crate) refers: Option<&'a str>,
    /// Its file, if it has one.
    pub(crate) media: Option<&'a Media>,
}

/// Puts a message into our own words.
pub(crate) fn content(message: &InboundMessage) -> Content<'_> {
    let (kind, body, media) = words(&message.content);
    let refers = match &message.content {
        InboundContent::Reaction { message_id, .. } => Some(message_id.as_str()),
        InboundContent::Edit {
            original_message_id, ..
        }
        | InboundContent::Revoke { original_message_id } => Some(original_message_id.as_str()),
        _ => message
            .context
            .as_ref()
            .and_then(|context| context.quoted_id.as_deref()),
    };
    let direction = if kind == MessageKind::System {
        Direction::System
    } else {
        Direction::Inbound
    };
    Content {
        kind,
        direction,
        body,
        refers,
        media,
    }
}

fn words(content: &InboundContent) -> (MessageKind, Body, Option<&Media>) {
    let plain = |kind, body| (kind, body, None);
    match content {
        InboundContent::Text { body } => plain(MessageKind::Text, Body::Text { text: body.clone() }),
        InboundContent::Media(media) => {
            let (kind, voice) = media_kind(&media.kind);
            (
                kind,
                Body::Media {
                    caption: media.caption.clone(),
                    voice,
                },
                Some(media),
            )
        }
        InboundContent::MediaPlaceholder => plain(
            MessageKind::Document,
            Body::Media {
                caption: None,
                voice: false,
            },
        ),
        InboundContent::Location(place) => plain(
            MessageKind::Location,
            Body::Location {
                latitude: place.latitude,
                longitude: place.longitude,
                name: place.name.clone(),
                address: place.address.clone(),
            },
        ),
        InboundContent::Contacts(cards) => plain(
            MessageKind::Contacts,
            Body::Contacts {
                cards: cards
                    .iter()
                    .map(|card| Card {
                        name: card.formatted_name.clone().unwrap_or_default(),
                        phones: card
                            .phones
                            .iter()
                            .filter_map(|phone| phone.phone.clone().or(phone.wa_id.clone()))
                            .collect(),
                        emails: card.emails.clone(),
                    })
                    .collect(),
            },
        ),
        InboundContent::ButtonReply { id, title } => {
            plain(MessageKind::Interactive, choice(title.as_deref(), Some(id), None))
        }
        InboundContent::ListReply { id, title, description } => plain(
            MessageKind::Interactive,
            choice(title.as_deref(), Some(id), description.clone()),
        ),
        InboundContent::Button { payload, text } => {
            plain(MessageKind::Button, choice(text.as_deref(), payload.as_deref(), None))
        }
        InboundContent::FlowReply {
            name, response_json, ..
        } => plain(
            MessageKind::Interactive,
            Body::Form {
                name: name.clone().unwrap_or_default(),
                answer: response_json.clone(),
            },
        ),
        InboundContent::CallPermissionReply { accepted, .. } => plain(
            MessageKind::Interactive,
            notice(
                if *accepted {
                    "call_permission_given"
                } else {
                    "call_permission_refused"
                },
                None,
            ),
        ),
        InboundContent::Order(order) => plain(
            MessageKind::Order,
            Body::Order {
                text: order.text.clone(),
                lines: order
                    .lines
                    .iter()
                    .map(|line| OrderLine {
                        article: line.product_retailer_id.clone().unwrap_or_default(),
                        quantity: line.quantity.map(|number| number.to_string()).unwrap_or_default(),
                        price: line.item_price.map(|number| number.to_string()).unwrap_or_default(),
                        currency: line.currency.clone().unwrap_or_default(),
                    })
                    .collect(),
            },
        ),
        InboundContent::Reaction { emoji, .. } => plain(
            MessageKind::Reaction,
            Body::Reaction {
                emoji: emoji.clone().filter(|emoji| !emoji.is_empty()),
            },
        ),
        InboundContent::System(system) => plain(
            MessageKind::System,
            notice(
                match &system.change {
                    Some(change) if change.new_phone.is_some() => "number_changed",
                    Some(_) => "user_id_changed",
                    None if system.identity_key_hash.is_some() => "identity_key_changed",
                    None => "other",
                },
                system.body.clone(),
            ),
        ),
        InboundContent::Unsupported { .. } | InboundContent::Unknown => {
            plain(MessageKind::Unsupported, notice("not_delivered_to_businesses", None))
        }
        InboundContent::RequestWelcome => plain(MessageKind::Welcome, notice("chat_opened", None)),
        InboundContent::Edit { content, .. } => {
            let (_, body, media) = content
                .as_deref()
                .map_or_else(|| plain(MessageKind::Edit, notice("edited", None)), words);
            (
                MessageKind::Edit,
                Body::Edit {
                    content: Box::new(body),
                },
                media,
            )
        }
        InboundContent::Revoke { .. } => plain(MessageKind::Withdrawal, Body::Withdrawal),
        InboundContent::Pin { pinned, .. } => plain(
            MessageKind::System,
            notice(if *pinned { "pinned" } else { "unpinned" }, None),
        ),
        InboundContent::Template { name, .. } => plain(MessageKind::Template, notice("template", Some(name.clone()))),
        // Also what the platform adds later: it is kept whole beside this line.
        _ => plain(MessageKind::Unsupported, notice("kept_whole", None)),
    }
}

fn media_kind(kind: &MediaKind) -> (MessageKind, bool) {
    match kind {
        MediaKind::Image => (MessageKind::Image, false),
        MediaKind::Video => (MessageKind::Video, false),
        MediaKind::Audio { voice } => (MessageKind::Audio, *voice),
        MediaKind::Document => (MessageKind::Document, false),
        MediaKind::Sticker => (MessageKind::Sticker, false),
    }
}

fn choice(title: Option<&str>, id: Option<&str>, description: Option<String>) -> Body {
    Body::Choice {
        title: title.or(id).unwrap_or_default().to_owned(),
        id: id.map(str::to_owned),
        description,
    }
}

fn notice(event: &str, text: Option<String>) -> Body {
    Body::Notice {
        event: event.to_owned(),
        text,
    }
}
