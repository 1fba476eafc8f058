//! The way in: from the provider's post to a recorded message.
pub mod accept;
pub mod handshake;
