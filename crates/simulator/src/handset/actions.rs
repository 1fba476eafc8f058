//! What the customer does on the handset page: write, send a file, tap a button, put an emoji on a message, look.
//!
//! Each answers 204 to the page's module, and sends a browser without script back to the page.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Multipart, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use serde::Deserialize;

use crate::graph::forms;
use crate::ids::{CustomerId, Wamid};
use crate::message::{MediaKind, SimContent};
use crate::samples::{self, PhotoKind};
use crate::state::Shared;
use crate::webhooks;

/// The longest text that a phone takes.
const LONGEST_TEXT: usize = 65_536;
/// How long the sample recording is.
const SAMPLE_VOICE_SECONDS: u32 = 7;

#[derive(Deserialize)]
pub(super) struct Written {
    customer: String,
    body: String,
    #[serde(default)]
    quote: String,
}

pub(super) async fn send(State(shared): State<Arc<Shared>>, headers: HeaderMap, Form(form): Form<Written>) -> Response {
    let Ok(customer) = CustomerId::parse(&form.customer) else {
        return bad("Which customer?");
    };
    let body = form.body.replace("\r\n", "\n");
    let body = body.trim();
    if body.is_empty() || body.len() > LONGEST_TEXT {
        return bad("A text has 1 to 65,536 bytes.");
    }
    let quote = (!form.quote.is_empty()).then(|| Wamid::new(form.quote));
    webhooks::customer_sends(&shared, &customer, SimContent::Text(body.to_owned()), quote).await;
    done(&headers, &customer)
}

/// A picture, recording or document from the browser: multipart `customer`, `file`, perhaps `caption` and `voice`.
pub(super) async fn file(State(shared): State<Arc<Shared>>, headers: HeaderMap, mut form: Multipart) -> Response {
    let mut customer = None;
    let mut caption = None;
    let mut voice = false;
    let mut file: Option<(String, Option<String>, Bytes)> = None;
    while let Ok(Some(field)) = form.next_field().await {
        match field.name().unwrap_or_default() {
            "customer" => customer = field.text().await.ok().and_then(|text| CustomerId::parse(&text).ok()),
            "caption" => caption = field.text().await.ok().filter(|text| !text.trim().is_empty()),
            "voice" => voice = true,
            "file" => {
                let mime = field.content_type().unwrap_or("application/octet-stream").to_owned();
                let name = field.file_name().map(str::to_owned);
                match field.bytes().await {
                    Ok(bytes) if !bytes.is_empty() => file = Some((mime, name, bytes)),
                    _ => return bad("The file is empty or larger than 16 MB."),
                }
            }
            _ => {}
        }
    }
    let (Some(customer), Some((mime, name, bytes))) = (customer, file) else {
        return bad("Which customer, which file?");
    };
    let kind = kind_of(&mime, voice);
    let filename = name.filter(|_| kind == MediaKind::Document);
    send_file(&shared, &customer, kind, bytes, &mime, caption, filename).await;
    done(&headers, &customer)
}

fn kind_of(mime: &str, voice: bool) -> MediaKind {
    match mime.split(';').next().unwrap_or_default() {
        "image/jpeg" | "image/png" => MediaKind::Image,
        "image/webp" => MediaKind::Sticker,
        "video/mp4" | "video/3gpp" => MediaKind::Video,
        "audio/ogg" if voice => MediaKind::Voice,
        "audio/ogg" | "audio/mpeg" | "audio/mp4" | "audio/aac" | "audio/amr" => MediaKind::Audio,
        _ => MediaKind::Document,
    }
}

#[derive(Deserialize)]
pub(super) struct Sample {
    customer: String,
    /// `photo`, `voice`, `document` or `location`.
    what: String,
}

pub(super) async fn sample(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(form): Form<Sample>,
) -> Response {
    let Ok(customer) = CustomerId::parse(&form.customer) else {
        return bad("Which customer?");
    };
    let seed = shared.lock().dice.next();
    match form.what.as_str() {
        "photo" => {
            let drawn = tokio::task::spawn_blocking(move || samples::photo(seed, PhotoKind::Windscreen)).await;
            let Ok(photo) = drawn else {
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            };
            send_file(
                &shared,
                &customer,
                MediaKind::Image,
                photo.into(),
                "image/jpeg",
                None,
                None,
            )
            .await;
        }
        "voice" => {
            let note = samples::voice_note(SAMPLE_VOICE_SECONDS).into();
            send_file(
                &shared,
                &customer,
                MediaKind::Voice,
                note,
                "audio/ogg; codecs=opus",
                None,
                None,
            )
            .await;
        }
        "document" => {
            let paper = samples::document(seed, "Repair quote").into();
            let name = Some("repair-quote.pdf".to_owned());
            send_file(
                &shared,
                &customer,
                MediaKind::Document,
                paper,
                "application/pdf",
                None,
                name,
            )
            .await;
        }
        "location" => {
            let content = SimContent::Location {
                latitude: -32.2522,
                longitude: 24.5308,
                name: Some("Where I am".to_owned()),
                address: Some("Church Square, Graaff-Reinet".to_owned()),
            };
            webhooks::customer_sends(&shared, &customer, content, None).await;
        }
        _ => return bad("There is no such sample."),
    }
    done(&headers, &customer)
}

async fn send_file(
    shared: &Arc<Shared>,
    customer: &CustomerId,
    kind: MediaKind,
    bytes: Bytes,
    mime: &str,
    caption: Option<String>,
    filename: Option<String>,
) {
    let id = shared.keep_file(mime, bytes, true);
    let content = SimContent::Media {
        kind,
        id: Some(id),
        link: None,
        mime: mime.to_owned(),
        caption,
        filename,
    };
    webhooks::customer_sends(shared, customer, content, None).await;
}

#[derive(Deserialize)]
pub(super) struct Tap {
    customer: String,
    of: String,
    id: String,
}

/// A tap on a button or a row of the business's message.
pub(super) async fn tap(State(shared): State<Arc<Shared>>, headers: HeaderMap, Form(form): Form<Tap>) -> Response {
    let Ok(customer) = CustomerId::parse(&form.customer) else {
        return bad("Which customer?");
    };
    let of = Wamid::new(form.of);
    let answer = {
        let mut state = shared.lock();
        let message = state.phone(&customer).message(&of);
        message.and_then(|message| answer(&message.content, &form.id))
    };
    let Some(content) = answer else {
        return bad("That cannot be tapped.");
    };
    webhooks::customer_sends(&shared, &customer, content, Some(of)).await;
    done(&headers, &customer)
}

/// What goes back when the choice with this id is tapped.
fn answer(offer: &SimContent, id: &str) -> Option<SimContent> {
    let (SimContent::Interactive { choices, .. } | SimContent::Template { choices, .. }) = offer else {
        return None;
    };
    let choice = choices.iter().find(|choice| choice.id.as_deref() == Some(id))?;
    let (id, title) = (id.to_owned(), choice.title.clone());
    Some(match offer {
        SimContent::Template { .. } => SimContent::TemplateButton {
            payload: id,
            text: title,
        },
        SimContent::Interactive {
            form: forms::Form::List,
            ..
        } => SimContent::ListReply {
            id,
            title,
            description: choice.note.clone(),
        },
        _ => SimContent::ButtonReply { id, title },
    })
}

#[derive(Deserialize)]
pub(super) struct React {
    customer: String,
    to: String,
    #[serde(default)]
    emoji: String,
}

pub(super) async fn react(State(shared): State<Arc<Shared>>, headers: HeaderMap, Form(form): Form<React>) -> Response {
    let Ok(customer) = CustomerId::parse(&form.customer) else {
        return bad("Which customer?");
    };
    let emoji = Some(form.emoji).filter(|emoji| !emoji.is_empty());
    webhooks::customer_sends(
        &shared,
        &customer,
        SimContent::Reaction {
            to: Wamid::new(form.to),
            emoji,
        },
        None,
    )
    .await;
    done(&headers, &customer)
}

#[derive(Deserialize)]
pub(super) struct Seen {
    customer: String,
}

/// The page is in front of a person and shows the conversation.
pub(super) async fn seen(State(shared): State<Arc<Shared>>, headers: HeaderMap, Form(form): Form<Seen>) -> Response {
    let Ok(customer) = CustomerId::parse(&form.customer) else {
        return bad("Which customer?");
    };
    webhooks::customer_looks(&shared, &customer);
    done(&headers, &customer)
}

fn bad(words: &'static str) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, words).into_response()
}

fn done(headers: &HeaderMap, customer: &CustomerId) -> Response {
    if headers.contains_key("x-live") {
        StatusCode::NO_CONTENT.into_response()
    } else {
        Redirect::to(&format!("/?customer={customer}")).into_response()
    }
}
