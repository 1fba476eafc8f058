//! The key tree as arithmetic: a puncturable pseudo-random function (`docs/formats/frontier.md`).
//!
//! A tree of depth 32 in which each child is an HMAC of its parent. What is stored is the frontier: the fewest nodes that
//! still derive every living leaf. Forgetting a leaf replaces the node above it by the siblings on the way down, and nothing
//! can derive the leaf from what is left.
//!
//! ```text
//!            root                         after forgetting leaf 2 of a tree of depth 3:
//!         /        \
//!        a          b          frontier = { a1, 3, b }      derives 0 1, 3, 4 5 6 7
//!      /   \      /   \
//!    a0    a1   b0    b1        (a1 covers 0 and 1 in this picture)
//! ```
//!
//! Source: Goldreich, Goldwasser, Micali, "How to construct random functions", 1986; puncturable pseudo-random functions.

use crate::key::Key;
use crate::run::Run;
use zeroize::Zeroizing;

/// Steps from the root to a leaf.
pub(crate) const DEPTH: u8 = 32;
const VERSION: u8 = 1;
const HEADER: usize = 1 + 4;
const NODE: usize = 1 + 4 + 32;

/// A node that derives every leaf below it.
pub(crate) struct Node {
    depth: u8,
    first: u32,
    key: Key,
}

impl Node {
    fn last(&self) -> u32 {
        last(self.depth, self.first)
    }

    pub(crate) fn depth(&self) -> u8 {
        self.depth
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    fn contains(&self, index: u32) -> bool {
        self.first <= index && index <= self.last()
    }

    fn children(self) -> [Self; 2] {
        let half = 1 << (DEPTH - self.depth - 1);
        [(false, self.first), (true, self.first | half)].map(|(right, first)| Self {
            depth: self.depth + 1,
            first,
            key: self.key.child(right),
        })
    }

    /// The node at `depth` above `index`, which must be below this one.
    pub(crate) fn descend(&self, index: u32, depth: u8) -> Self {
        let mut key = self.key.copy();
        for level in self.depth..depth {
            key = key.child(index >> (DEPTH - 1 - level) & 1 == 1);
        }
        Self {
            depth,
            first: index & mask(depth),
            key,
        }
    }

    /// The key of the leaf `index`, which must be below this node.
    #[cfg(test)]
    pub(crate) fn leaf(&self, index: u32) -> Key {
        self.descend(index, DEPTH).key
    }
}

/// The bits of an index that a node at `depth` fixes.
fn mask(depth: u8) -> u32 {
    !u32::MAX.checked_shr(depth.into()).unwrap_or(0)
}

fn last(depth: u8, first: u32) -> u32 {
    first | !mask(depth)
}

/// The nodes that derive all living leaves: sorted, apart, and as few as can be.
pub(crate) struct Frontier {
    nodes: Vec<Node>,
}

impl Frontier {
    /// A whole tree.
    pub(crate) fn whole(root: Key) -> Self {
        Self {
            nodes: vec![Node {
                depth: 0,
                first: 0,
                key: root,
            }],
        }
    }

    /// The node above `index`; `None` when the leaf was forgotten.
    pub(crate) fn above(&self, index: u32) -> Option<&Node> {
        let after = self.nodes.partition_point(|node| node.first <= index);
        let node = self.nodes.get(after.checked_sub(1)?)?;
        node.contains(index).then_some(node)
    }

    /// The key of the leaf `index`; `None` when it was forgotten.
    #[cfg(test)]
    pub(crate) fn leaf(&self, index: u32) -> Option<Key> {
        self.above(index).map(|node| node.leaf(index))
    }

    /// The first living leaf at `from` or after it.
    pub(crate) fn living_from(&self, from: u32) -> Option<u32> {
        let after = self.nodes.partition_point(|node| node.last() < from);
        self.nodes.get(after).map(|node| node.first.max(from))
    }

    /// The living leaves of `runs`, which are sorted and apart; and so is what comes back.
    pub(crate) fn living(&self, runs: &[Run]) -> Vec<Run> {
        let mut living: Vec<Run> = Vec::new();
        for run in runs {
            let from = self.nodes.partition_point(|node| node.last() < run.first);
            for node in self.nodes[from..].iter().take_while(|node| node.first <= run.last) {
                let (first, last) = (node.first.max(run.first), node.last().min(run.last));
                match living.last_mut() {
                    Some(before) if before.last.checked_add(1) == Some(first) => before.last = last,
                    _ => living.push(Run::new(first, last)),
                }
            }
        }
        living
    }

    /// Forgets the leaves of `runs`, which are sorted and apart. The result depends only on the set of forgotten leaves.
    pub(crate) fn puncture(&mut self, runs: &[Run]) {
        let nodes = std::mem::take(&mut self.nodes);
        let mut left = Vec::with_capacity(nodes.len());
        for node in nodes {
            carve(node, runs, &mut left);
        }
        self.nodes = left;
    }

    /// Version, count, then depth, first leaf and key of each node, in order of first leaf. Never change; add a version.
    pub(crate) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let count = u32::try_from(self.nodes.len()).expect("a frontier in memory has far fewer than 2^32 nodes");
        let mut bytes = Zeroizing::new(Vec::with_capacity(HEADER + self.nodes.len() * NODE));
        bytes.push(VERSION);
        bytes.extend_from_slice(&count.to_be_bytes());
        for node in &self.nodes {
            bytes.push(node.depth);
            bytes.extend_from_slice(&node.first.to_be_bytes());
            bytes.extend_from_slice(node.key.bytes());
        }
        bytes
    }

    /// Reads [`Frontier::encode`]'s bytes; `None` for any that it would not have written.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let count = usize::try_from(u32::from_be_bytes(*count)).ok()?;
        if *version != VERSION || rest.len() != count.checked_mul(NODE)? {
            return None;
        }
        let mut nodes: Vec<Node> = Vec::with_capacity(count);
        for chunk in rest.chunks_exact(NODE) {
            let (depth, rest) = chunk.split_first()?;
            let (first, key) = rest.split_first_chunk::<4>()?;
            let node = Node {
                depth: *depth,
                first: u32::from_be_bytes(*first),
                key: Key::from_slice(key)?,
            };
            if node.depth > DEPTH || node.first & !mask(node.depth) != 0 {
                return None;
            }
            if let Some(before) = nodes.last() {
                let apart = before.last() < node.first;
                // Two whole siblings would be one node, their parent.
                let siblings = before.depth == node.depth
                    && before.first & mask(node.depth - 1) == node.first & mask(node.depth - 1);
                if !apart || siblings {
                    return None;
                }
            }
            nodes.push(node);
        }
        Some(Self { nodes })
    }
}

fn carve(node: Node, runs: &[Run], left: &mut Vec<Node>) {
    let from = runs.partition_point(|run| run.last < node.first);
    let to = runs.partition_point(|run| run.first <= node.last());
    let Some(inside) = runs.get(from..to).filter(|inside| !inside.is_empty()) else {
        left.push(node);
        return;
    };
    if inside[0].first <= node.first && node.last() <= inside[0].last {
        return;
    }
    for child in node.children() {
        carve(child, inside, left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn whole() -> Frontier {
        Frontier::whole(Key::from_slice(&[7; 32]).unwrap())
    }

    fn one(index: u32) -> Run {
        Run::new(index, index)
    }

    fn indices() -> impl Strategy<Value = u32> {
        prop_oneof![0..300u32, any::<u32>(), Just(u32::MAX), Just(u32::MAX - 1)]
    }

    proptest! {
        #[test]
        fn the_same_set_in_any_order_gives_the_same_bytes(
            (order, other) in prop::collection::vec(indices(), 0..40)
                .prop_flat_map(|set| (Just(set.clone()), Just(set).prop_shuffle())),
        ) {
            let (mut one_by_one, mut shuffled, mut at_once) = (whole(), whole(), whole());
            order.iter().for_each(|index| one_by_one.puncture(&[one(*index)]));
            other.iter().for_each(|index| shuffled.puncture(&[one(*index)]));
            at_once.puncture(&Run::of(order.iter().copied()));
            prop_assert_eq!(one_by_one.encode(), shuffled.encode());
            prop_assert_eq!(one_by_one.encode(), at_once.encode());
        }

        #[test]
        fn forgotten_leaves_are_gone_and_the_others_stay(
            gone in prop::collection::btree_set(indices(), 0..40),
            asked in prop::collection::vec(indices(), 0..40),
        ) {
            let mut frontier = whole();
            frontier.puncture(&Run::of(gone.iter().copied()));
            let frontier = Frontier::decode(&frontier.encode()).unwrap();
            for index in gone.iter().chain(&asked) {
                let key = frontier.leaf(*index);
                prop_assert_eq!(key.is_none(), gone.contains(index));
                if let Some(key) = key {
                    let before = whole().leaf(*index).unwrap();
                    prop_assert_eq!(key.bytes(), before.bytes());
                }
                prop_assert_eq!(frontier.living(&[one(*index)]).is_empty(), gone.contains(index));
            }
        }

        #[test]
        fn no_node_lies_above_a_forgotten_leaf_and_none_could_be_merged(
            gone in prop::collection::btree_set(0..512u32, 1..200),
        ) {
            let mut frontier = whole();
            frontier.puncture(&Run::of(gone.iter().copied()));
            let living: BTreeSet<u32> = (0..512).filter(|index| !gone.contains(index)).collect();
            let mut derived = BTreeSet::new();
            for node in frontier.nodes.iter().filter(|node| node.first < 512) {
                derived.extend(node.first..=node.last());
                let parent = node.first & mask(node.depth - 1);
                prop_assert!(gone.range(parent..=last(node.depth - 1, parent)).next().is_some(), "the parent would do");
            }
            prop_assert_eq!(derived, living);
        }

        #[test]
        fn bytes_that_it_would_not_write_are_refused(
            gone in prop::collection::btree_set(0..64u32, 1..8), at in any::<prop::sample::Index>(), bit in 0..8u8,
        ) {
            let mut frontier = whole();
            frontier.puncture(&Run::of(gone));
            let mut bytes = frontier.encode();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Some(read) = Frontier::decode(&bytes) {
                prop_assert_eq!(&read.encode(), &bytes);
            }
            bytes.pop();
            prop_assert!(Frontier::decode(&bytes).is_none());
        }
    }

    #[test]
    fn a_tree_can_be_forgotten_whole() {
        let mut frontier = whole();
        frontier.puncture(&[Run::ALL]);
        assert_eq!(frontier.encode().as_slice(), [1, 0, 0, 0, 0]);
        assert!(Frontier::decode(&frontier.encode()).unwrap().leaf(0).is_none());
    }

    #[test]
    fn two_whole_siblings_are_not_a_frontier() {
        let mut bytes = vec![1, 0, 0, 0, 2, 1, 0, 0, 0, 0];
        bytes.extend([1; 32]);
        bytes.extend([1, 0x80, 0, 0, 0]);
        bytes.extend([2; 32]);
        assert!(Frontier::decode(&bytes).is_none());
    }
}
