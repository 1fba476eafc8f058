//! What the provider tells the product: messages of customers and the ticks of business messages.
//!
//! `payload` makes the bytes, with what `content` says of a customer's message, `sign` signs them, `deliver` posts them
//! until they are acknowledged, `ticks` lets a business message travel to the phone, `handshake` asks an address whether
//! it wants any of this.

mod content;
mod deliver;
mod handshake;
pub(crate) mod payload;
pub(crate) mod sign;
mod ticks;

use std::sync::Arc;

pub(crate) use deliver::{Outbox, Update, post};
pub use handshake::HandshakeError;
pub(crate) use handshake::shake_hands;
pub(crate) use ticks::{Travel, customer_looks, travel};

use crate::ids::{CustomerId, Wamid};
use crate::message::SimContent;
use crate::state::Shared;

/// The customer's way in: on the phone at once, then a webhook. Waits only while too many webhooks are under way.
pub(crate) async fn customer_sends(
    shared: &Arc<Shared>,
    customer: &CustomerId,
    content: SimContent,
    quote: Option<Wamid>,
) -> Wamid {
    let (id, update) = shared.note_from_customer(customer, content, quote);
    post(shared, update).await;
    id
}
