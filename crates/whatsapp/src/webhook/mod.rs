//! The way in: what the provider sends to a hook.
//!
//! ```text
//! GET  ─► handshake::answer                 is this hook ours?
//! POST ─► signature::verify ─► split ─► items, each with kind, whole text, repeat text and typed form
//! ```
//!
//! Nothing here keeps, logs or sends anything. Keep the body durably before answering 200; split it afterwards.

mod contacts;
mod dedupe;
mod envelope;
mod fields;
pub mod handshake;
pub mod item;
mod json;
mod kind;
mod lists;
mod place;
mod reading;
pub mod signature;

pub use envelope::{Split, split};
pub use fields::Field;
pub use handshake::{Handshake, HandshakeError, VerifyToken};
pub use item::{Item, WebhookItem};
pub use kind::{
    CallKind, CallStatusKind, ContentKind, GroupKind, HistoryKind, ItemKind, NotUnderstoodKind, StatusKind,
};
pub use signature::{AppSecret, SignatureError, sign, verify};
