//! From what the provider says a message is to our own words: kind, body, what it refers to, and its file.
//!
//! Pure: nothing is sealed or stored here.

use counterfoil_model::body::{Advertisement, Along, Body, Card, OrderLine};
use counterfoil_model::message::{Direction, MessageKind};
use counterfoil_whatsapp::webhook::item::{
    CallDirection, CallEvent, Context, Fault, IdentityChange, InboundContent, Media, MediaKind, Opaque, Preference,
    Referral,
};
use counterfoil_whatsapp::webhook::{CallKind, CallStatusKind};

/// A message in our own words.
pub(crate) struct Content<'a> {
    pub(crate) kind: MessageKind,
    pub(crate) direction: Direction,
    pub(crate) body: Body,
    /// The provider's id of the message that this one answers, edits, withdraws or reacts to.
    pub(crate) refers: Option<&'a str>,
    /// Its file, if it has one, and what sort of file.
    pub(crate) media: Option<(MessageKind, &'a Media)>,
}

/// What stands beside the content of a message.
#[derive(Clone, Copy)]
pub(crate) struct Beside<'a> {
    pub(crate) context: Option<&'a Context>,
    pub(crate) referral: Option<&'a Referral>,
    pub(crate) errors: &'a [Fault],
}

/// Puts a message into our own words. `ours`: it went to the contact.
pub(crate) fn of_message<'a>(content: &'a InboundContent, beside: Beside<'a>, ours: bool) -> Content<'a> {
    let (kind, body, media) = match content {
        InboundContent::Unsupported { type_name } => {
            let event = undisclosed(type_name.as_deref(), beside.errors);
            (MessageKind::Unsupported, notice(event, None), None)
        }
        content => words(content),
    };
    let refers = match content {
        InboundContent::Reaction { message_id, .. } => Some(message_id.as_str()),
        InboundContent::Edit {
            original_message_id, ..
        }
        | InboundContent::Revoke { original_message_id } => Some(original_message_id.as_str()),
        _ => beside.context.and_then(|context| context.quoted_id.as_deref()),
    };
    let direction = match (kind, ours) {
        (MessageKind::System, _) => Direction::System,
        (_, true) => Direction::Outbound,
        (_, false) => Direction::Inbound,
    };
    Content {
        kind,
        direction,
        body: body.with(along(beside)),
        refers,
        media: media.map(|media| (kind, media)),
    }
}

/// A call in our own words: a line, with the recording or what was said as its file.
pub(crate) fn of_call(call: &CallEvent) -> Content<'_> {
    let (event, file_kind) = match call.event {
        CallKind::Connect => ("began", None),
        CallKind::Terminate if call.completed == Some(false) => ("failed", None),
        CallKind::Terminate => ("ended", None),
        CallKind::RecordingAvailable => ("recorded", Some(MessageKind::Audio)),
        CallKind::TranscriptionAvailable => ("transcribed", Some(MessageKind::Document)),
        CallKind::Unknown => ("other", None),
    };
    let by_contact = call.direction.map(|direction| direction == CallDirection::FromContact);
    // A call by the contact opens the window as a message of theirs does. Source: Cloud API, Calling, 2026.
    let by_them = call.event == CallKind::Connect && by_contact == Some(true);
    Content {
        media: file_kind.zip(call.media.as_ref()),
        direction: if by_them { Direction::Inbound } else { Direction::System },
        ..line(
            MessageKind::Call,
            Body::Call {
                event: event.to_owned(),
                by_contact,
                seconds: call.duration_seconds,
            },
        )
    }
}

/// What became of a call of ours, in our own words.
pub(crate) fn of_call_status(kind: CallStatusKind) -> Content<'static> {
    let event = match kind {
        CallStatusKind::Ringing => "ringing",
        CallStatusKind::Accepted => "accepted",
        CallStatusKind::Rejected => "rejected",
        CallStatusKind::Unknown => "other",
    };
    line(
        MessageKind::Call,
        Body::Call {
            event: event.to_owned(),
            by_contact: Some(false),
            seconds: None,
        },
    )
}

/// A contact's word on marketing.
pub(crate) fn of_preference(preference: &Preference) -> Content<'_> {
    let event = match (preference.category.as_deref(), preference.stopped) {
        (None | Some("marketing_messages"), true) => "marketing_stopped",
        (None | Some("marketing_messages"), false) => "marketing_resumed",
        (Some(_), true) => "messages_stopped",
        (Some(_), false) => "messages_resumed",
    };
    line(MessageKind::System, notice(event, preference.detail.clone()))
}

/// Another name of the same person.
pub(crate) fn of_change(change: Option<&IdentityChange>) -> Content<'static> {
    line(MessageKind::System, notice(changed(change), None))
}

/// Something that is told about and that nobody said.
fn line(kind: MessageKind, body: Body) -> Content<'static> {
    Content {
        kind,
        direction: Direction::System,
        body,
        refers: None,
        media: None,
    }
}

fn changed(change: Option<&IdentityChange>) -> &'static str {
    match change {
        Some(change) if change.new_phone.is_some() => "number_changed",
        _ => "user_id_changed",
    }
}

/// What a contact did that the provider tells of and does not disclose.
fn undisclosed(type_name: Option<&str>, errors: &[Fault]) -> &'static str {
    /// What a phone app that shares the number does not pass on. Source: Cloud API, error codes, 2026-05.
    const ONLY_ON_THE_PHONE: i64 = 131_060;
    match type_name {
        Some("edit") => "edit_not_disclosed",
        Some("revoke" | "delete") => "withdrawal_not_disclosed",
        Some("poll" | "poll_creation" | "poll_update") => "poll_not_disclosed",
        _ if errors.iter().any(|error| error.code == Some(ONLY_ON_THE_PHONE)) => "only_on_the_phone",
        _ => "not_delivered_to_businesses",
    }
}

fn along(beside: Beside<'_>) -> Along {
    let forwarded = beside
        .context
        .filter(|context| context.forwarded || context.frequently_forwarded);
    Along {
        forwarded: forwarded.map(|context| context.frequently_forwarded),
        product: beside
            .context
            .and_then(|context| context.product.as_ref())
            .and_then(|product| {
                product
                    .product_retailer_id
                    .clone()
                    .or_else(|| product.catalog_id.clone())
            }),
        advertisement: beside.referral.map(|referral| Advertisement {
            headline: referral.headline.clone(),
            text: referral.body.clone(),
            address: referral.source_url.clone(),
        }),
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
        InboundContent::MediaPlaceholder => plain(MessageKind::Placeholder, notice("file_may_follow", None)),
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
                    Some(change) => changed(Some(change)),
                    None if system.identity_key_hash.is_some() => "identity_key_changed",
                    None => "other",
                },
                system.body.clone(),
            ),
        ),
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
        InboundContent::Opaque(what) => plain(MessageKind::Interactive, opaque(what)),
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

/// An interactive message of ours that was sent elsewhere, by its words; anything else is kept whole beside the line.
fn opaque(what: &Opaque) -> Body {
    let read: Option<serde_json::Value> = serde_json::from_str(what.as_json()).ok();
    let words = read.as_ref().and_then(|value| value.pointer("/body/text")?.as_str());
    words.map_or_else(
        || notice("kept_whole", None),
        |text| Body::Text { text: text.to_owned() },
    )
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
