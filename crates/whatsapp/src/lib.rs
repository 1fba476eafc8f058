//! The WhatsApp Business Cloud API, both ways.
//!
//! **In** ([`webhook`]): the signature over the raw bytes, the handshake, and [`webhook::split`], which cuts a post into
//! items one by one. A bad item never costs its neighbours; what is not understood is kept whole; every item says by which
//! text a repeat of it is recognised.
//!
//! **Out** ([`client`]): messages, files and the state of a number. A failed send tells apart what certainly did not go out
//! from what may have ([`client::SendError`]). [`error`] says what the provider's numbers mean, [`limits`] and [`window`]
//! what need not be tried.
//!
//! The crate has no clock, keeps no state, logs nothing and never tries again by itself. Types that hold what people wrote
//! or who they are have no `Debug` that shows it; secrets have none at all.
//!
//! ```
//! use counterfoil_whatsapp::webhook::item::{InboundContent, Item};
//! use counterfoil_whatsapp::webhook::{AppSecret, sign, split, verify};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let secret = AppSecret::new("the secret of the app");
//! let body = br#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{
//!     "metadata":{"phone_number_id":"2"},
//!     "messages":[{"id":"wamid.X","from":"15550100201","timestamp":"1790000001","type":"text","text":{"body":"Hello"}}]
//! }}]}]}"#;
//! let header = sign(body, &secret); // what the provider sends beside the body
//!
//! verify(Some(&header), body, &[&secret])?;
//! for item in split(body).items {
//!     assert_eq!(item.kind.name(), "message.text");
//!     if let Item::Message(message) = item.item
//!         && let InboundContent::Text { body } = &message.content
//!     {
//!         assert_eq!(body, "Hello");
//!     }
//! }
//! # Ok(())
//! # }
//! ```

pub mod client;
pub mod error;
pub mod limits;
pub mod message;
pub mod phone;
pub mod webhook;
pub mod window;

mod hex;
mod redacted;
