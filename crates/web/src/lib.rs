//! The doors of Counterfoil: hooks, pages, the JSON API and the live stream, all over HTTP.
//!
//! Handlers translate and do nothing else: they check who asks, call one use case of `flow`, and write what it returned as a page, a
//! fragment or JSON. Nothing here knows SQL, keys or the provider, keeps content between requests, or writes words of its own: all
//! texts for people come from `locales/`.
//!
//! ```text
//! router.rs   every address of the public listener, on one screen        admin.rs  those of the admin listener
//! hand_over.rs  those that gates call
//! layers/     what happens to each request: log line, headers, origin, true address, size
//! session/    who is behind a cookie or a token
//! hooks.rs    the provider's posts            live.rs    what changed, as server-sent events
//! pages/      whole pages                     fragments/ parts of them for the live page
//! api/        the same acts for programs      error.rs   every error of a use case as status, code and words
//! views/      what templates are given        words/     languages and times
//! ```

mod admin;
mod api;
mod arrival;
mod assets;
mod budget;
mod composed;
mod error;
mod fragments;
mod hand_over;
mod hooks;
mod layers;
mod live;
mod pages;
mod router;
#[cfg(any(test, feature = "samples"))]
pub mod samples;
mod session;
pub mod settings;
mod state;
mod views;
mod words;

pub use admin::Admin;
pub use hand_over::{ClientCertificate, HandOverDoor};
pub use router::Doors;
pub use settings::WebSettings;
pub use words::Language;
