//! Choosing one answer of several: reply buttons and lists. What comes back is the id of what was tapped.

use serde_json::{Map, Value, json};

use super::{Header, Words, frame};
use crate::message::texts;
use crate::redacted::redacted_debug;

/// Words with one to three buttons; the tapped one comes back as a button reply.
#[derive(Clone, PartialEq, Eq)]
pub struct Choice {
    /// What stands above the words.
    pub header: Option<Header>,
    /// The words.
    pub body: String,
    /// Small words below.
    pub footer: Option<String>,
    /// The buttons.
    pub buttons: Vec<Button>,
}

/// A button that answers.
#[derive(Clone, PartialEq, Eq)]
pub struct Button {
    /// What comes back.
    pub id: String,
    /// Its label.
    pub title: String,
}

/// Words with a button that opens a list; the chosen row comes back as a list reply.
#[derive(Clone, PartialEq, Eq)]
pub struct List {
    /// Words above the words.
    pub header: Option<String>,
    /// The words.
    pub body: String,
    /// Small words below.
    pub footer: Option<String>,
    /// Label of the button.
    pub button: String,
    /// The list.
    pub sections: Vec<Section>,
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

redacted_debug!(Choice, Button, List, Section, Row);

impl Button {
    /// A button with what comes back and its label.
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
        }
    }
}

impl Choice {
    pub(super) fn to_json(&self) -> Value {
        let buttons: Value = self
            .buttons
            .iter()
            .map(|button| json!({ "type": "reply", "reply": { "id": button.id, "title": button.title } }))
            .collect();
        let words = Words {
            header: self.header.as_ref().map(Header::to_json),
            body: Some(&self.body),
            footer: self.footer.as_deref(),
        };
        frame("button", words, json!({ "buttons": buttons }))
    }
}

impl List {
    pub(super) fn to_json(&self) -> Value {
        let sections: Value = self.sections.iter().map(Section::to_json).collect();
        let words = Words {
            header: self.header.as_ref().map(|text| Header::Text(text.clone()).to_json()),
            body: Some(&self.body),
            footer: self.footer.as_deref(),
        };
        frame("list", words, json!({ "button": self.button, "sections": sections }))
    }
}

impl Section {
    fn to_json(&self) -> Value {
        let rows: Value = self.rows.iter().map(|row| Value::Object(row.to_json())).collect();
        let mut section = texts(&[("title", self.title.as_deref())]);
        section.insert("rows".to_owned(), rows);
        Value::Object(section)
    }
}

impl Row {
    fn to_json(&self) -> Map<String, Value> {
        texts(&[
            ("id", Some(&self.id)),
            ("title", Some(&self.title)),
            ("description", self.description.as_deref()),
        ])
    }
}
