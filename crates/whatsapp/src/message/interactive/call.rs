//! Calls: asking to be allowed to call, and a button with which the person calls us. The call itself goes by other requests, which
//! this crate does not make.
//!
//! Source: Meta, Calling, User call permissions and Call button messages, 2026-06.

use serde_json::{Map, Value, json};

use super::{Words, frame};
use crate::redacted::redacted_debug;

/// Words with the app's own buttons to allow or refuse a call; comes back as a call permission reply. Once a day to one person, and
/// twice a week.
#[derive(Clone, PartialEq, Eq)]
pub struct CallPermission {
    /// The words: say why.
    pub body: String,
}

/// Words with a button that calls us.
#[derive(Clone, PartialEq, Eq)]
pub struct CallButton {
    /// The words.
    pub body: String,
    /// Label of the button; the app's own if absent.
    pub label: Option<String>,
    /// For how many minutes the button works, 1 to 43,200; seven days if absent.
    pub minutes: Option<u32>,
    /// A text that comes back with the call. It travels through the provider: nothing about people.
    pub payload: Option<String>,
}

redacted_debug!(CallPermission, CallButton);

impl CallPermission {
    pub(super) fn to_json(&self) -> Value {
        let words = Words {
            body: Some(&self.body),
            ..Words::default()
        };
        let action = json!({ "name": "call_permission_request" });
        frame("call_permission_request", words, action)
    }
}

impl CallButton {
    pub(super) fn to_json(&self) -> Value {
        let mut parameters = Map::new();
        let mut put = |key: &str, value: Option<Value>| value.map(|value| parameters.insert(key.to_owned(), value));
        put("display_text", self.label.as_ref().map(|label| json!(label)));
        put("ttl_minutes", self.minutes.map(|minutes| json!(minutes)));
        put("payload", self.payload.as_ref().map(|payload| json!(payload)));
        let mut action = json!({ "name": "voice_call" });
        if !parameters.is_empty() {
            action["parameters"] = Value::Object(parameters);
        }
        let words = Words {
            body: Some(&self.body),
            ..Words::default()
        };
        frame("voice_call", words, action)
    }
}
