//! The shapes of a message that the business may send, checked as the provider checks them.
//!
//! Limits: Cloud API reference, Messages, 2025 and 2026.

use serde_json::Value;

use crate::graph::errors::GraphError;
use crate::ids::{MediaId, Wamid};
use crate::message::{MediaKind, SimContent};
use crate::state::Shared;

const LONGEST_TEXT: usize = 4096;
const LONGEST_CAPTION: usize = 1024;
const LONGEST_BUTTON_BODY: usize = 1024;
const MOST_CONTACTS: usize = 257;

/// Reads `type` and the object named after it. Without `type` it is a text.
pub(crate) fn content(shared: &Shared, body: &Value) -> Result<SimContent, GraphError> {
    let kind = match body.get("type") {
        None => "text",
        Some(kind) => kind
            .as_str()
            .ok_or_else(|| GraphError::parameter("Param type must be a string."))?,
    };
    let part = || {
        body.get(kind)
            .filter(|value| !value.is_null())
            .ok_or_else(|| GraphError::missing(kind))
    };
    match kind {
        "text" => Ok(SimContent::Text(required_text(
            part()?,
            "text.body",
            "body",
            LONGEST_TEXT,
        )?)),
        "image" => media(shared, MediaKind::Image, part()?),
        "video" => media(shared, MediaKind::Video, part()?),
        "audio" => {
            let part = part()?;
            let voice = part.get("voice").and_then(Value::as_bool).unwrap_or(false);
            media(shared, if voice { MediaKind::Voice } else { MediaKind::Audio }, part)
        }
        "document" => media(shared, MediaKind::Document, part()?),
        "sticker" => media(shared, MediaKind::Sticker, part()?),
        "location" => location(part()?),
        "contacts" => contacts(part()?),
        "reaction" => reaction(part()?),
        "interactive" => interactive(part()?),
        "template" => template(part()?),
        other => Err(GraphError::value(format!(
            "Param type has an unknown value: {}",
            other.escape_debug()
        ))),
    }
}

fn required_text(part: &Value, path: &str, name: &str, longest: usize) -> Result<String, GraphError> {
    let text = part.get(name).ok_or_else(|| GraphError::missing(path))?;
    let text = text
        .as_str()
        .ok_or_else(|| GraphError::parameter(format!("Param {path} must be a string.")))?;
    if text.is_empty() {
        return Err(GraphError::missing(path));
    }
    limited(text, path, longest)
}

fn optional_text(part: &Value, path: &str, name: &str, longest: usize) -> Result<Option<String>, GraphError> {
    match part.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => limited(text, path, longest).map(Some),
        Some(_) => Err(GraphError::parameter(format!("Param {path} must be a string."))),
    }
}

fn limited(text: &str, path: &str, longest: usize) -> Result<String, GraphError> {
    if text.chars().count() > longest {
        return Err(GraphError::parameter(format!(
            "Param {path} must be at most {longest} characters long."
        )));
    }
    Ok(text.to_owned())
}

fn media(shared: &Shared, kind: MediaKind, part: &Value) -> Result<SimContent, GraphError> {
    let name = kind.wire_name();
    let caption = optional_text(part, &format!("{name}.caption"), "caption", LONGEST_CAPTION)?;
    if caption.is_some() && matches!(kind, MediaKind::Audio | MediaKind::Voice | MediaKind::Sticker) {
        return Err(GraphError::parameter(format!(
            "Unexpected key \"caption\" on param \"{name}\"."
        )));
    }
    let filename = optional_text(part, &format!("{name}.filename"), "filename", LONGEST_CAPTION)?;
    if filename.is_some() && kind != MediaKind::Document {
        return Err(GraphError::parameter(format!(
            "Unexpected key \"filename\" on param \"{name}\"."
        )));
    }
    match (
        part.get("id").and_then(Value::as_str),
        part.get("link").and_then(Value::as_str),
    ) {
        (Some(id), None) => {
            let id = MediaId::new(id);
            let now = shared.clock.now_seconds();
            let state = shared.lock();
            let file = state.shelf.at_provider(&id, now).ok_or_else(|| {
                GraphError::parameter(format!(
                    "Param {name}['id'] is not a valid whatsapp business account media attachment ID"
                ))
            })?;
            Ok(SimContent::Media {
                kind,
                mime: file.mime.clone(),
                id: Some(id),
                link: None,
                caption,
                filename,
            })
        }
        (None, Some(link)) if link.starts_with("http://") || link.starts_with("https://") => Ok(SimContent::Media {
            kind,
            id: None,
            link: Some(link.to_owned()),
            mime: String::new(),
            caption,
            filename,
        }),
        (None, Some(_)) => Err(GraphError::parameter(format!(
            "Param {name}['link'] is not a valid URL."
        ))),
        (Some(_), Some(_)) => Err(GraphError::parameter(format!(
            "Param {name} must have either id or link."
        ))),
        (None, None) => Err(GraphError::missing(&format!("{name}.id"))),
    }
}

fn location(part: &Value) -> Result<SimContent, GraphError> {
    let degrees = |name: &str, most: f64| {
        let value = part
            .get(name)
            .ok_or_else(|| GraphError::missing(&format!("location.{name}")))?;
        let number = value
            .as_f64()
            .or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        number
            .filter(|number: &f64| number.abs() <= most)
            .ok_or_else(|| GraphError::value(format!("location.{name} must be a number of degrees.")))
    };
    Ok(SimContent::Location {
        latitude: degrees("latitude", 90.0)?,
        longitude: degrees("longitude", 180.0)?,
        name: optional_text(part, "location.name", "name", LONGEST_CAPTION)?,
        address: optional_text(part, "location.address", "address", LONGEST_CAPTION)?,
    })
}

fn contacts(part: &Value) -> Result<SimContent, GraphError> {
    let cards = part
        .as_array()
        .ok_or_else(|| GraphError::parameter("Param contacts must be an array."))?;
    if cards.is_empty() || cards.len() > MOST_CONTACTS {
        return Err(GraphError::parameter("Param contacts must have 1 to 257 elements."));
    }
    for card in cards {
        let name = card.get("name").ok_or_else(|| GraphError::missing("contacts.name"))?;
        required_text(name, "contacts.name.formatted_name", "formatted_name", LONGEST_CAPTION)?;
        let parts = ["first_name", "last_name", "middle_name", "prefix", "suffix"];
        if !parts.iter().any(|key| name.get(key).is_some_and(Value::is_string)) {
            return Err(GraphError::missing("contacts.name.first_name"));
        }
    }
    Ok(SimContent::Contacts(part.clone()))
}

fn reaction(part: &Value) -> Result<SimContent, GraphError> {
    let to = Wamid::new(required_text(part, "reaction.message_id", "message_id", LONGEST_TEXT)?);
    let emoji = optional_text(part, "reaction.emoji", "emoji", 32)?.filter(|emoji| !emoji.is_empty());
    Ok(SimContent::Reaction { to, emoji })
}

fn interactive(part: &Value) -> Result<SimContent, GraphError> {
    let kind = required_text(part, "interactive.type", "type", 64)?;
    let longest = if kind == "list" {
        LONGEST_TEXT
    } else {
        LONGEST_BUTTON_BODY
    };
    let body = part
        .get("body")
        .ok_or_else(|| GraphError::missing("interactive.body"))?;
    let body = required_text(body, "interactive.body.text", "text", longest)?;
    let action = part
        .get("action")
        .ok_or_else(|| GraphError::missing("interactive.action"))?;
    match kind.as_str() {
        "button" => Ok(SimContent::Interactive {
            body,
            choices: buttons(action)?,
            list: false,
        }),
        "list" => Ok(SimContent::Interactive {
            body,
            choices: rows(action)?,
            list: true,
        }),
        "cta_url" => {
            let parameters = action
                .get("parameters")
                .ok_or_else(|| GraphError::missing("interactive.action.parameters"))?;
            required_text(
                parameters,
                "interactive.action.parameters.display_text",
                "display_text",
                20,
            )?;
            required_text(parameters, "interactive.action.parameters.url", "url", 2000)?;
            Ok(SimContent::Interactive {
                body,
                choices: Vec::new(),
                list: false,
            })
        }
        "flow" | "location_request_message" | "request_contact_info" | "call_permission_request" => {
            Ok(SimContent::Interactive {
                body,
                choices: Vec::new(),
                list: false,
            })
        }
        other => Err(GraphError::value(format!(
            "interactive.type has an unknown value: {}",
            other.escape_debug()
        ))),
    }
}

fn buttons(action: &Value) -> Result<Vec<(String, String)>, GraphError> {
    let list = action.get("buttons").and_then(Value::as_array);
    let list = list.ok_or_else(|| GraphError::missing("interactive.action.buttons"))?;
    if list.is_empty() || list.len() > 3 {
        return Err(GraphError::value(
            "interactive.action.buttons must have 1 to 3 elements.",
        ));
    }
    let mut choices: Vec<(String, String)> = Vec::new();
    for button in list {
        let reply = button
            .get("reply")
            .ok_or_else(|| GraphError::missing("interactive.action.buttons.reply"))?;
        let id = required_text(reply, "interactive.action.buttons.reply.id", "id", 256)?;
        let title = required_text(reply, "interactive.action.buttons.reply.title", "title", 20)?;
        if choices
            .iter()
            .any(|(known_id, known_title)| *known_id == id || *known_title == title)
        {
            return Err(GraphError::value(
                "interactive.action.buttons must have different ids and titles.",
            ));
        }
        choices.push((id, title));
    }
    Ok(choices)
}

fn rows(action: &Value) -> Result<Vec<(String, String)>, GraphError> {
    required_text(action, "interactive.action.button", "button", 20)?;
    let sections = action.get("sections").and_then(Value::as_array);
    let sections = sections.ok_or_else(|| GraphError::missing("interactive.action.sections"))?;
    let mut choices = Vec::new();
    for section in sections {
        optional_text(section, "interactive.action.sections.title", "title", 24)?;
        let rows = section.get("rows").and_then(Value::as_array);
        for row in rows.ok_or_else(|| GraphError::missing("interactive.action.sections.rows"))? {
            let id = required_text(row, "interactive.action.sections.rows.id", "id", 200)?;
            let title = required_text(row, "interactive.action.sections.rows.title", "title", 24)?;
            optional_text(row, "interactive.action.sections.rows.description", "description", 72)?;
            choices.push((id, title));
        }
    }
    if choices.is_empty() || choices.len() > 10 || sections.len() > 10 {
        return Err(GraphError::value(
            "interactive.action.sections must have 1 to 10 rows in all.",
        ));
    }
    Ok(choices)
}

fn template(part: &Value) -> Result<SimContent, GraphError> {
    let name = required_text(part, "template.name", "name", 512)?;
    let language = part
        .get("language")
        .ok_or_else(|| GraphError::missing("template.language"))?;
    let language = required_text(language, "template.language.code", "code", 16)?;
    let components = part
        .get("components")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let body = components
        .iter()
        .find(|component| component.get("type").and_then(Value::as_str) == Some("body"));
    let values = body
        .and_then(|body| body.get("parameters"))
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let values = values
        .iter()
        .filter_map(|value| value.get("text").and_then(Value::as_str).map(str::to_owned))
        .collect();
    Ok(SimContent::Template { name, language, values })
}
