//! The WhatsApp Business Cloud API, both ways.

pub mod phone;
pub mod webhook;

mod hex;
mod redacted;
