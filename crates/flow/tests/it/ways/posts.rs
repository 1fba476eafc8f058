//! Posts of the provider, made by hand.

use aws_lc_rs::hmac;
use serde_json::{Value, json};

pub(super) const APP_SECRET: &str = "an app secret";
/// The provider's id of our number.
pub(super) const NUMBER: &str = "106540352242922";

/// The value of the signature header.
pub(super) fn signature(body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, APP_SECRET.as_bytes());
    let tag = hmac::sign(&key, body);
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

/// A person as an update names them.
#[derive(Clone, Copy)]
pub(super) struct Guest<'a> {
    pub(super) phone: Option<&'a str>,
    pub(super) user_id: Option<&'a str>,
    pub(super) name: &'a str,
}

impl<'a> Guest<'a> {
    /// Named by a number alone.
    pub(super) fn by_phone(phone: &'a str) -> Self {
        Self {
            phone: Some(phone),
            user_id: None,
            name: "Guest",
        }
    }

    /// Named by a user id alone.
    pub(super) fn by_id(user_id: &'a str) -> Self {
        Self {
            phone: None,
            user_id: Some(user_id),
            name: "Guest",
        }
    }

    /// Named by both.
    pub(super) fn by_both(phone: &'a str, user_id: &'a str) -> Self {
        Self {
            phone: Some(phone),
            user_id: Some(user_id),
            name: "Guest",
        }
    }

    fn contact(&self) -> Value {
        let mut contact = json!({"profile": {"name": self.name}});
        put(&mut contact, "wa_id", self.phone);
        put(&mut contact, "user_id", self.user_id);
        contact
    }
}

fn put(object: &mut Value, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        object[key] = json!(value);
    }
}

/// One item of a post with what stands around it: a change.
pub(super) type Change = Value;

fn change(number: &str, inside: &Value) -> Change {
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "31205550101", "phone_number_id": number},
    });
    for (key, part) in inside.as_object().unwrap() {
        value[key] = part.clone();
    }
    json!({"field": "messages", "value": value})
}

/// A message of any type: `rest` holds the type and its object. `at` is in seconds.
pub(super) fn message(guest: Guest<'_>, id: &str, at: i64, rest: &Value) -> Change {
    message_to(NUMBER, guest, id, at, rest)
}

/// A message to another number.
pub(super) fn message_to(number: &str, guest: Guest<'_>, id: &str, at: i64, rest: &Value) -> Change {
    let mut message = json!({"id": format!("wamid.{id}"), "timestamp": at.to_string()});
    put(&mut message, "from", guest.phone);
    put(&mut message, "from_user_id", guest.user_id);
    for (key, part) in rest.as_object().unwrap() {
        message[key] = part.clone();
    }
    change(number, &json!({"contacts": [guest.contact()], "messages": [message]}))
}

/// A text that says its own id.
pub(super) fn text(guest: Guest<'_>, id: &str, at: i64) -> Change {
    message(guest, id, at, &json!({"type": "text", "text": {"body": id}}))
}

/// What WhatsApp tells about a person: `system` is the object of that name.
pub(super) fn system(from: Option<&str>, id: &str, at: i64, system: &Value) -> Change {
    let mut message =
        json!({"id": format!("wamid.{id}"), "timestamp": at.to_string(), "type": "system", "system": system});
    put(&mut message, "from", from);
    change(NUMBER, &json!({"messages": [message]}))
}

/// What became of a message of ours: `more` adds fields.
pub(super) fn status(id: &str, state: &str, at: i64, more: &Value) -> Change {
    let mut status = json!({"id": id, "status": state, "timestamp": at.to_string(), "recipient_id": "31612345678"});
    for (key, part) in more.as_object().unwrap() {
        status[key] = part.clone();
    }
    change(NUMBER, &json!({"statuses": [status]}))
}

/// An error that the provider reports about itself.
pub(super) fn provider_error(code: i64) -> Change {
    change(
        NUMBER,
        &json!({"errors": [{"code": code, "title": "Something went wrong"}]}),
    )
}

/// One post.
#[derive(Clone)]
pub(super) struct Post(pub(super) Vec<Change>);

impl Post {
    /// Its bytes: each change in an entry of its own.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let entries: Vec<Value> = self
            .0
            .iter()
            .map(|change| json!({"id": "1", "changes": [change]}))
            .collect();
        json!({"object": "whatsapp_business_account", "entry": entries})
            .to_string()
            .into_bytes()
    }

    /// Its bytes in another cut: all changes in one entry.
    pub(super) fn bytes_in_one_entry(&self) -> Vec<u8> {
        json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": self.0}]})
            .to_string()
            .into_bytes()
    }
}
