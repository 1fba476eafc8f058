//! The values of a template's buttons. A button without a place in it, such as one that dials a number, is not written at all.
//!
//! Source: Meta, Cloud API, Sending templates, Button parameters, v25.0; Call button templates, 2026-06.

use serde_json::{Map, Value, json};

use crate::message::ProductSection;
use crate::redacted::redacted_debug;

/// The value of one button.
#[derive(Clone, PartialEq)]
pub struct TemplateButton {
    /// Its place among the buttons, from 0 to 9.
    pub index: u8,
    /// The value.
    pub value: ButtonValue,
}

/// What a button takes.
#[derive(Clone, PartialEq)]
pub enum ButtonValue {
    /// The end of the address that it opens.
    Url(String),
    /// What a quick reply sends back.
    QuickReply(String),
    /// The code that it copies.
    CopyCode(String),
    /// What a flow begins with.
    Flow {
        /// A text of ours that comes back with the answer.
        token: String,
        /// What its first screen shows; may be empty.
        data: Map<String, Value>,
    },
    /// Our id of the product whose picture the catalogue shows.
    Catalogue(String),
    /// Some products of the catalogue.
    Products {
        /// Our id of the product whose picture is shown.
        thumbnail: String,
        /// The products.
        sections: Vec<ProductSection>,
    },
    /// How a call with us comes about.
    Call {
        /// For how many minutes the button works, 1 to 43,200; as approved if absent.
        minutes: Option<u32>,
        /// A text that comes back with the call.
        payload: Option<String>,
    },
}

redacted_debug!(TemplateButton, ButtonValue);

impl TemplateButton {
    /// The value of the button at a place.
    pub fn new(index: u8, value: ButtonValue) -> Self {
        Self { index, value }
    }

    pub(super) fn to_json(&self) -> Value {
        let (sub_type, parameters) = self.value.to_json();
        json!({ "type": "button", "sub_type": sub_type, "index": self.index.to_string(), "parameters": parameters })
    }
}

impl ButtonValue {
    fn to_json(&self) -> (&'static str, Vec<Value>) {
        let action = |action: Value| vec![json!({ "type": "action", "action": action })];
        match self {
            Self::Url(end) => ("url", vec![json!({ "type": "text", "text": end })]),
            Self::QuickReply(payload) => ("quick_reply", vec![json!({ "type": "payload", "payload": payload })]),
            Self::CopyCode(code) => ("copy_code", vec![json!({ "type": "coupon_code", "coupon_code": code })]),
            Self::Flow { token, data } => {
                let mut opening = json!({ "flow_token": token });
                if !data.is_empty() {
                    opening["flow_action_data"] = Value::Object(data.clone());
                }
                ("flow", action(opening))
            }
            Self::Catalogue(thumbnail) => ("catalog", action(json!({ "thumbnail_product_retailer_id": thumbnail }))),
            Self::Products { thumbnail, sections } => {
                let sections: Value = sections.iter().map(ProductSection::to_json).collect();
                let products = json!({ "thumbnail_product_retailer_id": thumbnail, "sections": sections });
                ("mpm", action(products))
            }
            Self::Call { minutes, payload } => {
                let minutes = minutes.map(|minutes| json!({ "type": "ttl_minutes", "ttl_minutes": minutes }));
                let payload = payload
                    .as_ref()
                    .map(|payload| json!({ "type": "payload", "payload": payload }));
                ("voice_call", minutes.into_iter().chain(payload).collect())
            }
        }
    }
}
