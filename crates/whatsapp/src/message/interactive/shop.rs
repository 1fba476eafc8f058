//! Products of a catalogue that lies at the provider. What is put into the basket comes back as an order.
//!
//! Source: Meta, Sell products and services, 2025-10; Product card carousels, 2025-11.

use serde_json::{Map, Value, json};

use super::{Header, Words, frame};
use crate::redacted::redacted_debug;

/// One product; it may do without words.
#[derive(Clone, PartialEq, Eq)]
pub struct ProductMessage {
    /// The words.
    pub body: Option<String>,
    /// Small words below.
    pub footer: Option<String>,
    /// Which product.
    pub product: ProductRef,
}

/// A product of a catalogue.
#[derive(Clone, PartialEq, Eq)]
pub struct ProductRef {
    /// The provider's id of the catalogue.
    pub catalogue_id: String,
    /// Our id of the product in it.
    pub retailer_id: String,
}

/// Some products of one catalogue, in sections; words stand above and between.
#[derive(Clone, PartialEq, Eq)]
pub struct ProductList {
    /// Words above the words.
    pub header: String,
    /// The words.
    pub body: String,
    /// Small words below.
    pub footer: Option<String>,
    /// The provider's id of the catalogue.
    pub catalogue_id: String,
    /// The products.
    pub sections: Vec<ProductSection>,
}

/// A part of a list of products.
#[derive(Clone, PartialEq, Eq)]
pub struct ProductSection {
    /// Its title; needed as soon as there are two.
    pub title: Option<String>,
    /// Our ids of the products.
    pub retailer_ids: Vec<String>,
}

/// The whole catalogue that belongs to the number.
#[derive(Clone, PartialEq, Eq)]
pub struct CatalogueMessage {
    /// The words.
    pub body: String,
    /// Small words below.
    pub footer: Option<String>,
    /// Our id of the product whose picture is shown; the first one's if absent.
    pub thumbnail: Option<String>,
}

/// Products of one catalogue side by side.
#[derive(Clone, PartialEq, Eq)]
pub struct ProductCarousel {
    /// The words.
    pub body: String,
    /// The provider's id of the catalogue.
    pub catalogue_id: String,
    /// Our ids of the products, a card each.
    pub retailer_ids: Vec<String>,
}

redacted_debug!(
    ProductMessage,
    ProductRef,
    ProductList,
    ProductSection,
    CatalogueMessage,
    ProductCarousel
);

impl ProductRef {
    pub(in crate::message) fn to_json(&self) -> Value {
        json!({ "catalog_id": self.catalogue_id, "product_retailer_id": self.retailer_id })
    }
}

impl ProductMessage {
    pub(super) fn to_json(&self) -> Value {
        let words = Words {
            body: self.body.as_deref(),
            footer: self.footer.as_deref(),
            ..Words::default()
        };
        frame("product", words, self.product.to_json())
    }
}

impl ProductSection {
    pub(in crate::message) fn to_json(&self) -> Value {
        let items: Value = self
            .retailer_ids
            .iter()
            .map(|id| json!({ "product_retailer_id": id }))
            .collect();
        let mut section = Map::new();
        if let Some(title) = &self.title {
            section.insert("title".to_owned(), json!(title));
        }
        section.insert("product_items".to_owned(), items);
        Value::Object(section)
    }
}

impl ProductList {
    pub(super) fn to_json(&self) -> Value {
        let sections: Value = self.sections.iter().map(ProductSection::to_json).collect();
        let words = Words {
            header: Some(Header::Text(self.header.clone()).to_json()),
            body: Some(&self.body),
            footer: self.footer.as_deref(),
        };
        let action = json!({ "catalog_id": self.catalogue_id, "sections": sections });
        frame("product_list", words, action)
    }
}

impl CatalogueMessage {
    pub(super) fn to_json(&self) -> Value {
        let words = Words {
            body: Some(&self.body),
            footer: self.footer.as_deref(),
            ..Words::default()
        };
        let mut action = json!({ "name": "catalog_message" });
        if let Some(thumbnail) = &self.thumbnail {
            action["parameters"] = json!({ "thumbnail_product_retailer_id": thumbnail });
        }
        frame("catalog_message", words, action)
    }
}

impl ProductCarousel {
    pub(super) fn to_json(&self) -> Value {
        let cards: Value = self
            .retailer_ids
            .iter()
            .enumerate()
            .map(|(index, id)| {
                let action = json!({ "catalog_id": self.catalogue_id, "product_retailer_id": id });
                json!({ "card_index": index, "type": "product", "action": action })
            })
            .collect();
        let words = Words {
            body: Some(&self.body),
            ..Words::default()
        };
        frame("carousel", words, json!({ "cards": cards }))
    }
}
