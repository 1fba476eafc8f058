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
use crate::graph::refusal_text;
use crate::ids::{CustomerId, Wamid};
use crate::message::SimMessage;
use crate::phone::Phone;
use crate::state::{Shared, State};
use crate::webhooks::content::body_of;

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
    #[serde(skip_serializing_if = "Option::is_none")]
    user_preferences: Option<[Preference<'a>; 1]>,
}

/// A wish of a customer about marketing messages.
#[derive(Serialize)]
struct Preference<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    wa_id: Option<&'a str>,
    user_id: &'a str,
    detail: &'static str,
    category: &'static str,
    value: &'static str,
    timestamp: i64,
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
    let told = Told {
        message: Some(message),
        ..Told::default()
    };
    wrap(shared, "messages", Some(contact), told)
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
    let told = Told {
        status: Some(status),
        ..Told::default()
    };
    wrap(shared, "messages", contact, told)
}

/// The webhook that tells what a customer last wished about marketing messages.
pub(crate) fn marketing_wish(shared: &Shared, state: &State, customer: &CustomerId) -> Bytes {
    let Some(phone) = state.phone_if_known(customer) else {
        return Bytes::new();
    };
    let number = (!phone.profile.hides_number).then_some(customer.as_str());
    let (value, detail) = if phone.stopped_marketing {
        ("stop", "User requested to stop marketing messages")
    } else {
        ("resume", "User requested to resume marketing messages")
    };
    let preference = Preference {
        wa_id: number,
        user_id: &phone.user_id,
        detail,
        category: "marketing_messages",
        value,
        timestamp: shared.clock.now_seconds(),
    };
    let told = Told {
        preference: Some(preference),
        ..Told::default()
    };
    wrap(shared, "user_preferences", Some(contact(phone, number, true)), told)
}

/// The one thing that a webhook tells.
#[derive(Default)]
struct Told<'a> {
    message: Option<Message<'a>>,
    status: Option<Status<'a>>,
    preference: Option<Preference<'a>>,
}

fn wrap(shared: &Shared, field: &'static str, contact: Option<Contact<'_>>, told: Told<'_>) -> Bytes {
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
                    messages: told.message.map(|message| [message]),
                    statuses: told.status.map(|status| [status]),
                    user_preferences: told.preference.map(|preference| [preference]),
                },
                field,
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
