//! The log: numbers at once or in one pass, one sequencer at a time, the tree that the arithmetic says.

use crate::fresh::Fresh;
use crate::made::*;
use counterfoil_ledger::leaf::Leaf;
use counterfoil_ledger::tree::{EMPTY_ROOT, leaf_hash, root};
use counterfoil_store::{NewEvent, SequenceError, Unit};
use futures_util::future::join_all;

async fn numbers_everything_once(fresh: Fresh) {
    let world = World::unnumbered(fresh).await;
    assert_eq!(world.store.log_head().await.unwrap().root, EMPTY_ROOT);
    for _ in 0..30 {
        world.conversation(0).await;
    }
    let total = 7 + 30 * 3;
    let mut first = 0;
    let mut hashes = Vec::new();
    while let Some(pass) = world.store.sequence(1, 40).await.unwrap() {
        assert_eq!(pass.first, first);
        let leaves = world.store.leaves(first..pass.size).await.unwrap();
        assert!(leaves.len() == pass.leaves && pass.leaves <= 40);
        first = pass.size;
        hashes.extend(leaves.iter().map(|leaf| leaf.hash));
        assert_eq!(pass.root, root(&hashes));
        assert_eq!(world.store.log_head().await.unwrap().frontier.root(), pass.root);
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
    let first = world.store.log_head().await.unwrap().size;
    let (contact, conversation, message) = world.conversation(0).await;
    world.store.sequence(1, 100).await.unwrap();
    let leaves = world.store.leaves(first..100).await.unwrap();
    let subjects: Vec<[u8; 16]> = leaves.iter().map(|leaf| leaf.subject).collect();
    assert_eq!(subjects, [*message.bytes(), *conversation.bytes(), *contact.bytes()]);
    let numbers = world
        .store
        .leaf_numbers_of(&[*contact.bytes(), *message.bytes(), [9; 16]])
        .await
        .unwrap();
    assert_eq!(numbers, [(*message.bytes(), first), (*contact.bytes(), first + 2)]);
    assert_eq!(world.store.leaves_of(*message.bytes()).await.unwrap().len(), 1);
}

async fn an_older_sequencer_is_fenced(fresh: Fresh) {
    let world = World::unnumbered(fresh).await;
    world.store.sequence(5, 2).await.unwrap().unwrap();
    assert!(matches!(world.store.sequence(4, 2).await, Err(SequenceError::Fenced)));
    assert_eq!(world.store.log_head().await.unwrap().size, 2);
    assert_eq!(world.store.sequence(6, 100).await.unwrap().unwrap().first, 2);
    assert!(world.store.sequence(6, 100).await.unwrap().is_none());
}

async fn two_sequencers_never_share_a_number(fresh: Fresh) {
    let world = World::unnumbered(fresh).await;
    for _ in 0..10 {
        world.conversation(0).await;
    }
    let other = world.store.clone();
    let (one, two) = tokio::join!(world.store.sequence(1, 20), other.sequence(1, 20));
    let counted = [one, two]
        .into_iter()
        .filter_map(|pass| pass.unwrap())
        .map(|pass| pass.leaves)
        .sum::<usize>();
    let head = world.store.log_head().await.unwrap();
    assert_eq!(usize::try_from(head.size), Ok(counted));
    let leaves = world.store.leaves(0..100).await.unwrap();
    let hashes: Vec<[u8; 32]> = leaves.iter().map(|leaf| leaf.hash).collect();
    assert_eq!(head.root, root(&hashes));
}

async fn a_damaged_head_is_noticed(fresh: Fresh) {
    let world = World::unnumbered(fresh).await;
    world.store.sequence(1, 3).await.unwrap();
    world.fresh.tamper("UPDATE log_head SET size = size - 1").await;
    assert!(matches!(world.store.log_head().await, Err(SequenceError::Damaged)));
    assert!(matches!(world.store.sequence(1, 3).await, Err(SequenceError::Damaged)));
}

/// A group numbers its own; what waits from before goes first.
async fn a_group_numbers_its_own_at_once(fresh: Fresh) {
    let world = World::new(fresh).await;
    let waiting = async |world: &World| world.store.pending_counts().await.unwrap();
    assert_eq!(waiting(&world).await, (0, 0));
    let mut events = world.store.bell().events.listen();
    let event = NewEvent {
        kind: 1,
        conversation: None,
        subject: None,
        person: None,
        at: world.now(),
    };
    world.store.commit(Unit::new("event").event(event)).await.unwrap();
    assert!(events.has_changed().unwrap(), "whoever follows the events is told");
    assert_eq!(waiting(&world).await, (0, 0));
    world.waits_again().await;
    world.conversation(0).await;
    assert_eq!(
        waiting(&world).await,
        (10, 1),
        "nothing gets a number before what came earlier"
    );
    let pass = world.store.sequence(1, 100).await.unwrap().unwrap();
    assert_eq!((pass.leaves, pass.events), (10, 1));
    let leaves = world.store.leaves(0..pass.size).await.unwrap();
    let hashes: Vec<[u8; 32]> = leaves.iter().map(|leaf| leaf.hash).collect();
    assert_eq!(pass.root, root(&hashes));
    events.mark_unchanged();
    world.conversation(1).await;
    world.store.commit(Unit::new("event").event(event)).await.unwrap();
    assert_eq!(waiting(&world).await, (0, 0));
    assert!(world.store.sequence(1, 100).await.unwrap().is_none());
    assert!(events.has_changed().unwrap());
    let head = world.store.log_head().await.unwrap();
    let leaves = world.store.leaves(0..100).await.unwrap();
    let hashes: Vec<[u8; 32]> = leaves.iter().map(|leaf| leaf.hash).collect();
    assert_eq!((head.size, head.root, head.event_number), (13, root(&hashes), 2));
}

/// Several writers number at the same time, and one of them the way of the sequencer.
async fn groups_side_by_side_share_no_number(fresh: Fresh) {
    let world = World::new(fresh).await;
    for round in 0..4 {
        let many = join_all((0..24).map(|_| world.conversation(0)));
        let (_, passed) = tokio::join!(many, world.store.sequence(1, 5));
        passed.unwrap();
        if round == 1 {
            world.waits_again().await;
        }
    }
    while world.store.sequence(1, 100).await.unwrap().is_some() {}
    let head = world.store.log_head().await.unwrap();
    let leaves = world.store.leaves(0..1_000).await.unwrap();
    let hashes: Vec<[u8; 32]> = leaves.iter().map(|leaf| leaf.hash).collect();
    assert_eq!((head.size, head.root), (7 + 4 * 24 * 3, root(&hashes)));
}

/// A head that does not agree with itself is not built upon: what comes waits until somebody has looked.
async fn nothing_is_numbered_from_a_damaged_head(fresh: Fresh) {
    let world = World::new(fresh).await;
    world.store.sequence(1, 100).await.unwrap();
    world.fresh.tamper("UPDATE log_head SET size = size - 1").await;
    world.conversation(0).await;
    assert_eq!(world.store.pending_counts().await.unwrap(), (3, 0));
    assert!(matches!(world.store.sequence(1, 3).await, Err(SequenceError::Damaged)));
}

async fn keeps_checkpoints(fresh: Fresh) {
    let world = World::unnumbered(fresh).await;
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
    a_group_numbers_its_own_at_once
    groups_side_by_side_share_no_number
    nothing_is_numbered_from_a_damaged_head
    keeps_checkpoints
    a_leaf_that_breaks_the_rules_is_refused
}
