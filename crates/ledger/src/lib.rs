//! The tamper-evident log as arithmetic: what a leaf says, how leaves become a tree, and how anyone can check both.
//!
//! ```text
//! row ─► record ─┐
//! field ─► commitment ─► leaf ─► tree ─► tile
//!                                  └──► checkpoint (a signed note) ─► proof ─► proof_file
//! leaf that names two keys, checkpoint that both signed ─► key_change: the chain of a log's keys
//! leaves of one item with their proofs ─► slip ─┐
//! fields with their openings ──────────► opening ─► life: opened, erased, withheld
//! ```
//!
//! A unit of work describes what it did as a [`leaf::Leaf`]. The sequencer numbers leaves, grows the tree and its
//! tiles, and signs checkpoints. `verify` walks the same way backwards.
//!
//! What this crate never does: read or write files, databases, sockets, clocks or random numbers; see readable
//! content (a commitment takes it and forgets it); depend on another crate of the project. The bytes are described in
//! `docs/formats`; each format there has test vectors that this crate's tests read.

mod cbor;
pub mod checkpoint;
pub mod commitment;
mod hex;
pub mod key_change;
pub mod leaf;
pub mod life;
pub mod note;
pub mod opening;
pub mod proof;
pub mod proof_file;
pub mod record;
pub mod registry;
pub mod slip;
pub mod tile;
pub mod tree;

/// A random 16-byte id of something that the log speaks about.
pub type Id = [u8; 16];

/// The 32 bytes of a SHA-256: a digest, a commitment, a leaf hash, a root.
pub type Hash = [u8; 32];

/// SHA-256 of the bytes given.
pub(crate) fn sha256(bytes: &[u8]) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref());
    hash
}
