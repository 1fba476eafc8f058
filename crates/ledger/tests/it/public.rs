//! The trees that public logs test with (leaves and roots: `tree.json`), and proofs in them altered in every way that such tests know: another
//! place, size, leaf or root, hashes too many, too few or changed. Another implementation must refuse what we refuse.

use counterfoil_ledger::Hash;
use counterfoil_ledger::proof::{Node, consistency, inclusion, verify_consistency, verify_inclusion};
use counterfoil_ledger::tree::{EMPTY_ROOT, leaf_hash, root};

use crate::vectors::{cases, hex, hex_array, read};

/// The eight public leaves, hashed, and the published root of each size.
fn public() -> (Vec<Hash>, Vec<Hash>) {
    let file = read("tree");
    let leaves = cases(&file["rfc6962"], "leaves")
        .iter()
        .map(|leaf| leaf_hash(&hex(leaf)));
    let roots = cases(&file["rfc6962"], "roots").iter().map(hex_array);
    (leaves.collect(), roots.collect())
}

fn at(size: u64) -> usize {
    usize::try_from(size).unwrap()
}

fn within(leaves: &[Hash]) -> impl Fn(Node) -> Option<Hash> {
    |node| {
        let start = at(node.index << node.level);
        leaves.get(start..start + (1 << node.level)).map(root)
    }
}

fn theirs(hashes: &[Hash]) -> Vec<tlog_tiles::Hash> {
    hashes.iter().map(|hash| tlog_tiles::Hash(*hash)).collect()
}

/// The same hashes with one changed, one taken away, one put in, and things before and behind.
fn bent(hashes: &[Hash], roots: &[Hash]) -> Vec<(String, Vec<Hash>)> {
    let mut bent = Vec::new();
    for i in 0..hashes.len() {
        for bit in 0..8 {
            let mut changed = hashes.to_vec();
            changed[i][0] ^= 1 << bit;
            bent.push((format!("bit {bit} of hash {i}"), changed));
        }
        let mut fewer = hashes.to_vec();
        fewer.remove(i);
        bent.push((format!("without hash {i}"), fewer));
        let mut doubled = hashes.to_vec();
        doubled.insert(i, hashes[i]);
        bent.push((format!("hash {i} twice"), doubled));
    }
    for extra in roots.iter().chain([&[0; 32], &EMPTY_ROOT]) {
        bent.push(("something before it".to_owned(), [&[*extra], hashes].concat()));
        bent.push(("something behind it".to_owned(), [hashes, &[*extra]].concat()));
    }
    if !hashes.is_empty() {
        bent.push(("nothing".to_owned(), Vec::new()));
    }
    bent
}

#[test]
fn vault_1_public_inclusion_proofs_hold_and_no_alteration_of_them_does() {
    let (leaves, roots) = public();
    let (mut good, mut refused) = (0, 0);
    for size in 1..=8 {
        for index in 0..size {
            let (leaf, tree) = (leaves[at(index)], roots[at(size)]);
            let proof = inclusion(index, size, within(&leaves[..at(size)])).unwrap();
            let check = |leaf: &Hash, index: u64, size: u64, tree: &Hash, proof: &[Hash]| {
                let ours = verify_inclusion(leaf, index, size, tree, proof).is_ok();
                // Theirs calls a place outside the tree a mistake of its caller.
                let (hash, tree) = (tlog_tiles::Hash(*leaf), tlog_tiles::Hash(*tree));
                let other = index < size && tlog_tiles::check_record(&theirs(proof), size, tree, index, hash).is_ok();
                assert_eq!(ours, other, "{index} in {size}");
                ours
            };
            assert!(check(&leaf, index, size, &tree, &proof), "{index} in {size}");
            good += 1;
            let places = [index + 1, index.wrapping_sub(1), index ^ 2];
            let bad_places = places.into_iter().map(|place| check(&leaf, place, size, &tree, &proof));
            let bad_leaf = check(&EMPTY_ROOT, index, size, &tree, &proof);
            let bad_roots = [[0; 32], EMPTY_ROOT].map(|tree| check(&leaf, index, size, &tree, &proof));
            let bent = bent(&proof, &[tree, leaf]);
            let bad_proofs = bent.iter().map(|(_, bent)| check(&leaf, index, size, &tree, bent));
            let all: Vec<bool> = bad_places
                .chain([bad_leaf])
                .chain(bad_roots)
                .chain(bad_proofs)
                .collect();
            assert!(all.iter().all(|held| !held), "{index} in {size}: {all:?}");
            refused += all.len();
        }
    }
    println!(
        "{good} inclusion proofs in the public trees hold; {refused} alterations are refused by us and by tlog_tiles"
    );
}

#[test]
fn vault_1_public_consistency_proofs_hold_and_no_alteration_of_them_does() {
    let (leaves, roots) = public();
    let (mut good, mut refused) = (0, 0);
    for to in 2..=8_u64 {
        for from in 1..to {
            let (earlier, later) = (roots[at(from)], roots[at(to)]);
            let proof = consistency(from, to, within(&leaves[..at(to)])).unwrap();
            let check = |from: u64, earlier: &Hash, to: u64, later: &Hash, proof: &[Hash]| {
                let ours = verify_consistency(from, earlier, to, later, proof).is_ok();
                let (earlier, later) = (tlog_tiles::Hash(*earlier), tlog_tiles::Hash(*later));
                // Theirs knows no proof from the empty tree.
                let known = (1..=to).contains(&from);
                let other = known && tlog_tiles::check_tree(&theirs(proof), to, later, from, earlier).is_ok();
                assert_eq!(ours, other, "{from} to {to}");
                ours
            };
            assert!(check(from, &earlier, to, &later, &proof), "{from} to {to}");
            good += 1;
            let sizes = [(from + 1, to), (from - 1, to), (from ^ 2, to), (from, from), (to, from)];
            let bad_sizes = sizes
                .into_iter()
                .filter(|(other, _)| *other != from || to != from)
                .map(|(from, to)| check(from, &earlier, to, &later, &proof));
            let bad_roots = [
                check(from, &[0; 32], to, &later, &proof),
                check(from, &earlier, to, &[0; 32], &proof),
                check(from, &later, to, &earlier, &proof),
            ];
            let bent = bent(&proof, &[earlier, later]);
            let bad_proofs = bent.iter().map(|(_, bent)| check(from, &earlier, to, &later, bent));
            let all: Vec<bool> = bad_sizes.chain(bad_roots).chain(bad_proofs).collect();
            assert!(all.iter().all(|held| !held), "{from} to {to}: {all:?}");
            refused += all.len();
        }
    }
    println!(
        "{good} consistency proofs in the public trees hold; {refused} alterations are refused by us and by tlog_tiles"
    );
}
