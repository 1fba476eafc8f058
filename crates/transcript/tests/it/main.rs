//! The crate at its boundary: files as they come, and what is made of them.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod containers;
mod formats;
mod identities;
mod properties;
mod reports;
mod told;
mod zips;
