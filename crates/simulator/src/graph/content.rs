//! What a message that fits its form says: as the customer's phone keeps it and the handset shows it.

use serde_json::Value;

use crate::graph::errors::GraphError;
use crate::graph::forms::Form;
use crate::ids::{MediaId, Wamid};
use crate::message::{Choice, MediaKind, SimContent};
use crate::state::Shared;

/// The names under which a message holds files.
const FILES: [&str; 5] = ["image", "video", "audio", "document", "sticker"];
/// The business's own data for a flow, whatever its names.
const DATA: [&str; 2] = ["flow_action_payload", "flow_action_data"];

/// Reads a body of this form; none for what is no message of a conversation.
///
/// # Errors
/// 100 when the provider has no file with an id that the body names.
pub(super) fn content(shared: &Shared, form: Form, body: &Value) -> Result<Option<SimContent>, GraphError> {
    check_files(shared, body)?;
    let file = |kind: MediaKind| media(shared, kind, &body[kind.wire_name()]);
    let content = match form {
        Form::Text => SimContent::Text(words(&body["text"]["body"])),
        Form::Image => file(MediaKind::Image),
        Form::Video => file(MediaKind::Video),
        Form::Audio if body["audio"]["voice"] == true => file(MediaKind::Voice),
        Form::Audio => file(MediaKind::Audio),
        Form::Document => file(MediaKind::Document),
        Form::Sticker => file(MediaKind::Sticker),
        Form::Location => location(&body["location"]),
        Form::Contacts => SimContent::Contacts(body["contacts"].clone()),
        Form::Reaction => SimContent::Reaction {
            to: Wamid::new(words(&body["reaction"]["message_id"])),
            emoji: some_words(&body["reaction"]["emoji"]).filter(|emoji| !emoji.is_empty()),
        },
        Form::Template
        | Form::TemplateLimitedTimeOffer
        | Form::TemplateCarousel
        | Form::TemplateCommerce
        | Form::TemplateOneTimeCode => template(shared, &body["template"]),
        Form::Pin | Form::ReadMark | Form::Typing => return Ok(None),
        _ => interactive(shared, form, &body["interactive"]),
    };
    Ok(Some(content))
}

/// Every file that the message names by id is there, also in headers and on cards.
fn check_files(shared: &Shared, value: &Value) -> Result<(), GraphError> {
    let now = shared.clock.now_seconds();
    let inner: Vec<(&str, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.as_str(), value)).collect(),
        Value::Array(list) => list.iter().map(|value| ("", value)).collect(),
        _ => Vec::new(),
    };
    for (key, value) in inner.into_iter().filter(|(key, _)| !DATA.contains(key)) {
        let id = value.get("id").and_then(Value::as_str).filter(|_| FILES.contains(&key));
        if id.is_some_and(|id| shared.lock().shelf.at_provider(&MediaId::new(id), now).is_none()) {
            return Err(GraphError::parameter(format!(
                "Param {key}['id'] is not a valid whatsapp business account media attachment ID"
            )));
        }
        check_files(shared, value)?;
    }
    Ok(())
}

fn words(value: &Value) -> String {
    some_words(value).unwrap_or_default()
}

fn some_words(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn media(shared: &Shared, kind: MediaKind, file: &Value) -> SimContent {
    let id = some_words(&file["id"]).map(MediaId::new);
    let kept = id.as_ref().and_then(|id| shared.lock().shelf.on_phone(id).cloned());
    SimContent::Media {
        kind,
        mime: kept.map(|file| file.mime).unwrap_or_default(),
        id,
        link: some_words(&file["link"]),
        caption: some_words(&file["caption"]),
        filename: some_words(&file["filename"]),
    }
}

fn location(place: &Value) -> SimContent {
    let degrees = |value: &Value| {
        value
            .as_f64()
            .or_else(|| value.as_str()?.parse().ok())
            .unwrap_or_default()
    };
    SimContent::Location {
        latitude: degrees(&place["latitude"]),
        longitude: degrees(&place["longitude"]),
        name: some_words(&place["name"]),
        address: some_words(&place["address"]),
    }
}

/// What heads an interactive message, or the one parameter of a template's header: both have the same shape.
fn header(shared: &Shared, header: &Value) -> Option<Box<SimContent>> {
    let content = match header["type"].as_str()? {
        "text" => SimContent::Text(words(&header["text"])),
        "image" => media(shared, MediaKind::Image, &header["image"]),
        "video" => media(shared, MediaKind::Video, &header["video"]),
        "document" => media(shared, MediaKind::Document, &header["document"]),
        "location" => location(&header["location"]),
        _ => SimContent::Text(product(&header["product"])),
    };
    Some(Box::new(content))
}

fn product(product: &Value) -> String {
    format!("Product {}", words(&product["product_retailer_id"]))
}

fn interactive(shared: &Shared, form: Form, interactive: &Value) -> SimContent {
    SimContent::Interactive {
        form,
        header: header(shared, &interactive["header"]),
        body: words(&interactive["body"]["text"]),
        footer: some_words(&interactive["footer"]["text"]),
        choices: choices(form, &interactive["action"]),
    }
}

/// What can be tapped, and what the phone would show on buttons that do something else than answer.
fn choices(form: Form, action: &Value) -> Vec<Choice> {
    let parameters = &action["parameters"];
    let one = |title: &str, note: Option<String>| vec![Choice::shown(title, note)];
    match form {
        Form::Buttons => list(&action["buttons"])
            .map(|button| reply(&button["reply"], None))
            .collect(),
        Form::List => {
            let rows = list(&action["sections"]).flat_map(|section| list(&section["rows"]));
            rows.map(|row| reply(row, some_words(&row["description"]))).collect()
        }
        Form::Link => one(&words(&parameters["display_text"]), some_words(&parameters["url"])),
        Form::Flow => one(&words(&parameters["flow_cta"]), None),
        Form::LocationRequest => one("Send location", None),
        Form::AddressRequest => one("Provide address", None),
        Form::CallPermissionRequest => one("Choose preference", None),
        Form::VoiceCall => one(parameters["display_text"].as_str().unwrap_or("Call Now"), None),
        Form::ContactInfoRequest => one("Share contact info", None),
        Form::Product => one("View", Some(product(action))),
        Form::Catalog => one("View catalog", None),
        Form::ProductList => products(&action["sections"]),
        Form::Carousel => list(&action["cards"]).flat_map(card).collect(),
        _ => Vec::new(),
    }
}

fn reply(reply: &Value, note: Option<String>) -> Choice {
    Choice {
        id: some_words(&reply["id"]),
        title: words(&reply["title"]),
        note,
    }
}

fn products(sections: &Value) -> Vec<Choice> {
    let of = |section: &'_ Value| {
        let title = some_words(&section["title"]);
        let items = list(&section["product_items"]).map(product).collect::<Vec<_>>();
        items
            .into_iter()
            .map(move |item| Choice::shown(&item, title.clone()))
            .collect::<Vec<_>>()
    };
    list(sections).flat_map(of).collect()
}

fn card(card: &Value) -> Vec<Choice> {
    let (action, text) = (&card["action"], some_words(&card["body"]["text"]));
    if card["type"] == "product" {
        return vec![Choice::shown(&product(action), None)];
    }
    let replies = list(&action["buttons"]).map(|button| reply(&button["quick_reply"], text.clone()));
    let link = action["parameters"]["display_text"].as_str();
    replies
        .chain(link.map(|label| Choice::shown(label, text.clone())))
        .collect()
}

fn template(shared: &Shared, template: &Value) -> SimContent {
    let components = || list(&template["components"]);
    let part = |kind: &str| components().find(|component| component["type"] == kind);
    let body = part("body").map(|body| &body["parameters"]);
    SimContent::Template {
        name: words(&template["name"]),
        language: words(&template["language"]["code"]),
        header: part("header").and_then(|part| header(shared, &part["parameters"][0])),
        values: body.into_iter().flat_map(list).map(value).collect(),
        choices: components().flat_map(template_choices).collect(),
    }
}

/// What stands in for a variable of the body.
fn value(parameter: &Value) -> String {
    let kind = parameter["type"].as_str().unwrap_or_default();
    some_words(&parameter[kind]).unwrap_or_else(|| words(&parameter[kind]["fallback_value"]))
}

/// The labels of a template's buttons stand in the template alone; here they are named by what they do.
fn template_choices(component: &Value) -> Vec<Choice> {
    let first = &component["parameters"][0];
    let choice = match (component["type"].as_str(), component["sub_type"].as_str()) {
        (Some("carousel"), _) => {
            let cards = list(&component["cards"]).flat_map(|card| list(&card["components"]));
            return cards.flat_map(template_choices).collect();
        }
        (_, Some("quick_reply")) => Choice {
            id: some_words(&first["payload"]),
            title: "Quick reply".to_owned(),
            note: some_words(&first["payload"]),
        },
        (_, Some("url")) => Choice::shown("Open link", some_words(&first["text"])),
        (_, Some("copy_code")) => Choice::shown("Copy code", some_words(&first["coupon_code"])),
        (_, Some("flow")) => Choice::shown("Open form", None),
        (_, Some("catalog")) => Choice::shown("View catalog", None),
        (_, Some("mpm")) => Choice::shown("View items", None),
        (_, Some("voice_call")) => Choice::shown("Call", None),
        _ => return Vec::new(),
    };
    vec![choice]
}
