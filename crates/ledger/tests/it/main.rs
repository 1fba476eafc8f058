//! What the formats promise, checked against the vectors of their pages, independent implementations and alterations.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![expect(clippy::print_stdout, reason = "a proof prints its figures")]

mod checkpoint;
mod commitment;
mod key_change;
mod leaf;
mod opening;
mod pages;
mod proof;
mod proof_file;
mod public;
mod record;
mod slip;
mod tile;
mod tree;
mod vectors;
