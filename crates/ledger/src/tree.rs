//! The Merkle tree of RFC 6962, section 2.1, with SHA-256, and its frontier.
//!
//! The sequencer keeps the frontier beside the size and appends to it; the root goes into the checkpoint. Knows
//! nothing of what entries say.
//!
//! Format: `docs/formats/checkpoint-and-tiles.md`.

use aws_lc_rs::digest::{Context, SHA256};

use crate::{Hash, sha256};

/// SHA-256 of nothing: the root of the tree without entries.
pub const EMPTY_ROOT: Hash = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41,
    0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// The hash of an entry: SHA-256(0x00 ‖ entry).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(&[0]);
    context.update(entry);
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// The hash of a node: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    sha256(&bytes)
}

/// The root of a tree with these leaf hashes.
pub fn root(leaf_hashes: &[Hash]) -> Hash {
    let mut frontier = Frontier::default();
    frontier.extend(leaf_hashes);
    frontier.root()
}

/// The least of a tree that suffices to append and to know the root: the roots of the perfect trees that its size
/// falls into, largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// How many entries the tree has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Puts one more leaf hash at the end.
    pub fn append(&mut self, leaf_hash: Hash) {
        let mut hash = leaf_hash;
        // Each trailing set bit of the size is a finished tree on the left, as large as what we hold.
        for _ in 0..self.size.trailing_ones() {
            let left = self
                .peaks
                .pop()
                .expect("a frontier has a peak for each set bit of its size");
            hash = node_hash(&left, &hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// Puts these leaf hashes at the end, in order.
    pub fn extend(&mut self, leaf_hashes: &[Hash]) {
        for hash in leaf_hashes {
            self.append(*hash);
        }
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return EMPTY_ROOT };
        peaks.fold(*last, |right, left| node_hash(left, &right))
    }

    /// The frontier of a tree whose left part has this frontier and whose rest has that one. The left part must be the
    /// perfect trees that the rest is too small to add to, which only whole rows of tiles make sure.
    pub(crate) fn beside(&mut self, entries: u64, right: Self) {
        self.size += entries;
        self.peaks.extend(right.peaks);
    }

    /// The frontier as bytes: the size, big-endian, then the peaks.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(8 + self.peaks.len() * 32);
        bytes.extend_from_slice(&self.size.to_be_bytes());
        bytes.extend(self.peaks.iter().flatten());
        bytes
    }

    /// The frontier that these bytes are. Whether it is the right one only its root can tell.
    ///
    /// # Errors
    /// [`FrontierError`] when the length does not fit the size.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let (size, peaks) = bytes.split_first_chunk().ok_or(FrontierError)?;
        let size = u64::from_be_bytes(*size);
        let (peaks, rest) = peaks.as_chunks::<32>();
        if !rest.is_empty() || peaks.len() != size.count_ones() as usize {
            return Err(FrontierError);
        }
        Ok(Self {
            size,
            peaks: peaks.to_vec(),
        })
    }
}

/// The bytes are not a frontier: their length does not fit the size that they begin with.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the bytes are not a frontier")]
pub struct FrontierError;
