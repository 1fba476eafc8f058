//! Proofs that an entry is in a tree (inclusion) and that a tree grew out of an earlier one (consistency).
//!
//! Made from the roots of perfect subtrees, which the caller looks up wherever they lie (see [`crate::tile`]);
//! verified with nothing but hashes. Believes no root by itself: that takes a signed checkpoint.
//!
//! Source: RFC 6962, sections 2.1.1 and 2.1.2; the ways to verify are those of RFC 9162, sections 2.1.3.2 and 2.1.4.2.

use crate::Hash;
use crate::tree::{EMPTY_ROOT, node_hash};

/// A perfect subtree: the entries from `index · 2^level` up to, not including, `(index + 1) · 2^level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// The subtree's height; 0 is an entry.
    pub level: u8,
    /// Its place among those of its height.
    pub index: u64,
}

/// The inclusion proof of the entry at `index` (from 0) in the tree of `size` entries, the leaf's sibling first.
///
/// `node` gives the root of a perfect subtree within the tree.
///
/// # Errors
/// [`ProofError::OutOfRange`] when the tree has no such entry, [`ProofError::Missing`] when `node` gives none.
pub fn inclusion(index: u64, size: u64, mut node: impl FnMut(Node) -> Option<Hash>) -> Result<Vec<Hash>, ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange);
    }
    // From the root down to the leaf, noting the half that is left aside.
    let (mut start, mut end) = (0, size);
    let mut hashes = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            hashes.push(range(middle, end, &mut node)?);
            end = middle;
        } else {
            hashes.push(range(start, middle, &mut node)?);
            start = middle;
        }
    }
    hashes.reverse();
    Ok(hashes)
}

/// The consistency proof that the tree of size `to` begins with the tree of size `from`; empty for 0 and for `to`.
///
/// `node` gives the root of a perfect subtree within the larger tree.
///
/// # Errors
/// [`ProofError::OutOfRange`] when `from` is larger than `to`, [`ProofError::Missing`] when `node` gives none.
pub fn consistency(from: u64, to: u64, mut node: impl FnMut(Node) -> Option<Hash>) -> Result<Vec<Hash>, ProofError> {
    if from > to {
        return Err(ProofError::OutOfRange);
    }
    if from == 0 || from == to {
        return Ok(Vec::new());
    }
    let (mut start, mut end) = (0, to);
    let mut hashes = Vec::new();
    while end != from {
        let middle = start + split(end - start);
        if from <= middle {
            hashes.push(range(middle, end, &mut node)?);
            end = middle;
        } else {
            hashes.push(range(start, middle, &mut node)?);
            start = middle;
        }
    }
    // The verifier has the root of the earlier tree, and needs no more if that tree is perfect.
    if start > 0 {
        hashes.push(range(start, end, &mut node)?);
    }
    hashes.reverse();
    Ok(hashes)
}

/// The perfect subtrees that [`inclusion`] will ask for, so that they can be fetched beforehand.
///
/// # Errors
/// [`ProofError::OutOfRange`] when the tree has no such entry.
pub fn inclusion_nodes(index: u64, size: u64) -> Result<Vec<Node>, ProofError> {
    noted(|note| inclusion(index, size, note))
}

/// The perfect subtrees that [`consistency`] will ask for, so that they can be fetched beforehand.
///
/// # Errors
/// [`ProofError::OutOfRange`] when `from` is larger than `to`.
pub fn consistency_nodes(from: u64, to: u64) -> Result<Vec<Node>, ProofError> {
    noted(|note| consistency(from, to, note))
}

/// Checks that the entry with this leaf hash is at `index` in the tree of that size and root.
///
/// # Errors
/// [`ProofError::OutOfRange`] when a tree of that size has no such entry, [`ProofError::Wrong`] when the proof does not
/// lead to the root.
pub fn verify_inclusion(
    leaf_hash: &Hash,
    index: u64,
    size: u64,
    root: &Hash,
    hashes: &[Hash],
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange);
    }
    let mut way = Way { index, last: size - 1 };
    let mut hash = *leaf_hash;
    for sibling in hashes {
        hash = match way.step()? {
            Side::Left => node_hash(sibling, &hash),
            Side::Right => node_hash(&hash, sibling),
        };
    }
    if way.last == 0 && hash == *root {
        Ok(())
    } else {
        Err(ProofError::Wrong)
    }
}

/// Checks that the tree of size `to` and root `to_root` begins with the tree of size `from` and root `from_root`.
///
/// # Errors
/// [`ProofError::OutOfRange`] when `from` is larger than `to`, [`ProofError::Wrong`] when the proof does not lead to
/// both roots.
pub fn verify_consistency(
    from: u64,
    from_root: &Hash,
    to: u64,
    to_root: &Hash,
    hashes: &[Hash],
) -> Result<(), ProofError> {
    if from > to {
        return Err(ProofError::OutOfRange);
    }
    if from == 0 || from == to {
        let expected = if from == 0 { &EMPTY_ROOT } else { to_root };
        return if hashes.is_empty() && from_root == expected {
            Ok(())
        } else {
            Err(ProofError::Wrong)
        };
    }
    // The last subtree that both trees share, and the way from it to the root of the larger tree.
    let shift = (from - 1).trailing_ones();
    let mut way = Way {
        index: (from - 1) >> shift,
        last: (to - 1) >> shift,
    };
    let (shared, rest) = if from.is_power_of_two() {
        (from_root, hashes)
    } else {
        hashes.split_first().ok_or(ProofError::Wrong)?
    };
    let (mut earlier, mut later) = (*shared, *shared);
    for sibling in rest {
        match way.step()? {
            Side::Left => {
                earlier = node_hash(sibling, &earlier);
                later = node_hash(sibling, &later);
            }
            Side::Right => later = node_hash(&later, sibling),
        }
    }
    if way.last == 0 && earlier == *from_root && later == *to_root {
        Ok(())
    } else {
        Err(ProofError::Wrong)
    }
}

/// On which side of us a proof's next hash stands.
enum Side {
    Left,
    Right,
}

/// The way from a node up to the root: its place in its row, and the place of the last one there.
struct Way {
    index: u64,
    last: u64,
}

impl Way {
    /// Goes up past the next hash of a proof. A node without a sibling rises until it has one.
    fn step(&mut self) -> Result<Side, ProofError> {
        if self.last == 0 {
            return Err(ProofError::Wrong);
        }
        let side = if self.index % 2 == 1 || self.index == self.last {
            self.rise(self.index.trailing_zeros());
            Side::Left
        } else {
            Side::Right
        };
        self.rise(1);
        Ok(side)
    }

    fn rise(&mut self, rows: u32) {
        self.index = self.index.checked_shr(rows).unwrap_or(0);
        self.last = self.last.checked_shr(rows).unwrap_or(0);
    }
}

/// The largest power of two below `size`, which is at least 2.
const fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The root of the tree over the entries from `start` up to `end`, both on the grid of the whole tree's splits.
fn range(start: u64, end: u64, node: &mut impl FnMut(Node) -> Option<Hash>) -> Result<Hash, ProofError> {
    let size = end - start;
    if size.is_power_of_two() {
        let level = size.trailing_zeros();
        let wanted = Node {
            level: u8::try_from(level).expect("at most 63"),
            index: start >> level,
        };
        return node(wanted).ok_or(ProofError::Missing(wanted));
    }
    let middle = start + split(size);
    let left = range(start, middle, node)?;
    Ok(node_hash(&left, &range(middle, end, node)?))
}

fn noted(
    make: impl FnOnce(&mut dyn FnMut(Node) -> Option<Hash>) -> Result<Vec<Hash>, ProofError>,
) -> Result<Vec<Node>, ProofError> {
    let mut nodes = Vec::new();
    make(&mut |node| {
        nodes.push(node);
        Some(EMPTY_ROOT)
    })?;
    Ok(nodes)
}

/// Why there is no proof, or why one proves nothing.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ProofError {
    /// The tree is too small for what was asked.
    #[error("the tree is too small")]
    OutOfRange,
    /// A hash that the proof needs could not be had.
    #[error("the hash of subtree {} at height {} is missing", .0.index, .0.level)]
    Missing(Node),
    /// The hashes do not lead to the root.
    #[error("the proof does not fit")]
    Wrong,
}
