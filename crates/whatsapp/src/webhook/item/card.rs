//! Contact cards and orders: the two contents made of lists.

use serde_json::Value;

use super::shape;
use crate::redacted::redacted_debug;

/// One contact card. Addresses, birthdays and the rest stay in the kept item.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactCard {
    /// The whole name; missing when a person only shared their number.
    pub formatted_name: Option<String>,
    /// Phone numbers.
    pub phones: Vec<CardPhone>,
    /// Mail addresses.
    pub emails: Vec<String>,
    /// The company.
    pub company: Option<String>,
    /// The person shared their own number because we asked for it.
    pub answers_our_request: bool,
}

/// A phone number on a card.
#[derive(Clone, PartialEq, Eq)]
pub struct CardPhone {
    /// The number as written on the card.
    pub phone: Option<String>,
    /// The number in digits, if it is one of the service.
    pub wa_id: Option<String>,
    /// Such as `MOBILE` or `WORK`.
    pub label: Option<String>,
}

/// An order from a catalogue.
#[derive(Clone, PartialEq)]
pub struct Order {
    /// The catalogue.
    pub catalog_id: Option<String>,
    /// Words sent with the order.
    pub text: Option<String>,
    /// What is ordered.
    pub lines: Vec<OrderLine>,
}

/// One line of an order.
#[derive(Clone, PartialEq)]
pub struct OrderLine {
    /// The product.
    pub product_retailer_id: Option<String>,
    /// How many.
    pub quantity: Option<f64>,
    /// The price of one, in `currency`.
    pub item_price: Option<f64>,
    /// Three letters, such as `USD`.
    pub currency: Option<String>,
}

redacted_debug!(ContactCard, CardPhone, Order, OrderLine);

impl ContactCard {
    /// Reads a card; `asked` if the message around it says that it answers our request (an earlier edition put it there).
    pub(crate) fn read(card: &Value, asked: bool) -> Option<Self> {
        card.is_object().then(|| Self {
            formatted_name: shape::child(card, "name").and_then(|name| shape::some_text(name, "formatted_name")),
            phones: shape::list(card, "phones")
                .iter()
                .map(|phone| CardPhone {
                    phone: shape::some_text(phone, "phone"),
                    wa_id: shape::some_text(phone, "wa_id"),
                    label: shape::some_text(phone, "type"),
                })
                .collect(),
            emails: shape::list(card, "emails")
                .iter()
                .filter_map(|email| shape::some_text(email, "email"))
                .collect(),
            company: shape::child(card, "org").and_then(|org| shape::some_text(org, "company")),
            answers_our_request: asked || shape::str_of(card, "origin") == Some("contact_request"),
        })
    }
}

impl Order {
    pub(crate) fn read(order: &Value) -> Self {
        Self {
            catalog_id: shape::some_text(order, "catalog_id"),
            text: shape::some_text(order, "text"),
            lines: shape::list(order, "product_items")
                .iter()
                .map(|line| OrderLine {
                    product_retailer_id: shape::some_text(line, "product_retailer_id"),
                    quantity: shape::number(line, "quantity"),
                    item_price: shape::number(line, "item_price"),
                    currency: shape::some_text(line, "currency"),
                })
                .collect(),
        }
    }
}
