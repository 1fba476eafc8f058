//! Whether a body is a message that may be sent: every form of `POST /<number id>/messages`, as closed field tables.
//!
//! It stands at the send door of the simulated provider, and tests hold bodies of the real client against it without a
//! server. It is written from the provider's documentation and knows nothing of the client, so that neither repeats a
//! mistake of the other. It never asks what needs a memory: whether a file, a group or a quoted message exists.
//!
//! A file per family holds its tables; `table` says what a table is and holds values against it.

mod contacts;
mod envelope;
mod form;
mod interactive;
mod media;
mod misfit;
mod table;
mod template;
mod text;
mod writing;

use std::slice;

use serde_json::Value;

pub use form::Form;
pub use misfit::{Misfit, Why};

use misfit::Place;
use table::{Field, Kind, need};

/// The object of each type of message.
static TYPES: &[Field] = &[
    need("text", Kind::Part(&text::TEXT)),
    need("image", Kind::Part(&media::IMAGE)),
    need("video", Kind::Part(&media::VIDEO)),
    need("audio", Kind::Part(&media::AUDIO)),
    need("document", Kind::Part(&media::DOCUMENT)),
    need("sticker", Kind::Part(&media::STICKER)),
    need("location", Kind::Part(&text::LOCATION)),
    need("contacts", contacts::CARDS),
    need("reaction", Kind::Part(&text::REACTION)),
    need("interactive", interactive::INTERACTIVE),
    need("template", Kind::Part(&template::TEMPLATE)),
    need("pin", Kind::Part(&text::PIN)),
];

/// What a group gets: text, files and templates of text or files; pins exist there alone (Groups API, 2025).
const FOR_GROUPS: [&str; 8] = [
    "text", "image", "video", "audio", "document", "sticker", "template", "pin",
];

/// The form of a body that may be posted to a number's messages.
///
/// # Errors
/// [`Misfit`] by what does not fit first, and where.
pub fn check(body: &Value) -> Result<Form, Misfit> {
    let place = Place::Body;
    if !body.is_object() {
        return Err(place.is(Why::Type("an object")));
    }
    envelope::product(body)?;
    if body.get("status").is_some() {
        envelope::READ_MARK.fit(body, &place)?;
        let types = body.get("typing_indicator").is_some();
        return Ok(if types { Form::Typing } else { Form::ReadMark });
    }
    let to_group = body.get("recipient_type").is_some_and(|kind| kind == "group");
    let address = if to_group {
        &envelope::TO_GROUP
    } else {
        &envelope::TO_PERSON
    };
    let own = own_object(body, to_group)?;
    let fields = [address.fields, envelope::AROUND, slice::from_ref(own)];
    table::object(&fields, address.rules, body, &place)?;
    let form = form_of(own.name, &body[own.name]).ok_or_else(|| place.key("type").is(Why::Unsupported))?;
    let for_person = !matches!(form, Form::Template) || template::calls(&body["template"]);
    if to_group && own.name == "template" && for_person {
        return Err(place.key("template").is(Why::Unsupported));
    }
    if form == Form::TemplateOneTimeCode && body.get("to").is_none() {
        return Err(place.key("to").is(Why::NeedsNumber));
    }
    Ok(form)
}

/// The field that the message's type names. Without a type a message is a text.
fn own_object(body: &Value, to_group: bool) -> Result<&'static Field, Misfit> {
    let place = Place::Body;
    let place = place.key("type");
    let kind = match body.get("type") {
        None => "text",
        Some(kind) => kind.as_str().ok_or_else(|| place.is(Why::Type("a string")))?,
    };
    let reaches = |kind: &str| {
        if to_group {
            FOR_GROUPS.contains(&kind)
        } else {
            kind != "pin"
        }
    };
    let own = TYPES.iter().find(|field| field.name == kind && reaches(kind));
    own.ok_or_else(|| place.is(Why::Unsupported))
}

/// The form of a message that fits; none when a table has no form yet.
fn form_of(kind: &str, object: &Value) -> Option<Form> {
    match (kind, object["type"].as_str()) {
        ("template", _) => Some(template::form(object)),
        ("interactive", Some(of)) => Form::of_word(&format!("interactive.{of}")),
        _ => Form::of_word(kind),
    }
}
