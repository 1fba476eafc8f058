//! Templates: texts approved beforehand, the only thing that may be sent outside of the 24-hour window.
//!
//! The provider does not give back the finished text: whoever sends a template keeps the text with the record.

use serde_json::{Map, Value, json};

use super::put;
use crate::redacted::redacted_debug;

/// A template and the values to fill in.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Its language code, such as `en_GB`.
    pub language: String,
    /// The values, part by part.
    pub components: Vec<Component>,
}

/// The values of one part of a template.
#[derive(Clone, PartialEq, Eq)]
pub struct Component {
    /// Which part.
    pub kind: ComponentKind,
    /// Its values in order.
    pub parameters: Vec<Parameter>,
}

/// A part of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComponentKind {
    /// What stands above.
    Header,
    /// The words.
    Body,
    /// A button that opens an address, by its place from 0 to 9.
    UrlButton(u8),
    /// A button that answers.
    QuickReplyButton(u8),
    /// A button that copies a code.
    CopyCodeButton(u8),
}

/// One value.
#[derive(Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, in templates with named values.
    pub name: Option<String>,
    /// The value.
    pub value: ParameterValue,
}

/// What a value is.
#[derive(Clone, PartialEq, Eq)]
pub enum ParameterValue {
    /// Words.
    Text(String),
    /// An amount of money.
    Currency {
        /// Shown if it cannot be put into the reader's form.
        fallback: String,
        /// Three letters, such as `EUR`.
        code: String,
        /// The amount in thousandths.
        amount_thousandths: i64,
    },
    /// A date or time, as words.
    DateTime(String),
    /// A picture, by media id.
    Image(String),
    /// A film, by media id.
    Video(String),
    /// A document.
    Document {
        /// Its media id.
        id: String,
        /// The name shown.
        filename: Option<String>,
    },
    /// What a quick reply sends back.
    Payload(String),
    /// The code to copy.
    CouponCode(String),
}

redacted_debug!(Template, Component, Parameter, ParameterValue);

impl Template {
    pub(super) fn to_json(&self) -> Value {
        let mut template = Map::new();
        put(&mut template, "name", Some(&self.name));
        template.insert("language".to_owned(), json!({ "code": self.language }));
        if !self.components.is_empty() {
            template.insert(
                "components".to_owned(),
                self.components.iter().map(Component::to_json).collect(),
            );
        }
        Value::Object(template)
    }
}

impl Component {
    fn to_json(&self) -> Value {
        let (kind, button) = match self.kind {
            ComponentKind::Header => ("header", None),
            ComponentKind::Body => ("body", None),
            ComponentKind::UrlButton(index) => ("button", Some(("url", index))),
            ComponentKind::QuickReplyButton(index) => ("button", Some(("quick_reply", index))),
            ComponentKind::CopyCodeButton(index) => ("button", Some(("copy_code", index))),
        };
        let mut component = Map::new();
        put(&mut component, "type", Some(kind));
        if let Some((sub_type, index)) = button {
            put(&mut component, "sub_type", Some(sub_type));
            put(&mut component, "index", Some(&index.to_string()));
        }
        component.insert(
            "parameters".to_owned(),
            self.parameters.iter().map(Parameter::to_json).collect(),
        );
        Value::Object(component)
    }
}

impl Parameter {
    fn to_json(&self) -> Value {
        let mut parameter = match &self.value {
            ParameterValue::Text(text) => json!({ "type": "text", "text": text }),
            ParameterValue::Currency {
                fallback,
                code,
                amount_thousandths,
            } => json!({
                "type": "currency",
                "currency": { "fallback_value": fallback, "code": code, "amount_1000": amount_thousandths },
            }),
            ParameterValue::DateTime(text) => json!({ "type": "date_time", "date_time": { "fallback_value": text } }),
            ParameterValue::Image(id) => json!({ "type": "image", "image": { "id": id } }),
            ParameterValue::Video(id) => json!({ "type": "video", "video": { "id": id } }),
            ParameterValue::Document { id, filename } => {
                let mut document = Map::new();
                put(&mut document, "id", Some(id));
                put(&mut document, "filename", filename.as_deref());
                json!({ "type": "document", "document": document })
            }
            ParameterValue::Payload(payload) => json!({ "type": "payload", "payload": payload }),
            ParameterValue::CouponCode(code) => json!({ "type": "coupon_code", "coupon_code": code }),
        };
        if let Some(name) = &self.name {
            parameter["parameter_name"] = json!(name);
        }
        parameter
    }
}
