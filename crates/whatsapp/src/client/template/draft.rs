//! A template as it is handed in: the words with their places, and an example for each place, by which the provider judges it.

use serde_json::{Map, Value, json};

use super::whole;
use crate::redacted::redacted_debug;

/// A template to hand in.
#[derive(Clone, PartialEq)]
pub struct TemplateDraft {
    /// Its name: small letters, digits and `_`.
    pub name: String,
    /// Its language code, such as `en_GB`.
    pub language: String,
    /// What it is for.
    pub category: Category,
    /// What stands above the words.
    pub header: Option<DraftHeader>,
    /// The words.
    pub body: BodyText,
    /// Small words below.
    pub footer: Option<String>,
    /// The buttons.
    pub buttons: Vec<DraftButton>,
    /// Parts of kinds that have no type here (a carousel, a limited-time offer), as the provider takes them.
    pub more: Vec<Value>,
    /// For how many seconds the provider tries to deliver; its own choice if absent.
    pub seconds: Option<i32>,
}

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// Whatever is to sell something.
    Marketing,
    /// What a person needs to know about something of theirs.
    Utility,
}

/// Words with places.
#[derive(Clone, PartialEq, Eq)]
pub struct BodyText {
    /// The words; a place is `{{1}}` or `{{claim}}`.
    pub text: String,
    /// What may stand in the places.
    pub example: Example,
}

/// An example for each place.
#[derive(Clone, PartialEq, Eq)]
pub enum Example {
    /// There are no places.
    None,
    /// For `{{1}}`, `{{2}}` and so on.
    Numbered(Vec<String>),
    /// By name.
    Named(Vec<(String, String)>),
}

/// What stands above the words of a template.
#[derive(Clone, PartialEq, Eq)]
pub enum DraftHeader {
    /// Words with at most one place.
    Text(BodyText),
    /// A picture; the handle of an example that was uploaded for this.
    Image(String),
    /// A film; the handle of an example.
    Video(String),
    /// A document; the handle of an example.
    Document(String),
    /// A place on earth.
    Location,
}

/// A button of a template.
#[derive(Clone, PartialEq, Eq)]
pub enum DraftButton {
    /// It answers.
    QuickReply {
        /// Its label.
        label: String,
    },
    /// It opens an address.
    Url {
        /// Its label.
        label: String,
        /// The address, which may end in `{{1}}`.
        url: String,
        /// A whole address as an example, if it does.
        example: Option<String>,
    },
    /// It dials a number.
    Phone {
        /// Its label.
        label: String,
        /// The number, with `+`.
        number: String,
    },
    /// It copies a code; the label is the app's own.
    CopyCode {
        /// A code as an example.
        example: String,
    },
    /// It opens a flow.
    Flow {
        /// Its label.
        label: String,
        /// The provider's id of the flow.
        flow_id: String,
        /// The first screen; `None` lets the flow's endpoint say.
        screen: Option<String>,
    },
    /// It opens the catalogue.
    Catalogue {
        /// Its label.
        label: String,
    },
    /// It opens some products.
    Products {
        /// Its label.
        label: String,
    },
    /// It calls us.
    Call {
        /// Its label.
        label: String,
    },
    /// It sends the person's phone number; the label is the app's own.
    ContactInfo,
}

/// A change of a template; what is absent stays.
#[derive(Clone, Copy, Default, PartialEq)]
pub struct TemplateEdit<'a> {
    /// What it is for; fixed once approved.
    pub category: Option<Category>,
    /// All parts anew; name, language and category of the draft do not matter.
    pub parts: Option<&'a TemplateDraft>,
    /// For how many seconds the provider tries to deliver.
    pub seconds: Option<i32>,
}

redacted_debug!(TemplateDraft, BodyText, Example, DraftHeader, DraftButton);

impl BodyText {
    /// Words without places.
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            example: Example::None,
        }
    }
}

impl TemplateDraft {
    /// A template of words alone.
    pub fn new(name: impl Into<String>, language: impl Into<String>, category: Category, body: BodyText) -> Self {
        Self {
            name: name.into(),
            language: language.into(),
            category,
            header: None,
            body,
            footer: None,
            buttons: Vec::new(),
            more: Vec::new(),
            seconds: None,
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let category = self.category.name();
        let mut draft = whole(&self.name, &self.language, category, self.components(), self.seconds);
        let header = match &self.header {
            Some(DraftHeader::Text(text)) => &text.example,
            _ => &Example::None,
        };
        let named = matches!(
            (header, &self.body.example),
            (Example::Named(_), _) | (_, Example::Named(_))
        );
        draft["parameter_format"] = json!(if named { "NAMED" } else { "POSITIONAL" });
        draft
    }

    fn components(&self) -> Value {
        let mut components = Vec::new();
        components.extend(self.header.as_ref().map(DraftHeader::to_json));
        components.push(self.body.to_json("BODY", "body"));
        if let Some(footer) = &self.footer {
            components.push(json!({ "type": "FOOTER", "text": footer }));
        }
        if !self.buttons.is_empty() {
            let buttons: Value = self.buttons.iter().map(DraftButton::to_json).collect();
            components.push(json!({ "type": "BUTTONS", "buttons": buttons }));
        }
        components.extend(self.more.iter().cloned());
        Value::Array(components)
    }
}

impl TemplateEdit<'_> {
    pub(super) fn to_json(self) -> Value {
        let mut edit = Map::new();
        if let Some(category) = self.category {
            edit.insert("category".to_owned(), json!(category.name()));
        }
        if let Some(draft) = self.parts {
            edit.insert("components".to_owned(), draft.components());
        }
        if let Some(seconds) = self.seconds {
            edit.insert("message_send_ttl_seconds".to_owned(), json!(seconds));
        }
        Value::Object(edit)
    }
}

impl Category {
    const fn name(self) -> &'static str {
        match self {
            Self::Marketing => "MARKETING",
            Self::Utility => "UTILITY",
        }
    }
}

impl BodyText {
    /// The component. Numbered examples of a body are a list within a list: one for each place of one example of the whole.
    fn to_json(&self, kind: &str, key: &str) -> Value {
        let mut component = json!({ "type": kind, "text": self.text });
        let example = match &self.example {
            Example::None => return component,
            Example::Numbered(values) if kind == "BODY" => json!({ format!("{key}_text"): [values] }),
            Example::Numbered(values) => json!({ format!("{key}_text"): values }),
            Example::Named(values) => {
                let values: Value = values
                    .iter()
                    .map(|(name, value)| json!({ "param_name": name, "example": value }))
                    .collect();
                json!({ format!("{key}_text_named_params"): values })
            }
        };
        component["example"] = example;
        component
    }
}

impl DraftHeader {
    fn to_json(&self) -> Value {
        let file = |format: &str, handle: &str| json!({ "type": "HEADER", "format": format, "example": { "header_handle": [handle] } });
        match self {
            Self::Text(text) => {
                let mut header = text.to_json("HEADER", "header");
                header["format"] = json!("TEXT");
                header
            }
            Self::Image(handle) => file("IMAGE", handle),
            Self::Video(handle) => file("VIDEO", handle),
            Self::Document(handle) => file("DOCUMENT", handle),
            Self::Location => json!({ "type": "HEADER", "format": "LOCATION" }),
        }
    }
}

impl DraftButton {
    fn to_json(&self) -> Value {
        match self {
            Self::QuickReply { label } => json!({ "type": "QUICK_REPLY", "text": label }),
            Self::Url { label, url, example } => {
                let mut button = json!({ "type": "URL", "text": label, "url": url });
                if let Some(example) = example {
                    button["example"] = json!([example]);
                }
                button
            }
            Self::Phone { label, number } => json!({ "type": "PHONE_NUMBER", "text": label, "phone_number": number }),
            Self::CopyCode { example } => json!({ "type": "COPY_CODE", "example": example }),
            Self::Flow { label, flow_id, screen } => match screen {
                Some(screen) => json!({ "type": "FLOW", "text": label, "flow_id": flow_id, "flow_action": "navigate",
                    "navigate_screen": screen }),
                None => json!({ "type": "FLOW", "text": label, "flow_id": flow_id, "flow_action": "data_exchange" }),
            },
            Self::Catalogue { label } => json!({ "type": "CATALOG", "text": label }),
            Self::Products { label } => json!({ "type": "MPM", "text": label }),
            Self::Call { label } => json!({ "type": "VOICE_CALL", "text": label }),
            Self::ContactInfo => json!({ "type": "REQUEST_CONTACT_INFO" }),
        }
    }
}
