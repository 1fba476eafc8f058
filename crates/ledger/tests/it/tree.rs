//! The tree and its frontier.

use counterfoil_ledger::Hash;
use counterfoil_ledger::tree::{EMPTY_ROOT, Frontier, FrontierError, leaf_hash, node_hash, root};
use proptest::prelude::*;

use crate::vectors::{base64, cases, hex, hex_array, read};

/// The hashes of the entries `leaf-0`, `leaf-1` and so on.
pub(crate) fn numbered(size: u64) -> Vec<Hash> {
    (0..size).map(|i| leaf_hash(format!("leaf-{i}").as_bytes())).collect()
}

/// The root as RFC 6962 writes it down.
fn recursive(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => EMPTY_ROOT,
        [one] => *one,
        _ => {
            let (left, right) = hashes.split_at(hashes.len().next_power_of_two() / 2);
            node_hash(&recursive(left), &recursive(right))
        }
    }
}

#[test]
fn the_roots_of_rfc_6962_hold() {
    let file = read("tree");
    let leaves: Vec<Hash> = cases(&file["rfc6962"], "leaves")
        .iter()
        .map(|leaf| leaf_hash(&hex(leaf)))
        .collect();
    for (size, expected) in cases(&file["rfc6962"], "roots").iter().enumerate() {
        assert_eq!(root(&leaves[..size]), hex_array(expected), "{size} leaves");
    }
}

#[test]
fn the_roots_of_a_thousand_entries_hold() {
    let leaves = numbered(1000);
    for (size, expected) in read("tree")["thousand"]["roots"].as_object().unwrap() {
        assert_eq!(
            root(&leaves[..size.parse().unwrap()]),
            base64(expected),
            "{size} leaves"
        );
    }
}

#[test]
fn a_frontier_survives_as_bytes_at_every_size() {
    let mut frontier = Frontier::default();
    for (size, hash) in numbered(300).into_iter().enumerate() {
        let bytes = frontier.to_bytes();
        assert_eq!(bytes.len(), 8 + 32 * size.count_ones() as usize);
        assert_eq!(Frontier::from_bytes(&bytes).as_ref(), Ok(&frontier));
        for wrong in [
            &bytes[..bytes.len() - 1],
            &[bytes.as_slice(), &[0]].concat(),
            &[bytes.as_slice(), &[0; 32]].concat(),
        ] {
            assert_eq!(Frontier::from_bytes(wrong), Err(FrontierError));
        }
        frontier.append(hash);
    }
    assert_eq!(frontier.size(), 300);
}

proptest! {
    #[test]
    fn growing_in_any_steps_gives_the_root_of_the_whole(size in 0_u64..600, step in 1_usize..300) {
        let leaves = numbered(size);
        let mut frontier = Frontier::default();
        for part in leaves.chunks(step) {
            frontier.extend(part);
        }
        prop_assert_eq!(frontier.root(), recursive(&leaves));
        prop_assert_eq!(frontier.size(), size);
    }
}
