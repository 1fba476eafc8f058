//! The phone and its bubbles as HTML.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::graph::VERIFIED_NAME;
use crate::ids::{CustomerId, MediaId, Wamid};
use crate::message::{Choice, Direction, MediaKind, SimContent, SimMessage, Ticks};
use crate::page::{self, Html};
use crate::phone::Phone;
use crate::state::{Shared, State as Known};

/// How many customers the switch offers.
const MOST_OFFERED: usize = 200;

/// Whose phone is looked at.
#[derive(Deserialize)]
pub(super) struct Whose {
    #[serde(default)]
    customer: String,
}

#[derive(Template)]
#[template(path = "handset.html")]
struct HandsetPage<'a> {
    business: &'a str,
    customer: &'a CustomerId,
    name: &'a str,
    others: Vec<Other>,
    thread: String,
}

struct Other {
    number: String,
    name: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "handset_thread.html")]
struct ThreadPart<'a> {
    customer: &'a CustomerId,
    items: Vec<Item>,
    typing: bool,
}

/// A row of the conversation.
enum Item {
    Day(String),
    Bubble(Box<Bubble>),
}

struct Bubble {
    id: String,
    mine: bool,
    unseen: bool,
    time: String,
    quote: Option<Quote>,
    body: Body,
    reaction: Option<String>,
    ticks: Option<TickView>,
}

struct Quote {
    who: String,
    words: String,
}

struct TickView {
    state: &'static str,
    words: &'static str,
    double: bool,
}

enum Body {
    Text(String),
    Picture {
        address: Option<String>,
        caption: Option<String>,
    },
    Sound {
        address: Option<String>,
        voice: bool,
    },
    Paper {
        address: Option<String>,
        name: String,
        kind: String,
        caption: Option<String>,
    },
    Place {
        name: String,
        degrees: String,
    },
    Choices(Box<Offer>),
    Small(String),
}

/// A business message with something to tap.
struct Offer {
    picture: Option<String>,
    head: Option<String>,
    body: String,
    foot: Option<String>,
    choices: Vec<Choice>,
}

pub(super) async fn show(State(shared): State<Arc<Shared>>, Query(whose): Query<Whose>) -> Response {
    let Some(customer) = customer_of(&shared, &whose) else {
        return page::not_found("There is no customer yet.");
    };
    let now = shared.clock.now_micros();
    let state = shared.lock();
    let Some(phone) = state.phone_if_known(&customer) else {
        return page::not_found("There is no such customer.");
    };
    let Ok(thread) = part(&customer, phone, now).render() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let name = &phone.profile.name;
    Html::page(&HandsetPage {
        business: VERIFIED_NAME,
        customer: &customer,
        name,
        others: others(&state, &customer),
        thread,
    })
}

pub(super) async fn thread(State(shared): State<Arc<Shared>>, Query(whose): Query<Whose>) -> Response {
    let Some(customer) = customer_of(&shared, &whose) else {
        return page::not_found("There is no customer yet.");
    };
    let now = shared.clock.now_micros();
    let state = shared.lock();
    match state.phone_if_known(&customer) {
        Some(phone) => Html::page(&part(&customer, phone, now)),
        None => page::not_found("There is no such customer."),
    }
}

pub(super) async fn media(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let file = shared.lock().shelf.on_phone(&MediaId::new(id)).cloned();
    match file {
        Some(file) => page::media(&file.mime, file.bytes),
        None => page::not_found("This file is no longer on the phone."),
    }
}

pub(super) async fn css() -> Response {
    page::asset("text/css; charset=utf-8", include_str!("../../assets/handset.css"))
}

pub(super) async fn js() -> Response {
    page::asset(
        "text/javascript; charset=utf-8",
        include_str!("../../assets/handset.js"),
    )
}

/// The customer that was asked for, or the first one.
pub(super) fn customer_of(shared: &Shared, whose: &Whose) -> Option<CustomerId> {
    let state = shared.lock();
    let asked = CustomerId::parse(&whose.customer)
        .ok()
        .filter(|customer| state.phone_if_known(customer).is_some());
    asked.or_else(|| state.customers().next().map(|(customer, _)| customer.clone()))
}

fn others(state: &Known, chosen: &CustomerId) -> Vec<Other> {
    let other = |(customer, phone): (&CustomerId, &Phone)| Other {
        number: customer.as_str().to_owned(),
        name: phone.profile.name.clone(),
        chosen: customer == chosen,
    };
    let mut offered: Vec<Other> = state.customers().take(MOST_OFFERED).map(other).collect();
    if !offered.iter().any(|other| other.chosen) {
        offered.extend(state.customers().filter(|(customer, _)| *customer == chosen).map(other));
    }
    offered
}

fn part<'a>(customer: &'a CustomerId, phone: &Phone, now_micros: i64) -> ThreadPart<'a> {
    let mut items = Vec::new();
    let mut last_day = String::new();
    for message in phone.messages().filter(|message| is_on_phone(message)) {
        let day = page::day(message.at_micros);
        if day != last_day {
            items.push(Item::Day(day.clone()));
            last_day = day;
        }
        items.push(Item::Bubble(Box::new(bubble(phone, message))));
    }
    ThreadPart {
        customer,
        items,
        typing: now_micros < phone.typing_until_micros,
    }
}

/// A business message is on the phone once it was delivered. Reactions show on the message that they are for.
fn is_on_phone(message: &SimMessage) -> bool {
    let arrived = message.direction == Direction::FromCustomer || message.ticks >= Ticks::Delivered;
    arrived && !matches!(message.content, SimContent::Reaction { .. })
}

fn bubble(phone: &Phone, message: &SimMessage) -> Bubble {
    let mine = message.direction == Direction::FromCustomer;
    Bubble {
        id: message.id.as_str().to_owned(),
        mine,
        unseen: !mine && message.ticks == Ticks::Delivered,
        time: page::clock_time(message.at_micros),
        quote: message.quote.as_ref().map(|id| quote(phone, id)),
        body: body(&message.content),
        reaction: message.reaction.clone(),
        ticks: mine.then(|| tick_view(message.ticks)),
    }
}

fn quote(phone: &Phone, id: &Wamid) -> Quote {
    match phone.message(id) {
        Some(quoted) => {
            let mine = quoted.direction == Direction::FromCustomer;
            Quote {
                who: if mine { "You" } else { VERIFIED_NAME }.to_owned(),
                words: words(&quoted.content),
            }
        }
        None => Quote {
            who: VERIFIED_NAME.to_owned(),
            words: "A message that is no longer on this phone".to_owned(),
        },
    }
}

fn tick_view(ticks: Ticks) -> TickView {
    let (state, words, double) = match ticks {
        Ticks::Failed => ("failed", "Not sent", false),
        Ticks::Sent => ("sent", "Sent", false),
        Ticks::Delivered => ("delivered", "Delivered", true),
        Ticks::Read => ("read", "Read", true),
    };
    TickView { state, words, double }
}

fn body(content: &SimContent) -> Body {
    match content {
        SimContent::Text(text) => Body::Text(text.clone()),
        SimContent::Media {
            kind,
            id,
            link,
            mime,
            caption,
            filename,
        } => {
            let address = id.as_ref().map(|id| format!("/media/{id}"));
            let caption = caption.clone();
            match kind {
                MediaKind::Image | MediaKind::Sticker if id.is_some() => Body::Picture { address, caption },
                MediaKind::Audio | MediaKind::Voice if id.is_some() => Body::Sound {
                    address,
                    voice: *kind == MediaKind::Voice,
                },
                _ => {
                    let name = filename
                        .clone()
                        .or_else(|| link.clone())
                        .unwrap_or_else(|| "File".to_owned());
                    Body::Paper {
                        address,
                        name,
                        kind: mime.clone(),
                        caption,
                    }
                }
            }
        }
        SimContent::Location {
            latitude,
            longitude,
            name,
            address,
        } => {
            let name = [name.clone(), address.clone()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(", ");
            Body::Place {
                name,
                degrees: format!("{latitude:.4}, {longitude:.4}"),
            }
        }
        SimContent::Interactive {
            header,
            body,
            footer,
            choices,
            ..
        } => offer(header.as_deref(), body.clone(), footer.clone(), choices),
        SimContent::Template { header, choices, .. } => {
            let line = template_line(content);
            if header.is_none() && choices.is_empty() {
                Body::Small(line)
            } else {
                offer(header.as_deref(), line, None, choices)
            }
        }
        SimContent::ButtonReply { title, .. } | SimContent::ListReply { title, .. } => Body::Text(title.clone()),
        SimContent::TemplateButton { text, .. } => Body::Text(text.clone()),
        SimContent::Contacts(_) | SimContent::Unsupported { .. } | SimContent::Reaction { .. } => {
            Body::Small(words(content))
        }
    }
}

fn offer(header: Option<&SimContent>, body: String, foot: Option<String>, choices: &[Choice]) -> Body {
    let (picture, head) = match header {
        Some(SimContent::Media {
            kind: MediaKind::Image,
            id: Some(id),
            ..
        }) => (Some(format!("/media/{id}")), None),
        header => (None, header.map(words)),
    };
    Body::Choices(Box::new(Offer {
        picture,
        head,
        body,
        foot,
        choices: choices.to_vec(),
    }))
}

/// The phone does not have the template's text, only its name and what stands in for its variables.
fn template_line(content: &SimContent) -> String {
    match content {
        SimContent::Template { name, values, .. } if values.is_empty() => format!("Template: {name}"),
        SimContent::Template { name, values, .. } => format!("Template: {name} ({})", values.join(", ")),
        other => words(other),
    }
}

/// A message in one line.
fn words(content: &SimContent) -> String {
    match content {
        SimContent::Text(text) => text.clone(),
        SimContent::Media {
            kind,
            caption,
            filename,
            ..
        } => {
            let kind = match kind {
                MediaKind::Image => "Photo",
                MediaKind::Video => "Video",
                MediaKind::Audio => "Sound",
                MediaKind::Voice => "Voice note",
                MediaKind::Document => "Document",
                MediaKind::Sticker => "Sticker",
            };
            caption
                .clone()
                .or_else(|| filename.clone())
                .unwrap_or_else(|| kind.to_owned())
        }
        SimContent::Location { .. } => "Location".to_owned(),
        SimContent::Contacts(cards) => {
            let name = cards[0]["name"]["formatted_name"].as_str().unwrap_or("without a name");
            format!("Contact: {name}")
        }
        SimContent::Interactive { body, .. } => body.clone(),
        SimContent::Template { name, .. } => name.clone(),
        SimContent::ButtonReply { title, .. } | SimContent::ListReply { title, .. } => title.clone(),
        SimContent::TemplateButton { text, .. } => text.clone(),
        SimContent::Reaction { emoji, .. } => emoji.clone().unwrap_or_default(),
        SimContent::Unsupported { .. } => "Something that this phone cannot send to a business".to_owned(),
    }
}
