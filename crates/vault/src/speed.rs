//! Tests: how fast keys are derived and items sealed, with figures at full size by `cargo xtask prove vault.3`.
//!
//! Each figure is the best of a few rounds, by the time that this thread had a core to itself: what else the machine does only makes a round slower. At small size the same work is done
//! and its results are looked at, without a claim on its speed.

#![expect(clippy::print_stdout, reason = "a proof prints its figures")]
use crate::envelope;
use crate::frontier::Frontier;
use crate::key::{self, Key};
use crate::padding::padded;
use crate::place::{Address, Kind, Label, Place, TreeKind, associated};
use crate::run::Run;
use crate::tree::Tree;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use counterfoil_model::{InstallationId, Random, TreeId};
use counterfoil_testkit::surroundings::full_size;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Cheap chance, so that drawing nonces is no part of what is compared.
struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self
                .0
                .fetch_add(1, Ordering::Relaxed)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&next.to_be_bytes()[..chunk.len()]);
        }
    }
}

fn tree() -> Tree {
    Tree::new(
        TreeId::from_bytes([1; 16]),
        TreeKind::Conversation,
        &Counting(AtomicU64::new(1)),
    )
}

/// How long this thread has had a core (proc(5), `schedstat`: the first number, nanoseconds).
fn on_core() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(told.split(' ').next().unwrap().parse().unwrap())
}

/// How many times a second `work` is done, `count` times in each of a few rounds.
fn rate(count: u32, mut work: impl FnMut(u32)) -> f64 {
    let mut best = Duration::MAX;
    for _ in 0..if full_size() { 7 } else { 1 } {
        let begun = on_core();
        (0..count).for_each(&mut work);
        best = best.min(on_core() - begun);
    }
    f64::from(count) / best.as_secs_f64().max(1e-9)
}

fn count(full: u32) -> u32 {
    if full_size() { full } else { full / 500 }
}

#[test]
fn vault_3_keys_are_derived_in_order_and_at_random() {
    let mut tree = tree();
    let in_order = rate(count(1_000_000), |index| drop(black_box(tree.leaf(index))));
    println!("in order: {in_order:.0} items/s on one core, at least 1,000,000 wanted");

    let scattered = |index: u32| index.wrapping_mul(0x9e37_79b1) >> 12;
    let at_random = rate(count(200_000), |index| drop(black_box(tree.leaf(scattered(index)))));
    println!("at random among 2^20: {at_random:.0} items/s on one core, at least 100,000 wanted");

    let mut same = self::tree();
    for index in (0..64).map(scattered).chain(0..64) {
        let alone = Frontier::decode(&same.frontier.encode()).unwrap().leaf(index).unwrap();
        assert_eq!(same.leaf(index).unwrap().bytes(), alone.bytes());
    }
    if full_size() {
        assert!(in_order >= 1_000_000.0, "{in_order:.0} items/s in order");
        assert!(at_random >= 100_000.0, "{at_random:.0} items/s at random");
    }
}

/// The frontier of a tree lies whole in its row (`docs/decisions/2026-11-28-a-frontier-lies-whole-in-its-row.md`): what that costs where many single items are forgotten.
#[test]
fn vault_3_one_more_is_forgotten_of_a_tree_with_many_holes() {
    let random = Counting(AtomicU64::new(1));
    let wrapping = Key::random(&random);
    for holes in [1_000, 10_000, 100_000].map(count) {
        let scattered = |index: u32| index.wrapping_mul(0x9e37_79b1) >> 12;
        let mut tree = tree();
        tree.puncture(&Run::of((0..holes).map(scattered)));
        let row = key::wrap(&wrapping, &random, b"row", &tree.frontier.encode());
        // What a puncture does to one tree: open, forget, wrap.
        let once = rate(count(5_000).min(20), |more| {
            let bytes = key::unwrap(&wrapping, b"row", &row).unwrap();
            let mut frontier = Frontier::decode(&bytes).unwrap();
            let index = scattered(holes + more);
            frontier.puncture(&[Run::new(index, index)]);
            assert!(frontier.above(index).is_none());
            black_box(key::wrap(&wrapping, &random, b"row", &frontier.encode()));
        });
        let time = 1_000.0 / once;
        println!(
            "one more after {holes} of 2^20: a row of {} bytes, {time:.2} ms",
            row.len()
        );
        if full_size() && holes <= 10_000 {
            assert!(time <= 20.0, "{time:.2} ms");
        }
    }
}

const PLACE: Place = Place {
    kind: Kind::Message,
    object: [9; 16],
    label: Label::Body,
};
const INSTALLATION: InstallationId = InstallationId::from_bytes([1; 16]);

/// The bare steps of sealing, with the library alone: HKDF-Expand of one block is one HMAC, then padding and AES-256-GCM.
fn by_hand(item: &[u8; 32], nonce: [u8; 12], aad: &[u8], content: &[u8]) -> Vec<u8> {
    let expand = hmac::Key::new(hmac::HMAC_SHA256, item);
    let seal = hmac::sign(&expand, b"counterfoil/vault/v1/seal\x01\x01");
    let mut frame = Vec::with_capacity(33 + padded(5 + content.len()) + 16);
    frame.extend_from_slice(&[0; 33]);
    frame.push(0);
    frame.extend_from_slice(&u32::try_from(content.len()).unwrap().to_be_bytes());
    frame.extend_from_slice(content);
    frame.resize(33 + padded(5 + content.len()), 0);
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, seal.as_ref()).unwrap());
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = key.seal_in_place_separate_tag(nonce, Aad::from(aad), &mut frame[33..]);
    frame.extend_from_slice(tag.unwrap().as_ref());
    frame
}

#[test]
fn vault_3_sealing_costs_little_more_than_its_bare_steps() {
    let random = Counting(AtomicU64::new(1));
    let item = Key::random(&random);
    let address = Address {
        tree: TreeId::from_bytes([1; 16]),
        index: 3,
    };
    let content = "a".repeat(500);
    let aad = associated(INSTALLATION, 1, PLACE, address);

    let sealed = envelope::seal(
        INSTALLATION,
        &Counting(AtomicU64::new(5)),
        &item,
        address,
        PLACE,
        &content,
    );
    let nonce: [u8; 12] = (&Counting(AtomicU64::new(5)) as &dyn Random).array();
    let bare = by_hand(item.bytes(), nonce, &aad, content.as_bytes());
    assert_eq!(sealed.bytes()[33..], bare[33..], "the same work is compared");

    let rounds = count(300_000);
    let vault = rate(rounds, |_| {
        black_box(envelope::seal(INSTALLATION, &random, &item, address, PLACE, &content));
    });
    let hand = rate(rounds, |_| {
        black_box(by_hand(
            item.bytes(),
            (&random as &dyn Random).array(),
            &aad,
            content.as_bytes(),
        ));
    });
    let share = vault / hand;
    println!("sealing 500 bytes: {vault:.0} a second, its bare steps {hand:.0}: {share:.2}, at least 0.70 wanted");
    if full_size() {
        assert!(share >= 0.7, "{share:.2} of the bare steps");
    }
}
