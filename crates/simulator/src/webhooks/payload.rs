//! The bytes of a webhook, in the provider's shape and spelling.
//!
//! Shapes: Cloud API webhooks reference, `messages` field, as of mid 2026 (business-scoped user ids present, no
//! `conversation` from v24 on). Spelling: characters outside ASCII as `\uXXXX` in lower-case hexadecimal and `/` as
//! `\/`, because the signature is made over exactly these bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use crate::faults::Refusal;
use crate::graph::{attachment_url, refusal_text};
use crate::ids::{CustomerId, Wamid};
use crate::message::{MediaKind, SimContent, SimMessage};
use crate::phone::Phone;
use crate::state::{Shared, State};

#[derive(Serialize)]
struct Envelope<'a> {
    object: &'static str,
    entry: [Entry<'a>; 1],
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    changes: [Change<'a>; 1],
}

#[derive(Serialize)]
struct Change<'a> {
    value: Content<'a>,
    field: &'static str,
}

#[derive(Serialize)]
struct Content<'a> {
    messaging_product: &'static str,
    metadata: Metadata<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contacts: Option<[Contact<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<[Message<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statuses: Option<[Status<'a>; 1]>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    display_phone_number: &'a str,
    phone_number_id: &'a str,
}

#[derive(Serialize)]
struct Contact<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<Profile<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wa_id: Option<&'a str>,
    user_id: &'a str,
}

#[derive(Serialize)]
struct Profile<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
}

#[derive(Serialize)]
struct Message<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    from_user_id: &'a str,
    id: &'a str,
    timestamp: String,
    #[serde(flatten)]
    body: BTreeMap<&'static str, Value>,
    r#type: &'static str,
}

#[derive(Serialize)]
struct Context<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    id: &'a str,
}

#[derive(Serialize)]
struct Status<'a> {
    id: &'a str,
    status: &'static str,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    biz_opaque_callback_data: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pricing: Option<Pricing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<[Value; 1]>,
}

#[derive(Serialize)]
struct Pricing {
    billable: bool,
    pricing_model: &'static str,
    r#type: &'static str,
    category: &'static str,
}

/// A tick of a business message on its way to the business.
pub(crate) struct Tick<'a> {
    pub(crate) customer: &'a CustomerId,
    pub(crate) id: &'a Wamid,
    pub(crate) stage: Stage,
    /// Echoed word for word.
    pub(crate) callback_data: Option<&'a str>,
    /// Templates are charged, answers inside the window are not.
    pub(crate) template: bool,
}

/// What a tick says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Sent,
    Delivered,
    Read,
    Failed(Refusal),
}

/// The webhook that tells of a customer's message.
pub(crate) fn from_customer(shared: &Shared, state: &State, customer: &CustomerId, message: &SimMessage) -> Bytes {
    let Some(phone) = state.phone_if_known(customer) else {
        return Bytes::new();
    };
    let (kind, body) = body_of(shared, state, &message.content);
    let number = (!phone.profile.hides_number).then_some(customer.as_str());
    let context = message.quote.as_ref().map(|quoted| Context {
        from: author_of(shared, phone, number, quoted),
        id: quoted.as_str(),
    });
    let message = Message {
        context,
        from: number,
        from_user_id: &phone.user_id,
        id: message.id.as_str(),
        timestamp: message.at_micros.div_euclid(1_000_000).to_string(),
        body,
        r#type: kind,
    };
    let contact = contact(phone, number, true);
    wrap(shared, Some(contact), Some(message), None)
}

/// The webhook that tells of a tick.
pub(crate) fn status(shared: &Shared, state: &State, tick: &Tick<'_>) -> Bytes {
    let Some(phone) = state.phone_if_known(tick.customer) else {
        return Bytes::new();
    };
    let number = (!phone.profile.hides_number).then_some(tick.customer.as_str());
    let failed = matches!(tick.stage, Stage::Failed(_));
    let (name, errors) = match tick.stage {
        Stage::Sent => ("sent", None),
        Stage::Delivered => ("delivered", None),
        Stage::Read => ("read", None),
        Stage::Failed(refusal) => ("failed", Some([failure(refusal)])),
    };
    let status = Status {
        id: tick.id.as_str(),
        status: name,
        timestamp: shared.clock.now_seconds().to_string(),
        recipient_id: number,
        // A failed send to a phone number does not reveal the user id (user id page, June 2026).
        recipient_user_id: (!failed || number.is_none()).then_some(phone.user_id.as_str()),
        biz_opaque_callback_data: tick.callback_data,
        pricing: matches!(tick.stage, Stage::Sent | Stage::Delivered).then(|| pricing(tick.template)),
        errors,
    };
    let contact = (!failed).then(|| contact(phone, number, tick.stage != Stage::Sent));
    wrap(shared, contact, None, Some(status))
}

fn wrap(
    shared: &Shared,
    contact: Option<Contact<'_>>,
    message: Option<Message<'_>>,
    status: Option<Status<'_>>,
) -> Bytes {
    let options = &shared.options;
    let envelope = Envelope {
        object: "whatsapp_business_account",
        entry: [Entry {
            id: &options.waba_id,
            changes: [Change {
                value: Content {
                    messaging_product: "whatsapp",
                    metadata: Metadata {
                        display_phone_number: &options.display_phone_number,
                        phone_number_id: &options.phone_number_id,
                    },
                    contacts: contact.map(|contact| [contact]),
                    messages: message.map(|message| [message]),
                    statuses: status.map(|status| [status]),
                },
                field: "messages",
            }],
        }],
    };
    let text = serde_json::to_string(&envelope).expect("texts, numbers and string keys always serialise");
    escape(&text).into()
}

fn contact<'a>(phone: &'a Phone, number: Option<&'a str>, with_profile: bool) -> Contact<'a> {
    let profile = with_profile.then(|| Profile {
        name: &phone.profile.name,
        username: phone.profile.username.as_deref(),
    });
    Contact {
        profile,
        wa_id: number,
        user_id: &phone.user_id,
    }
}

fn pricing(template: bool) -> Pricing {
    if template {
        Pricing {
            billable: true,
            pricing_model: "PMP",
            r#type: "regular",
            category: "utility",
        }
    } else {
        Pricing {
            billable: false,
            pricing_model: "PMP",
            r#type: "free_customer_service",
            category: "service",
        }
    }
}

fn failure(refusal: Refusal) -> Value {
    let text = refusal_text(refusal);
    json!({
        "code": text.code,
        "title": text.title,
        "message": text.title,
        "error_data": { "details": text.details },
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    })
}

fn author_of<'a>(shared: &'a Shared, phone: &Phone, number: Option<&'a str>, quoted: &Wamid) -> Option<&'a str> {
    use crate::message::Direction;
    match phone.message(quoted).map(|message| message.direction) {
        Some(Direction::FromCustomer) => number,
        Some(Direction::FromBusiness) | None => Some(&shared.options.display_phone_number),
    }
}

/// The type of a message and the one property that is named after it.
fn body_of(shared: &Shared, state: &State, content: &SimContent) -> (&'static str, BTreeMap<&'static str, Value>) {
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

/// Spells JSON as the provider does. `/` and characters outside ASCII only occur inside strings, so the text can be
/// rewritten as it stands.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        if character == '/' {
            escaped.push_str("\\/");
        } else if character.is_ascii() {
            escaped.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                // Writing to a String cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}
