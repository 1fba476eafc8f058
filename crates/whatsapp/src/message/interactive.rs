//! Interactive messages: reply buttons, lists and link buttons.

use serde_json::{Map, Value, json};

use super::put;
use crate::redacted::redacted_debug;

/// An interactive message.
#[derive(Clone, PartialEq, Eq)]
pub struct Interactive {
    /// What stands above the words; lists take words only.
    pub header: Option<Header>,
    /// The words.
    pub body: String,
    /// Small words below.
    pub footer: Option<String>,
    /// What can be tapped.
    pub action: InteractiveAction,
}

/// What stands above the words.
#[derive(Clone, PartialEq, Eq)]
pub enum Header {
    /// Words.
    Text(String),
    /// A picture, by media id.
    Image(String),
    /// A film, by media id.
    Video(String),
    /// A document, by media id.
    Document(String),
}

/// What can be tapped.
#[derive(Clone, PartialEq, Eq)]
pub enum InteractiveAction {
    /// One to three buttons that answer.
    Buttons(Vec<Button>),
    /// A button that opens a list.
    List {
        /// Label of the button.
        button: String,
        /// The list.
        sections: Vec<Section>,
    },
    /// A button that opens an address.
    Link {
        /// Label of the button.
        label: String,
        /// The address.
        url: String,
    },
}

/// A button that answers.
#[derive(Clone, PartialEq, Eq)]
pub struct Button {
    /// What comes back.
    pub id: String,
    /// Its label.
    pub title: String,
}

/// A part of a list.
#[derive(Clone, PartialEq, Eq)]
pub struct Section {
    /// Its title; needed as soon as there are two.
    pub title: Option<String>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row of a list.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// What comes back.
    pub id: String,
    /// Its label.
    pub title: String,
    /// Its second line.
    pub description: Option<String>,
}

redacted_debug!(Interactive, Header, InteractiveAction, Button, Section, Row);

impl Interactive {
    pub(super) fn to_json(&self) -> Value {
        let (kind, action) = match &self.action {
            InteractiveAction::Buttons(buttons) => {
                let buttons: Value = buttons
                    .iter()
                    .map(|button| json!({ "type": "reply", "reply": { "id": button.id, "title": button.title } }))
                    .collect();
                ("button", json!({ "buttons": buttons }))
            }
            InteractiveAction::List { button, sections } => {
                let sections: Value = sections.iter().map(Section::to_json).collect();
                ("list", json!({ "button": button, "sections": sections }))
            }
            InteractiveAction::Link { label, url } => (
                "cta_url",
                json!({ "name": "cta_url", "parameters": { "display_text": label, "url": url } }),
            ),
        };
        let mut interactive = Map::new();
        interactive.insert("type".to_owned(), json!(kind));
        if let Some(header) = &self.header {
            interactive.insert("header".to_owned(), header.to_json());
        }
        interactive.insert("body".to_owned(), json!({ "text": self.body }));
        if let Some(footer) = &self.footer {
            interactive.insert("footer".to_owned(), json!({ "text": footer }));
        }
        interactive.insert("action".to_owned(), action);
        Value::Object(interactive)
    }
}

impl Header {
    fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => json!({ "type": "text", "text": text }),
            Self::Image(id) => json!({ "type": "image", "image": { "id": id } }),
            Self::Video(id) => json!({ "type": "video", "video": { "id": id } }),
            Self::Document(id) => json!({ "type": "document", "document": { "id": id } }),
        }
    }
}

impl Section {
    fn to_json(&self) -> Value {
        let rows: Value = self
            .rows
            .iter()
            .map(|row| {
                let mut object = Map::new();
                put(&mut object, "id", Some(&row.id));
                put(&mut object, "title", Some(&row.title));
                put(&mut object, "description", row.description.as_deref());
                Value::Object(object)
            })
            .collect();
        let mut section = Map::new();
        put(&mut section, "title", self.title.as_deref());
        section.insert("rows".to_owned(), rows);
        Value::Object(section)
    }
}
