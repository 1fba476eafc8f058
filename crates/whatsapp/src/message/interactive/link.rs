//! A button that opens an address in the person's browser. Nothing comes back to the chat.

use serde_json::{Value, json};

use super::{Header, Words, frame};
use crate::redacted::redacted_debug;

/// Words with a button that opens an address.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// What stands above the words.
    pub header: Option<Header>,
    /// The words.
    pub body: String,
    /// Small words below.
    pub footer: Option<String>,
    /// Label of the button.
    pub label: String,
    /// The address.
    pub url: String,
}

redacted_debug!(Link);

impl Link {
    pub(super) fn to_json(&self) -> Value {
        let words = Words {
            header: self.header.as_ref().map(Header::to_json),
            body: Some(&self.body),
            footer: self.footer.as_deref(),
        };
        frame("cta_url", words, open(&self.label, &self.url))
    }
}

/// The action that opens an address; cards of a carousel have it too.
pub(super) fn open(label: &str, url: &str) -> Value {
    json!({ "name": "cta_url", "parameters": { "display_text": label, "url": url } })
}
