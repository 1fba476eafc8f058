//! Inclusion and consistency proofs.

use counterfoil_ledger::Hash;
use counterfoil_ledger::proof::{
    Node, ProofError, consistency, consistency_nodes, inclusion, inclusion_nodes, verify_consistency, verify_inclusion,
};
use counterfoil_ledger::tree::root;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::tree::numbered;
use crate::vectors::{base64_list, cases, read};

/// Looks a perfect subtree up by computing it.
fn within(leaves: &[Hash]) -> impl Fn(Node) -> Option<Hash> {
    |node| {
        let start = usize::try_from(node.index << node.level).unwrap();
        leaves.get(start..start + (1 << node.level)).map(root)
    }
}

/// The same for the other implementation, which numbers the hashes in the order in which they come to be.
struct Oracle<'l>(&'l [Hash]);

impl tlog_tiles::HashReader for Oracle<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let hash = |index: &u64| {
            let (level, index) = tlog_tiles::split_stored_hash_index(*index);
            tlog_tiles::Hash(within(self.0)(Node { level, index }).unwrap())
        };
        Ok(indexes.iter().map(hash).collect())
    }
}

#[test]
fn vectors_hold() {
    let file = read("tree");
    let leaves = numbered(1000);
    let slice = |size: u64| &leaves[..usize::try_from(size).unwrap()];
    for case in cases(&file["thousand"], "inclusion") {
        let (index, size) = (case["index"].as_u64().unwrap(), case["size"].as_u64().unwrap());
        let expected = base64_list(&case["hashes"]);
        assert_eq!(
            inclusion(index, size, within(slice(size))).unwrap(),
            expected,
            "{index} in {size}"
        );
        verify_inclusion(
            &slice(size)[usize::try_from(index).unwrap()],
            index,
            size,
            &root(slice(size)),
            &expected,
        )
        .unwrap();
    }
    for case in cases(&file["thousand"], "consistency") {
        let (from, to) = (case["from"].as_u64().unwrap(), case["to"].as_u64().unwrap());
        let expected = base64_list(&case["hashes"]);
        assert_eq!(
            consistency(from, to, within(slice(to))).unwrap(),
            expected,
            "{from} to {to}"
        );
        verify_consistency(from, &root(slice(from)), to, &root(slice(to)), &expected).unwrap();
    }
}

#[test]
fn every_proof_in_every_small_tree_holds_and_agrees_with_another_implementation() {
    let leaves = numbered(40);
    for size in 1..=40_u64 {
        let tree = &leaves[..usize::try_from(size).unwrap()];
        let plain = |hashes: Vec<tlog_tiles::Hash>| hashes.into_iter().map(|hash| hash.0).collect::<Vec<Hash>>();
        for index in 0..size {
            let proof = inclusion(index, size, within(tree)).unwrap();
            assert_eq!(
                proof,
                plain(tlog_tiles::prove_record(size, index, &Oracle(tree)).unwrap())
            );
            let leaf = &tree[usize::try_from(index).unwrap()];
            assert_eq!(verify_inclusion(leaf, index, size, &root(tree), &proof), Ok(()));
            // The same proof fits no other place.
            for other in (0..size).filter(|other| *other != index) {
                assert!(verify_inclusion(leaf, other, size, &root(tree), &proof).is_err());
            }
        }
        for from in 1..=size {
            let earlier = root(&tree[..usize::try_from(from).unwrap()]);
            let proof = consistency(from, size, within(tree)).unwrap();
            assert_eq!(
                proof,
                plain(tlog_tiles::prove_tree(size, from, &Oracle(tree)).unwrap()),
                "{from} to {size}"
            );
            assert_eq!(verify_consistency(from, &earlier, size, &root(tree), &proof), Ok(()));
            if from < size {
                assert!(verify_consistency(from, &root(tree), size, &root(tree), &proof).is_err());
                assert!(verify_consistency(from, &earlier, size, &earlier, &proof).is_err());
                assert!(verify_consistency(from, &earlier, size, &root(tree), &[]).is_err());
            }
        }
    }
}

#[test]
fn what_is_outside_the_tree_has_no_proof() {
    let leaves = numbered(5);
    assert_eq!(inclusion(5, 5, within(&leaves)), Err(ProofError::OutOfRange));
    assert_eq!(inclusion(0, 0, within(&leaves)), Err(ProofError::OutOfRange));
    assert_eq!(consistency(6, 5, within(&leaves)), Err(ProofError::OutOfRange));
    assert_eq!(
        inclusion(0, 8, within(&leaves)),
        Err(ProofError::Missing(Node { level: 2, index: 1 }))
    );
    assert_eq!(
        verify_inclusion(&leaves[0], 5, 5, &root(&leaves), &[]),
        Err(ProofError::OutOfRange)
    );
    assert_eq!(
        verify_consistency(6, &root(&leaves), 5, &root(&leaves), &[]),
        Err(ProofError::OutOfRange)
    );
    assert_eq!(
        verify_consistency(0, &root(&leaves), 5, &root(&leaves), &[]),
        Err(ProofError::Wrong)
    );
    assert_eq!(
        verify_consistency(5, &root(&leaves), 5, &root(&leaves), &[[0; 32]]),
        Err(ProofError::Wrong)
    );
}

#[test]
fn the_largest_trees_do_not_overflow() {
    let any = |_: Node| Some([7; 32]);
    for size in [u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) + 1] {
        for index in [0, 1, size / 2, size - 1] {
            let hashes = inclusion(index, size, any).unwrap();
            assert_eq!(
                verify_inclusion(&[7; 32], index, size, &[0; 32], &hashes),
                Err(ProofError::Wrong)
            );
            let hashes = consistency(index, size, any).unwrap();
            assert_eq!(
                verify_consistency(index, &[7; 32], size, &[0; 32], &hashes),
                Err(ProofError::Wrong)
            );
        }
    }
}

/// Every way in which a list of hashes can be altered a little.
fn altered(hashes: &[Hash], at: Index, bit: usize) -> Vec<Vec<Hash>> {
    let mut all = vec![[hashes, &[[0; 32]]].concat(), [&[[0; 32]], hashes].concat()];
    if !hashes.is_empty() {
        let at = at.index(hashes.len());
        let mut flipped = hashes.to_vec();
        flipped[at][bit / 8] ^= 1 << (bit % 8);
        let mut shorter = hashes.to_vec();
        shorter.remove(at);
        let mut doubled = hashes.to_vec();
        doubled.insert(at, hashes[at]);
        all.extend([flipped, shorter, doubled]);
    }
    if hashes.len() > 1 {
        let mut swapped = hashes.to_vec();
        swapped.swap(0, hashes.len() - 1);
        all.push(swapped);
    }
    all
}

proptest! {
    #[test]
    fn no_altered_inclusion_proof_holds(size in 1_u64..700, index: Index, at: Index, bit in 0_usize..256) {
        let leaves = numbered(size);
        let place = index.index(leaves.len());
        let (leaf, index, root) = (leaves[place], place as u64, root(&leaves));
        let hashes = inclusion(index, size, within(&leaves)).unwrap();
        let holds = |leaf: &Hash, index, root: &Hash, hashes: &[Hash]| {
            verify_inclusion(leaf, index, size, root, hashes).is_ok()
        };
        prop_assert!(holds(&leaf, index, &root, &hashes));
        for hashes in altered(&hashes, at, bit) {
            prop_assert!(!holds(&leaf, index, &root, &hashes));
        }
        let flip = |hash: &Hash| {
            let mut flipped = *hash;
            flipped[bit / 8] ^= 1 << (bit % 8);
            flipped
        };
        prop_assert!(!holds(&flip(&leaf), index, &root, &hashes));
        prop_assert!(!holds(&leaf, index, &flip(&root), &hashes));
        prop_assert!(!holds(&leaf, index + 1, &root, &hashes));
        let oracle = tlog_tiles::check_record(
            &hashes.iter().copied().map(tlog_tiles::Hash).collect(), size, tlog_tiles::Hash(root), index, tlog_tiles::Hash(leaf),
        );
        prop_assert!(oracle.is_ok());
    }

    #[test]
    fn no_altered_consistency_proof_holds(to in 2_u64..700, from: Index, at: Index, bit in 0_usize..256) {
        let leaves = numbered(to);
        let from = 1 + from.index(leaves.len() - 1);
        let (earlier, later, from) = (root(&leaves[..from]), root(&leaves), from as u64);
        let hashes = consistency(from, to, within(&leaves)).unwrap();
        prop_assert!(verify_consistency(from, &earlier, to, &later, &hashes).is_ok());
        for hashes in altered(&hashes, at, bit) {
            prop_assert!(verify_consistency(from, &earlier, to, &later, &hashes).is_err());
        }
        let mut flipped = earlier;
        flipped[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(verify_consistency(from, &flipped, to, &later, &hashes).is_err());
        let mut flipped = later;
        flipped[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(verify_consistency(from, &earlier, to, &flipped, &hashes).is_err());
        prop_assert!(verify_consistency(from - 1, &earlier, to, &later, &hashes).is_err());
    }

    #[test]
    fn the_nodes_named_beforehand_suffice(size in 1_u64..700, index: Index) {
        let leaves = numbered(size);
        let index = index.index(leaves.len()) as u64;
        let nodes = inclusion_nodes(index, size).unwrap();
        let only = |node: Node| nodes.contains(&node).then(|| within(&leaves)(node)).flatten();
        prop_assert_eq!(inclusion(index, size, only), inclusion(index, size, within(&leaves)));
        let nodes = consistency_nodes(index, size).unwrap();
        let only = |node: Node| nodes.contains(&node).then(|| within(&leaves)(node)).flatten();
        prop_assert_eq!(consistency(index, size, only), consistency(index, size, within(&leaves)));
    }
}
