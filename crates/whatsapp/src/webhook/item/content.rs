//! What a message consists of, by type.
//!
//! The same reading serves messages, echoes and history, because the provider uses one shape for all three. A type, or a
//! sort of interactive answer or system message, that we do not know becomes [`InboundContent::Unknown`]; a known type
//! without what it needs is an error, and the item is then kept as not understood.

use serde_json::Value;

use super::card::{ContactCard, Order};
use super::identity::IdentityChange;
use super::media::{Media, MediaKind};
use super::opaque::Opaque;
use super::shape;
use crate::redacted::redacted_debug;
use crate::webhook::kind::{ContentKind, NotUnderstoodKind};

/// The content of a message.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum InboundContent {
    /// Words.
    Text {
        /// The words.
        body: String,
    },
    /// A file.
    Media(Media),
    /// A place.
    Location(Location),
    /// Contact cards.
    Contacts(Vec<ContactCard>),
    /// A tap on a reply button of ours.
    ButtonReply {
        /// The id that we gave the button.
        id: String,
        /// Its label.
        title: Option<String>,
    },
    /// A choice from a list of ours.
    ListReply {
        /// The id that we gave the row.
        id: String,
        /// Its label.
        title: Option<String>,
        /// Its second line.
        description: Option<String>,
    },
    /// A filled-in form.
    FlowReply {
        /// `flow` or `address_message`.
        name: Option<String>,
        /// The line shown in the chat.
        body: Option<String>,
        /// The answers as text, exactly as received; it should be JSON but need not be.
        response_json: String,
    },
    /// Leave to call, given or refused.
    CallPermissionReply {
        /// Given.
        accepted: bool,
        /// Until taken back.
        permanent: bool,
        /// When it ends, unix microseconds.
        expires_at: Option<i64>,
        /// Given by a rule of the provider rather than by the person.
        automatic: bool,
    },
    /// A tap on a quick reply of a template.
    Button {
        /// What we attached to the button.
        payload: Option<String>,
        /// Its label.
        text: Option<String>,
    },
    /// An order.
    Order(Order),
    /// A reaction to a message.
    Reaction {
        /// Provider id of the message reacted to.
        message_id: String,
        /// The emoji; `None` takes the reaction back.
        emoji: Option<String>,
    },
    /// Something happened to the contact's account.
    System(System),
    /// Something was sent that the provider does not hand on; the message's errors may say why.
    Unsupported {
        /// What it was, in the provider's words.
        type_name: Option<String>,
    },
    /// The chat was opened for the first time.
    RequestWelcome,
    /// An earlier message has a new content.
    Edit {
        /// Provider id of the earlier message, which may be unknown to us.
        original_message_id: String,
        /// The whole new content; `None` if it could not be read.
        content: Option<Box<InboundContent>>,
    },
    /// An earlier message was withdrawn.
    Revoke {
        /// Provider id of the earlier message, which may be unknown to us.
        original_message_id: String,
    },
    /// A message was pinned in a group.
    Pin {
        /// Provider id of the message.
        message_id: Option<String>,
        /// Pinned, or else unpinned.
        pinned: bool,
    },
    /// A template, as sent for us elsewhere.
    Template {
        /// Its name.
        name: String,
        /// Its language code.
        language: Option<String>,
        /// The values filled in.
        components: Option<Opaque>,
    },
    /// An interactive message of ours, or a payment method: carried along, not read.
    Opaque(Opaque),
    /// Media whose file follows later or never comes.
    MediaPlaceholder,
    /// A type that we do not know.
    Unknown,
}

/// A place.
#[derive(Clone, PartialEq)]
pub struct Location {
    /// Degrees north; taken as given, even when no such place exists.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Its name.
    pub name: Option<String>,
    /// Its address.
    pub address: Option<String>,
    /// A web address about it.
    pub url: Option<String>,
}

/// Something that happened to a contact's account.
#[derive(Clone, PartialEq, Eq)]
pub struct System {
    /// The provider's sentence about it.
    pub body: Option<String>,
    /// Old and new names, if names changed.
    pub change: Option<IdentityChange>,
    /// The new fingerprint, if the encryption identity changed.
    pub identity_key_hash: Option<String>,
}

redacted_debug!(InboundContent, Location, System);

/// Whether a content was sent to one of our numbers or by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Inbound,
    Outbound,
}

type Read = Result<(ContentKind, InboundContent), NotUnderstoodKind>;

/// Types that can be told by the property that carries them when the type itself is missing, as in old samples.
const TOLD_BY_PROPERTY: &[&str] = &[
    "text",
    "image",
    "video",
    "audio",
    "voice",
    "document",
    "sticker",
    "location",
    "contacts",
    "interactive",
    "button",
    "order",
    "reaction",
    "system",
    "edit",
    "revoke",
];

/// The type of a message: as stated, or else the one known property that it has.
pub(crate) fn type_of(message: &Value) -> Result<&str, NotUnderstoodKind> {
    match message.get("type") {
        Some(Value::String(name)) => Ok(name),
        Some(_) => Err(NotUnderstoodKind::WrongShape),
        None => {
            let mut told = TOLD_BY_PROPERTY.iter().filter(|name| message.get(**name).is_some());
            match (told.next(), told.next()) {
                (Some(name), None) => Ok(name),
                _ => Err(NotUnderstoodKind::WrongShape),
            }
        }
    }
}

/// Reads the content of a message.
pub(crate) fn read(message: &Value, direction: Direction) -> Read {
    let name = type_of(message)?;
    let object = shape::child(message, name);
    match name {
        "text" => read_text(object),
        "image" => read_media(message, object, ContentKind::Image, MediaKind::Image),
        "video" => read_media(message, object, ContentKind::Video, MediaKind::Video),
        "audio" => {
            let voice = object.is_some_and(|audio| shape::flag(audio, "voice"));
            read_media(message, object, ContentKind::Audio, MediaKind::Audio { voice })
        }
        // The type of voice notes in very old payloads.
        "voice" => read_media(message, object, ContentKind::Audio, MediaKind::Audio { voice: true }),
        "document" => read_media(message, object, ContentKind::Document, MediaKind::Document),
        "sticker" => read_media(message, object, ContentKind::Sticker, MediaKind::Sticker),
        "location" => read_location(object),
        "contacts" => read_contacts(message),
        "interactive" => read_interactive(object, direction),
        "button" => {
            let button = object.ok_or(NotUnderstoodKind::WrongShape)?;
            let (payload, text) = (shape::text(button, "payload"), shape::text(button, "text"));
            if payload.is_none() && text.is_none() {
                return Err(NotUnderstoodKind::WrongShape);
            }
            Ok((ContentKind::Button, InboundContent::Button { payload, text }))
        }
        "order" => {
            let order = object.ok_or(NotUnderstoodKind::WrongShape)?;
            Ok((ContentKind::Order, InboundContent::Order(Order::read(order))))
        }
        "reaction" => {
            let reaction = object.ok_or(NotUnderstoodKind::WrongShape)?;
            let content = InboundContent::Reaction {
                message_id: required(reaction, "message_id")?,
                emoji: shape::some_text(reaction, "emoji"),
            };
            Ok((ContentKind::Reaction, content))
        }
        "system" => read_system(message, object),
        "request_welcome" => Ok((ContentKind::RequestWelcome, InboundContent::RequestWelcome)),
        // `unknown` is the older name.
        "unsupported" | "unknown" => {
            let type_name = object.and_then(|unsupported| shape::some_text(unsupported, "type"));
            Ok((ContentKind::Unsupported, InboundContent::Unsupported { type_name }))
        }
        "edit" => read_edit(object, direction),
        "revoke" => {
            let revoke = object.ok_or(NotUnderstoodKind::WrongShape)?;
            let original_message_id = required(revoke, "original_message_id")?;
            Ok((ContentKind::Revoke, InboundContent::Revoke { original_message_id }))
        }
        "pin" => {
            let pin = object.ok_or(NotUnderstoodKind::WrongShape)?;
            let pinned = shape::str_of(pin, "type") != Some("unpin");
            Ok((
                ContentKind::Pin,
                InboundContent::Pin {
                    message_id: shape::some_text(pin, "message_id"),
                    pinned,
                },
            ))
        }
        "template" => {
            let template = object.ok_or(NotUnderstoodKind::WrongShape)?;
            let content = InboundContent::Template {
                name: required(template, "name")?,
                language: shape::child(template, "language").and_then(|language| shape::some_text(language, "code")),
                components: template.get("components").map(Opaque::of),
            };
            Ok((ContentKind::Template, content))
        }
        "media_placeholder" => Ok((ContentKind::MediaPlaceholder, InboundContent::MediaPlaceholder)),
        _ => Ok((ContentKind::UnknownType, InboundContent::Unknown)),
    }
}

fn required(object: &Value, key: &str) -> Result<String, NotUnderstoodKind> {
    shape::some_text(object, key).ok_or(NotUnderstoodKind::WrongShape)
}

fn read_text(object: Option<&Value>) -> Read {
    let body = object
        .and_then(|text| shape::str_of(text, "body"))
        .ok_or(NotUnderstoodKind::WrongShape)?;
    Ok((ContentKind::Text, InboundContent::Text { body: body.to_owned() }))
}

fn read_media(message: &Value, object: Option<&Value>, kind: ContentKind, media_kind: MediaKind) -> Read {
    let media = match object.and_then(|object| Media::read(media_kind, object)) {
        Some(media) => media,
        // Error 131052: the file was too large, expired or broken; the message still stands.
        None if !shape::list(message, "errors").is_empty() => Media::missing(media_kind),
        None => return Err(NotUnderstoodKind::WrongShape),
    };
    Ok((kind, InboundContent::Media(media)))
}

fn read_location(object: Option<&Value>) -> Read {
    let place = object.ok_or(NotUnderstoodKind::WrongShape)?;
    let degrees = |key| shape::number(place, key).ok_or(NotUnderstoodKind::WrongShape);
    let location = Location {
        latitude: degrees("latitude")?,
        longitude: degrees("longitude")?,
        name: shape::some_text(place, "name"),
        address: shape::some_text(place, "address"),
        url: shape::some_text(place, "url"),
    };
    Ok((ContentKind::Location, InboundContent::Location(location)))
}

fn read_contacts(message: &Value) -> Read {
    let asked = shape::str_of(message, "origin") == Some("contact_request");
    let cards = message
        .get("contacts")
        .and_then(Value::as_array)
        .ok_or(NotUnderstoodKind::WrongShape)?;
    let cards: Option<Vec<_>> = cards.iter().map(|card| ContactCard::read(card, asked)).collect();
    Ok((
        ContentKind::Contacts,
        InboundContent::Contacts(cards.ok_or(NotUnderstoodKind::WrongShape)?),
    ))
}

fn read_interactive(object: Option<&Value>, direction: Direction) -> Read {
    let interactive = object.ok_or(NotUnderstoodKind::WrongShape)?;
    let sort = shape::str_of(interactive, "type").ok_or(NotUnderstoodKind::WrongShape)?;
    let reply = || shape::child(interactive, sort).ok_or(NotUnderstoodKind::WrongShape);
    match sort {
        "button_reply" => {
            let reply = reply()?;
            let content = InboundContent::ButtonReply {
                id: required(reply, "id")?,
                title: shape::text(reply, "title"),
            };
            Ok((ContentKind::ButtonReply, content))
        }
        "list_reply" => {
            let reply = reply()?;
            let content = InboundContent::ListReply {
                id: required(reply, "id")?,
                title: shape::text(reply, "title"),
                description: shape::text(reply, "description"),
            };
            Ok((ContentKind::ListReply, content))
        }
        "nfm_reply" => {
            let reply = reply()?;
            let content = InboundContent::FlowReply {
                name: shape::some_text(reply, "name"),
                body: shape::text(reply, "body"),
                response_json: shape::str_of(reply, "response_json")
                    .ok_or(NotUnderstoodKind::WrongShape)?
                    .to_owned(),
            };
            Ok((ContentKind::FlowReply, content))
        }
        "call_permission_reply" => {
            let reply = reply()?;
            let content = InboundContent::CallPermissionReply {
                accepted: required(reply, "response")? == "accept",
                permanent: shape::flag(reply, "is_permanent"),
                expires_at: shape::instant(reply, "expiration_timestamp"),
                automatic: shape::str_of(reply, "response_source") == Some("automatic"),
            };
            Ok((ContentKind::CallPermissionReply, content))
        }
        "payment_method" => Ok((
            ContentKind::PaymentMethod,
            InboundContent::Opaque(Opaque::of(interactive)),
        )),
        _ if direction == Direction::Outbound => Ok((
            ContentKind::Interactive,
            InboundContent::Opaque(Opaque::of(interactive)),
        )),
        _ => Ok((ContentKind::InteractiveUnknown, InboundContent::Unknown)),
    }
}

fn read_system(message: &Value, object: Option<&Value>) -> Read {
    let system = object.ok_or(NotUnderstoodKind::WrongShape)?;
    let (kind, change) = match shape::str_of(system, "type").ok_or(NotUnderstoodKind::WrongShape)? {
        "user_changed_number" | "customer_changed_number" => (
            ContentKind::UserChangedNumber,
            Some(IdentityChange::of_system(message, system, true)),
        ),
        "user_changed_user_id" => (
            ContentKind::UserChangedUserId,
            Some(IdentityChange::of_system(message, system, false)),
        ),
        "customer_identity_changed" => (ContentKind::CustomerIdentityChanged, None),
        _ => return Ok((ContentKind::SystemUnknown, InboundContent::Unknown)),
    };
    let identity_key_hash = shape::some_text(system, "identity").or_else(|| {
        let identity = shape::child(system, "identity").or_else(|| shape::child(message, "identity"))?;
        shape::some_text(identity, "hash")
    });
    Ok((
        kind,
        InboundContent::System(System {
            body: shape::text(system, "body"),
            change,
            identity_key_hash,
        }),
    ))
}

fn read_edit(object: Option<&Value>, direction: Direction) -> Read {
    let edit = object.ok_or(NotUnderstoodKind::WrongShape)?;
    let original_message_id = required(edit, "original_message_id")?;
    // An edit within an edit means nothing, and refusing it bounds the recursion.
    let content = shape::child(edit, "message")
        .filter(|message| shape::str_of(message, "type") != Some("edit") && message.get("edit").is_none())
        .and_then(|message| read(message, direction).ok())
        .map(|(_, content)| Box::new(content));
    Ok((
        ContentKind::Edit,
        InboundContent::Edit {
            original_message_id,
            content,
        },
    ))
}
