//! The log: numbers in one pass, one sequencer at a time, the tree that the arithmetic says.

use crate::fresh::Fresh;
use crate::made::*;
use counterfoil_ledger::leaf::Leaf;
use counterfoil_ledger::tree::{EMPTY_ROOT, leaf_hash, root};
use counterfoil_store::{SequenceError, Unit};

async fn numbers_everything_once(fresh: Fresh) {
    let world = World::new(fresh).await;
    assert_eq!(world.store.log_head().await.unwrap().root, EMPTY_ROOT);
    for _ in 0..30 {
        world.conversation(0).await;
    }
    let total = 7 + 30 * 3;
    let mut first = 0;
    let mut hashes = Vec::new();
    while let Some(pass) = world.store.sequence(1, 40).await.unwrap() {
        assert_eq!(pass.first, first);
        assert_eq!(pass.leaf_hashes.len(), usize::try_from(pass.count).unwrap());
        first += pass.count;
        assert_eq!(pass.size, first);
        hashes.extend(pass.leaf_hashes);
        assert_eq!(pass.root, root(&hashes));
        assert_eq!(pass.frontier.root(), pass.root);
    }
    assert_eq!(first, total);
    let head = world.store.log_head().await.unwrap();
    assert_eq!((head.size, head.root), (total, root(&hashes)));
    let leaves = world.store.leaves(0..1_000).await.unwrap();
    let numbers: Vec<i64> = leaves.iter().map(|leaf| leaf.number).collect();
    assert_eq!(numbers, (0..total).collect::<Vec<_>>());
    for leaf in &leaves {
        assert_eq!(leaf.hash, leaf_hash(&leaf.bytes));
        assert_eq!(Leaf::decode(&leaf.bytes).unwrap().subject, leaf.subject);
    }
    assert_eq!(world.store.leaves(5..8).await.unwrap().len(), 3);
}

async fn the_leaves_of_a_unit_keep_their_order(fresh: Fresh) {
    let world = World::new(fresh).await;
    world.store.sequence(1, 100).await.unwrap();
    let (contact, conversation, message) = world.conversation(0).await;
    let pass = world.store.sequence(1, 100).await.unwrap().unwrap();
    let subjects: Vec<[u8; 16]> = pass.leaves.iter().map(|leaf| leaf.subject).collect();
    assert_eq!(subjects, [*message.bytes(), *conversation.bytes(), *contact.bytes()]);
    let numbers = world
        .store
        .leaf_numbers_of(&[*contact.bytes(), *message.bytes(), [9; 16]])
        .await
        .unwrap();
    assert_eq!(
        numbers,
        [(*message.bytes(), pass.first), (*contact.bytes(), pass.first + 2)]
    );
    assert_eq!(world.store.leaves_of(*message.bytes()).await.unwrap().len(), 1);
}

async fn an_older_sequencer_is_fenced(fresh: Fresh) {
    let world = World::new(fresh).await;
    world.store.sequence(5, 2).await.unwrap().unwrap();
    assert!(matches!(world.store.sequence(4, 2).await, Err(SequenceError::Fenced)));
    assert_eq!(world.store.log_head().await.unwrap().size, 2);
    assert_eq!(world.store.sequence(6, 100).await.unwrap().unwrap().first, 2);
    assert!(world.store.sequence(6, 100).await.unwrap().is_none());
}

async fn two_sequencers_never_share_a_number(fresh: Fresh) {
    let world = World::new(fresh).await;
    for _ in 0..10 {
        world.conversation(0).await;
    }
    let other = world.store.clone();
    let (one, two) = tokio::join!(world.store.sequence(1, 20), other.sequence(1, 20));
    let counted = [one, two]
        .into_iter()
        .filter_map(|pass| pass.unwrap())
        .map(|pass| pass.count)
        .sum::<i64>();
    let head = world.store.log_head().await.unwrap();
    assert_eq!(head.size, counted);
    let leaves = world.store.leaves(0..100).await.unwrap();
    let hashes: Vec<[u8; 32]> = leaves.iter().map(|leaf| leaf.hash).collect();
    assert_eq!(head.root, root(&hashes));
}

async fn a_damaged_head_is_noticed(fresh: Fresh) {
    let world = World::new(fresh).await;
    world.store.sequence(1, 3).await.unwrap();
    world.fresh.tamper("UPDATE log_head SET size = size - 1").await;
    assert!(matches!(world.store.log_head().await, Err(SequenceError::Damaged)));
    assert!(matches!(world.store.sequence(1, 3).await, Err(SequenceError::Damaged)));
}

async fn keeps_checkpoints(fresh: Fresh) {
    let world = World::new(fresh).await;
    for (size, note) in [(3, "three"), (9, "nine"), (5, "five"), (9, "nine with a witness")] {
        world.store.checkpoint_put(2, size, note).await.unwrap();
    }
    let latest = world.store.checkpoint_latest().await.unwrap().unwrap();
    assert_eq!((latest.size, latest.note.as_str()), (9, "nine with a witness"));
    let sizes: Vec<i64> = world
        .store
        .checkpoint_list(3, 10)
        .await
        .unwrap()
        .iter()
        .map(|c| c.size)
        .collect();
    assert_eq!(sizes, [5, 9]);
    let late = world
        .store
        .checkpoint_put(1, 12, "of a sequencer that was overtaken")
        .await;
    assert!(matches!(late, Err(SequenceError::Fenced)));
    assert_eq!(world.store.checkpoint_latest().await.unwrap().unwrap().size, 9);
    // Who signs without having numbered anything shuts out the one before as well.
    world.store.checkpoint_put(3, 12, "twelve").await.unwrap();
    assert!(matches!(world.store.sequence(2, 3).await, Err(SequenceError::Fenced)));
}

async fn a_leaf_that_breaks_the_rules_is_refused(fresh: Fresh) {
    let world = World::new(fresh).await;
    let too_many = Leaf::new(counterfoil_ledger::registry::LeafKind::Reading, 0, [1; 16]).items([[2; 16]; 201]);
    let outcome = world.store.commit(Unit::new("reading").leaf(too_many)).await;
    assert!(matches!(outcome, Err(counterfoil_store::CommitError::Leaf(_))));
}

on_both! {
    numbers_everything_once
    the_leaves_of_a_unit_keep_their_order
    an_older_sequencer_is_fenced
    two_sequencers_never_share_a_number
    a_damaged_head_is_noticed
    keeps_checkpoints
    a_leaf_that_breaks_the_rules_is_refused
}
