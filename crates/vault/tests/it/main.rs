//! The vault at its boundary: what is sealed opens, what is altered or moved does not, what is forgotten never comes back.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod addresses;
mod batches;
mod blobs;
mod checking;
mod forgetting;
mod holds;
mod intake;
mod log_seeds;
mod nodes;
mod retiring;
mod root_keys;
mod sealing;
mod vectors;
mod world;
