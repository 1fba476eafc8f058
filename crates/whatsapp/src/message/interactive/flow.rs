//! A button that opens a flow: a form of several screens inside the app. What was filled in comes back as a flow reply whose
//! `response_json` is a text of JSON, which holds our token again.
//!
//! Source: Meta, Flows, Sending a flow, 2026 (message version 3).

use serde_json::{Map, Value, json};

use super::{Header, Words, frame};
use crate::redacted::redacted_debug;

/// Words with a button that opens a flow.
#[derive(Clone, PartialEq)]
pub struct FlowMessage {
    /// What stands above the words.
    pub header: Option<Header>,
    /// The words.
    pub body: String,
    /// Small words below.
    pub footer: Option<String>,
    /// Which flow.
    pub flow: FlowId,
    /// Label of the button.
    pub label: String,
    /// A text of ours that comes back with the answer, to match by.
    pub token: String,
    /// What the flow begins with.
    pub action: FlowAction,
    /// The flow is not published yet; only numbers of its makers can open it.
    pub draft: bool,
}

/// How a flow is named.
#[derive(Clone, PartialEq, Eq)]
pub enum FlowId {
    /// By the provider's id.
    Id(String),
    /// By its name, which changes with the flow.
    Name(String),
}

/// What a flow begins with.
#[derive(Clone, PartialEq)]
pub enum FlowAction {
    /// A screen that is known beforehand.
    Navigate {
        /// The screen.
        screen: String,
        /// What it shows; may be empty.
        data: Map<String, Value>,
    },
    /// Whatever the flow's own endpoint answers.
    Exchange,
}

redacted_debug!(FlowMessage, FlowId, FlowAction);

impl FlowMessage {
    pub(super) fn to_json(&self) -> Value {
        let mut parameters = Map::new();
        let mut put = |key: &str, value: Value| parameters.insert(key.to_owned(), value);
        put("flow_message_version", json!("3"));
        match &self.flow {
            FlowId::Id(id) => put("flow_id", json!(id)),
            FlowId::Name(name) => put("flow_name", json!(name)),
        };
        put("flow_token", json!(self.token));
        put("flow_cta", json!(self.label));
        match &self.action {
            FlowAction::Navigate { screen, data } => {
                put("flow_action", json!("navigate"));
                let mut payload = json!({ "screen": screen });
                if !data.is_empty() {
                    payload["data"] = Value::Object(data.clone());
                }
                put("flow_action_payload", payload);
            }
            FlowAction::Exchange => {
                put("flow_action", json!("data_exchange"));
            }
        }
        put("mode", json!(if self.draft { "draft" } else { "published" }));
        let words = Words {
            header: self.header.as_ref().map(Header::to_json),
            body: Some(&self.body),
            footer: self.footer.as_deref(),
        };
        frame("flow", words, json!({ "name": "flow", "parameters": parameters }))
    }
}
