//! Interactive messages: what a person can tap. One kind, one type with just the parts that the provider takes for it.
//!
//! Each kind says at its type what comes back when it is tapped.
//!
//! Source: Meta, Cloud API, Interactive messages, v25.0; the pages named at each family.

mod ask;
mod call;
mod carousel;
mod choice;
mod flow;
mod link;
mod shop;

use serde_json::{Map, Value, json};

use super::put;
use crate::redacted::redacted_debug;

pub use ask::{AddressRequest, ContactRequest, LocationRequest, SavedAddress};
pub use call::{CallButton, CallPermission};
pub use carousel::{CarouselCards, CarouselMedia, LinkCard, MediaCarousel, ReplyCard};
pub use choice::{Button, Choice, List, Row, Section};
pub use flow::{FlowAction, FlowId, FlowMessage};
pub use link::Link;
pub use shop::{CatalogueMessage, ProductCarousel, ProductList, ProductMessage, ProductRef, ProductSection};

/// An interactive message.
#[derive(Clone, PartialEq)]
pub enum Interactive {
    /// One to three buttons that answer.
    Buttons(Choice),
    /// A button that opens a list.
    List(List),
    /// A button that opens an address.
    Link(Link),
    /// A button that opens a flow.
    Flow(FlowMessage),
    /// A button that sends where the person is.
    Location(LocationRequest),
    /// A form for a postal address.
    Address(AddressRequest),
    /// A button that sends the person's phone number.
    Contact(ContactRequest),
    /// One product.
    Product(ProductMessage),
    /// Some products, in sections.
    Products(ProductList),
    /// The whole catalogue.
    Catalogue(CatalogueMessage),
    /// Products side by side.
    ProductCarousel(ProductCarousel),
    /// Cards with pictures or films side by side.
    MediaCarousel(MediaCarousel),
    /// A request to be allowed to call.
    CallPermission(CallPermission),
    /// A button that calls us.
    Call(CallButton),
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

redacted_debug!(Interactive, Header);

impl Interactive {
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Buttons(message) => message.to_json(),
            Self::List(message) => message.to_json(),
            Self::Link(message) => message.to_json(),
            Self::Flow(message) => message.to_json(),
            Self::Location(message) => message.to_json(),
            Self::Address(message) => message.to_json(),
            Self::Contact(message) => message.to_json(),
            Self::Product(message) => message.to_json(),
            Self::Products(message) => message.to_json(),
            Self::Catalogue(message) => message.to_json(),
            Self::ProductCarousel(message) => message.to_json(),
            Self::MediaCarousel(message) => message.to_json(),
            Self::CallPermission(message) => message.to_json(),
            Self::Call(message) => message.to_json(),
        }
    }
}

impl Header {
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => json!({ "type": "text", "text": text }),
            Self::Image(id) => json!({ "type": "image", "image": { "id": id } }),
            Self::Video(id) => json!({ "type": "video", "video": { "id": id } }),
            Self::Document(id) => json!({ "type": "document", "document": { "id": id } }),
        }
    }
}

/// The words of an interactive message, where it takes them.
#[derive(Default)]
struct Words<'a> {
    header: Option<Value>,
    body: Option<&'a str>,
    footer: Option<&'a str>,
}

/// The form that all kinds share.
fn frame(kind: &str, words: Words<'_>, action: Value) -> Value {
    let mut interactive = Map::new();
    put(&mut interactive, "type", Some(kind));
    if let Some(header) = words.header {
        interactive.insert("header".to_owned(), header);
    }
    if let Some(body) = words.body {
        interactive.insert("body".to_owned(), json!({ "text": body }));
    }
    if let Some(footer) = words.footer {
        interactive.insert("footer".to_owned(), json!({ "text": footer }));
    }
    interactive.insert("action".to_owned(), action);
    Value::Object(interactive)
}
