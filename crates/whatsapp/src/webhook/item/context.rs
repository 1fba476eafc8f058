//! What a message refers to: the message that it quotes, the product, the advertisement that led here.

use serde_json::Value;

use super::shape;
use crate::redacted::redacted_debug;

/// What a message answers or forwards.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// Provider id of the quoted message; it may be unknown to us.
    pub quoted_id: Option<String>,
    /// Number of the author of the quoted message, in digits.
    pub quoted_from: Option<String>,
    /// The message was forwarded.
    pub forwarded: bool,
    /// The message was forwarded many times.
    pub frequently_forwarded: bool,
    /// The product asked about.
    pub product: Option<Product>,
}

/// A product of a catalogue.
#[derive(Clone, PartialEq, Eq)]
pub struct Product {
    /// The catalogue.
    pub catalog_id: Option<String>,
    /// The product within it.
    pub product_retailer_id: Option<String>,
}

/// The advertisement or post that led to the message.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Referral {
    /// Address of the advertisement or post.
    pub source_url: Option<String>,
    /// Its id.
    pub source_id: Option<String>,
    /// `ad` or `post`.
    pub source_type: Option<String>,
    /// Its headline.
    pub headline: Option<String>,
    /// Its text.
    pub body: Option<String>,
    /// `image` or `video`.
    pub media_type: Option<String>,
    /// Address of its picture or film.
    pub media_url: Option<String>,
    /// Address of a small picture of it.
    pub thumbnail_url: Option<String>,
    /// The click, as the provider counts it.
    pub click_id: Option<String>,
    /// The greeting shown when the chat opened.
    pub welcome_text: Option<String>,
}

redacted_debug!(Context, Product, Referral);

impl Context {
    pub(crate) fn read(message: &Value) -> Option<Self> {
        let context = shape::child(message, "context")?;
        Some(Self {
            quoted_id: shape::first_text(context, &["id", "message_id"]),
            quoted_from: shape::some_text(context, "from"),
            forwarded: shape::flag(context, "forwarded"),
            frequently_forwarded: shape::flag(context, "frequently_forwarded"),
            product: shape::child(context, "referred_product").map(|product| Product {
                catalog_id: shape::some_text(product, "catalog_id"),
                product_retailer_id: shape::some_text(product, "product_retailer_id"),
            }),
        })
    }
}

impl Referral {
    pub(crate) fn read(message: &Value) -> Option<Self> {
        let referral = shape::child(message, "referral")?;
        Some(Self {
            source_url: shape::some_text(referral, "source_url"),
            source_id: shape::some_text(referral, "source_id"),
            source_type: shape::some_text(referral, "source_type"),
            headline: shape::some_text(referral, "headline"),
            body: shape::some_text(referral, "body"),
            media_type: shape::some_text(referral, "media_type"),
            media_url: shape::first_text(referral, &["image_url", "video_url"]),
            thumbnail_url: shape::some_text(referral, "thumbnail_url"),
            click_id: shape::some_text(referral, "ctwa_clid"),
            welcome_text: shape::child(referral, "welcome_message").and_then(|w| shape::some_text(w, "text")),
        })
    }
}
