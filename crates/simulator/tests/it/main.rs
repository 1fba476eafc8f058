//! The simulator from outside: over HTTP, as the product meets it.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod forms;
mod graph_media;
mod graph_send;
mod handset;
mod harness;
mod limits;
mod pas;
mod samples;
mod webhooks;
