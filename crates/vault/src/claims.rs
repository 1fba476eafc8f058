//! Tests: what the key tree claims, at full size with `cargo xtask prove vault.2`.
//!
//! The oracle is a second derivation, written out here: the bits of the index from the highest down, an HMAC for each.

#![expect(clippy::print_stdout, reason = "a proof prints its figures")]

use crate::frontier::Frontier;
use crate::key::{Key, Mac};
use crate::run::Run;
use counterfoil_testkit::surroundings::full_size;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use std::collections::BTreeSet;

const ROOT: [u8; 32] = [7; 32];

fn key(bytes: &[u8; 32]) -> Key {
    Key::from_slice(bytes).unwrap()
}

fn whole() -> Frontier {
    Frontier::whole(key(&ROOT))
}

/// The keys from the root down to a leaf.
fn way(index: u32) -> Vec<[u8; 32]> {
    let mut way = vec![ROOT];
    for bit in (0..32).rev() {
        let parent = key(way.last().unwrap());
        way.push(Mac::new(&parent).over(&[&[u8::from(index >> bit & 1 == 1)]]));
    }
    way
}

/// Small and neighbouring, at the edges of blocks and subtrees, or anywhere.
fn indices() -> impl Strategy<Value = u32> {
    let edges = (0..32u32, 0..3u32).prop_map(|(bit, more)| (1u32 << bit).wrapping_add(more).wrapping_sub(1));
    prop_oneof![3 => 0..300u32, 1 => edges, 1 => any::<u32>(), 1 => Just(u32::MAX)]
}

fn steps() -> impl Strategy<Value = Vec<Run>> {
    let run = (indices(), prop_oneof![0..200u32, any::<u32>()]);
    prop_oneof![
        4 => indices().prop_map(|index| vec![Run::new(index, index)]),
        2 => run.prop_map(|(first, more)| vec![Run::new(first, first.saturating_add(more >> 8))]),
        1 => prop::collection::vec(indices(), 1..12).prop_map(Run::of),
    ]
}

#[test]
fn vault_2_what_was_punctured_is_gone_and_the_rest_stays_in_whatever_order() {
    let cases = if full_size() { 10_000 } else { 200 };
    let sequences =
        prop::collection::vec(steps(), 1..12).prop_flat_map(|steps| (Just(steps.clone()), Just(steps).prop_shuffle()));
    let asked = prop::collection::vec(indices(), 6);
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    });
    let (gone, lives) = (std::cell::Cell::new(0u64), std::cell::Cell::new(0u64));
    let outcome = runner.run(
        &(sequences, asked, any::<Index>()),
        |((steps, shuffled), asked, pick)| {
            let (mut one_by_one, mut other_order, mut at_once) = (whole(), whole(), whole());
            steps.iter().for_each(|runs| one_by_one.puncture(runs));
            shuffled.iter().for_each(|runs| other_order.puncture(runs));
            let all = Run::joined(steps.concat());
            at_once.puncture(&all);
            let bytes = one_by_one.encode();
            prop_assert_eq!(&bytes, &other_order.encode());
            prop_assert_eq!(&bytes, &at_once.encode());

            let left = Frontier::decode(&bytes).expect("what is written is canonical");
            let kept: BTreeSet<&[u8]> = bytes[5..].chunks_exact(37).map(|node| &node[5..]).collect();
            // The ends of one run, their neighbours, and others anywhere.
            let run = *pick.get(&all);
            let ends = [
                run.first.saturating_sub(1),
                run.first,
                run.last,
                run.last.saturating_add(1),
            ];
            for index in ends.into_iter().chain(asked) {
                let punctured = all.iter().any(|run| run.contains(index));
                let way = way(index);
                let found = left.leaf(index).map(|key| *key.bytes());
                if punctured {
                    prop_assert!(found.is_none());
                    prop_assert!(
                        way.iter().all(|key| !kept.contains(key.as_slice())),
                        "a key above it is left"
                    );
                    gone.set(gone.get() + 1);
                } else {
                    prop_assert_eq!(found, way.last().copied());
                    lives.set(lives.get() + 1);
                }
            }
            Ok(())
        },
    );
    outcome.unwrap();
    assert!(gone.get() > u64::from(cases) && lives.get() > u64::from(cases));
    let (gone, lives) = (gone.get(), lives.get());
    println!(
        "{cases} sequences: {gone} punctured leaves looked for and not found, {lives} living ones derived as ever"
    );
}

/// Chance that is the same each time (splitmix64).
fn chance(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[test]
fn vault_2_a_frontier_after_k_single_punctures_is_no_wider_than_claimed() {
    let (rounds, most) = if full_size() { (200, 17) } else { (5, 10) };
    let mut state = 11;
    for power in 0..=most {
        let mut widest = (0, 0, 0);
        for round in 0..(rounds >> (power / 2)).max(2) {
            // Powers of two, and what lies between them.
            let wanted = if round % 2 == 0 {
                1 << power
            } else {
                (1 << power) + chance(&mut state) % (1 << power)
            };
            let mut leaves = BTreeSet::new();
            while (leaves.len() as u64) < wanted {
                leaves.insert(u32::try_from(chance(&mut state) % (1 << 20)).unwrap());
            }
            let mut frontier = whole();
            frontier.puncture(&Run::of(leaves.iter().copied()));
            let nodes = (frontier.encode().len() as u64 - 5) / 37;
            let bound = wanted * (20 - u64::from(wanted.ilog2())) + 12;
            assert!(
                nodes <= bound,
                "{wanted} punctures leave {nodes} nodes, more than {bound}"
            );
            widest = widest.max((nodes, wanted, bound));
        }
        let (nodes, wanted, bound) = widest;
        println!("{wanted} random punctures out of 2^20: {nodes} nodes, at most {bound}");
    }
}
