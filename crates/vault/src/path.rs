//! The way down a key tree to the leaf that was asked for last, so that its neighbours cost few steps.
//!
//! Leaves asked for in order cost two steps each instead of thirty-two, and any leaf of the same million at most twenty. The keys lie in
//! one piece of memory that never moves and is wiped when it goes. What the frontier has forgotten since must be wiped here too, by
//! [`Path::wipe`]: this never looks whether a leaf below its nodes still lives.

use crate::frontier::{DEPTH, Frontier};
use crate::key::{Key, child_into};
use zeroize::{Zeroize, Zeroizing};

/// The depth of the first node that is kept: above 2^20 leaves, and hardly a conversation is longer.
const TOP: u8 = 12;
const LENGTH: usize = (DEPTH - TOP) as usize + 1;

/// The nodes from some depth down to a leaf.
#[derive(Default)]
pub(crate) struct Path {
    leaf: u32,
    /// The depth of the first key.
    depth: u8,
    keys: Zeroizing<Vec<[u8; 32]>>,
}

impl Path {
    /// The key of the leaf `index`; `None` when `frontier`, whose path this is, has forgotten it.
    pub(crate) fn leaf(&mut self, frontier: &Frontier, index: u32) -> Option<Key> {
        self.keep_above(index);
        if self.keys.is_empty() {
            let node = frontier.above(index)?;
            self.depth = node.depth().max(TOP);
            self.keys.reserve_exact(LENGTH);
            self.keys.push(*node.descend(index, self.depth).key().bytes());
        }
        self.leaf = index;
        let from = usize::from(self.depth) + self.keys.len() - 1;
        for depth in from..usize::from(DEPTH) {
            let right = index >> (usize::from(DEPTH) - 1 - depth) & 1 == 1;
            self.keys.push([0; 32]);
            if let [.., parent, child] = self.keys.as_mut_slice() {
                child_into(parent, right, child);
            }
        }
        Key::from_slice(self.keys.last()?)
    }

    /// Drops the nodes that do not lie above `index`.
    fn keep_above(&mut self, index: u32) {
        let shared = (self.leaf ^ index).leading_zeros() + 1;
        let above = shared.saturating_sub(u32::from(self.depth));
        self.keys.truncate(usize::try_from(above).unwrap_or(0));
    }

    /// Wipes all of it.
    pub(crate) fn wipe(&mut self) {
        self.keys.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Run;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_path_finds_what_the_frontier_derives(
            gone in prop::collection::btree_set(0..200u32, 0..20),
            asked in prop::collection::vec(prop_oneof![4 => 0..200u32, 1 => any::<u32>()], 1..60),
            punctured_at in 0..60usize,
        ) {
            let mut frontier = Frontier::whole(Key::from_slice(&[7; 32]).unwrap());
            let mut path = Path::default();
            for (at, index) in asked.into_iter().enumerate() {
                if at == punctured_at {
                    frontier.puncture(&Run::of(gone.iter().copied()));
                    path.wipe();
                }
                for index in [index, index, index.saturating_add(1)] {
                    let found = path.leaf(&frontier, index).map(|key| *key.bytes());
                    prop_assert_eq!(found, frontier.leaf(index).map(|key| *key.bytes()), "{}", index);
                }
            }
            prop_assert!(path.keys.capacity() <= LENGTH, "it never grows, so no copy is left behind");
        }
    }
}
