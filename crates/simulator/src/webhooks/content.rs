//! What a customer's message says, in the provider's shape: its type and the property that is named after it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::graph::attachment_url;
use crate::message::{MediaKind, SimContent};
use crate::state::{Shared, State};

/// The type of a message and the one property that is named after it.
pub(super) fn body_of(
    shared: &Shared,
    state: &State,
    content: &SimContent,
) -> (&'static str, BTreeMap<&'static str, Value>) {
    let (kind, value) = match content {
        SimContent::Text(body) => ("text", json!({ "body": body })),
        SimContent::Media {
            kind,
            id,
            mime,
            caption,
            filename,
            ..
        } => {
            let mut value = json!({ "mime_type": mime });
            if let Some(file) = id
                .as_ref()
                .and_then(|id| state.shelf.on_phone(id).map(|file| (id, file)))
            {
                let (id, file) = file;
                value["sha256"] = json!(file.digest_base64());
                value["id"] = json!(id.as_str());
                value["url"] = json!(attachment_url(shared, id));
            }
            if let Some(caption) = caption {
                value["caption"] = json!(caption);
            }
            if let Some(filename) = filename {
                value["filename"] = json!(filename);
            }
            match kind {
                MediaKind::Voice => value["voice"] = json!(true),
                MediaKind::Audio => value["voice"] = json!(false),
                MediaKind::Sticker => value["animated"] = json!(false),
                MediaKind::Image | MediaKind::Video | MediaKind::Document => {}
            }
            (kind.wire_name(), value)
        }
        SimContent::Location {
            latitude,
            longitude,
            name,
            address,
        } => {
            let mut value = json!({ "latitude": latitude, "longitude": longitude });
            if let Some(name) = name {
                value["name"] = json!(name);
            }
            if let Some(address) = address {
                value["address"] = json!(address);
            }
            ("location", value)
        }
        SimContent::Contacts(cards) => ("contacts", cards.clone()),
        SimContent::Reaction { to, emoji } => {
            let mut value = json!({ "message_id": to.as_str() });
            if let Some(emoji) = emoji {
                value["emoji"] = json!(emoji);
            }
            ("reaction", value)
        }
        SimContent::ButtonReply { id, title } => (
            "interactive",
            json!({ "type": "button_reply", "button_reply": { "id": id, "title": title } }),
        ),
        SimContent::ListReply { id, title, description } => {
            let mut row = json!({ "id": id, "title": title });
            if let Some(description) = description {
                row["description"] = json!(description);
            }
            ("interactive", json!({ "type": "list_reply", "list_reply": row }))
        }
        SimContent::TemplateButton { payload, text } => ("button", json!({ "payload": payload, "text": text })),
        // A customer's phone cannot make these two; whoever sends them by program gets what the platform would say.
        SimContent::Interactive { .. } | SimContent::Template { .. } => return unsupported(None),
        SimContent::Unsupported { kind } => return unsupported(kind.as_deref()),
    };
    (kind, BTreeMap::from([(kind, value)]))
}

fn unsupported(kind: Option<&str>) -> (&'static str, BTreeMap<&'static str, Value>) {
    let errors = json!([{
        "code": 131_051,
        "title": "Message type unknown",
        "message": "Message type unknown",
        "error_data": { "details": "Message type is currently not supported." },
    }]);
    let mut body = BTreeMap::from([("errors", errors)]);
    if let Some(kind) = kind {
        body.insert("unsupported", json!({ "type": kind }));
    }
    ("unsupported", body)
}
