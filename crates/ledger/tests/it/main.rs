//! What the formats promise, checked against the vectors of their pages, independent implementations and alterations.

mod checkpoint;
mod commitment;
mod leaf;
mod pages;
mod record;
mod tree;
mod vectors;
