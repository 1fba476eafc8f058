//! What the formats promise, checked against the vectors of their pages, independent implementations and alterations.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod checkpoint;
mod commitment;
mod leaf;
mod pages;
mod proof;
mod proof_file;
mod record;
mod tile;
mod tree;
mod vectors;
