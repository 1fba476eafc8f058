//! Units of work: kept together or not at all, and only the guilty one is refused.

use crate::fresh::Fresh;
use crate::made::*;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::message::Direction;
use counterfoil_model::{ContactId, ConversationId, DeliveryId, Timestamp};
use counterfoil_store::faults::Fault;
use counterfoil_store::rows::*;
use counterfoil_store::{Change, CommitError, Page, Unit};

async fn keeps_rows_with_their_leaves(fresh: Fresh) {
    let world = World::unnumbered(fresh).await;
    let (contact, conversation, message) = world.conversation(0).await;
    assert!(world.store.contact_get(contact).await.unwrap().is_some());
    let row = world.store.message_get(message).await.unwrap().unwrap();
    assert_eq!(row.conversation, conversation);
    assert_eq!(row.body.bytes(), sealed::<()>("body").bytes());
    assert!(row.author.is_none() && row.raw.is_none());
    let (leaves, events) = world.store.pending_counts().await.unwrap();
    assert_eq!((leaves, events), (7 + 3, 0));
}

async fn refuses_only_the_guilty_unit(fresh: Fresh) {
    let world = World::new(fresh).await;
    let seen = |text: &str| Unit::new("seen").insert(tombstone(text, world.now()));
    world.store.commit(seen("old")).await.unwrap();
    let outcomes = tokio::join!(
        world.store.commit(seen("one")),
        world.store.commit(seen("old")),
        world.store.commit(seen("two")),
        world.store.commit(seen("three")),
    );
    assert!(outcomes.0.is_ok() && outcomes.2.is_ok() && outcomes.3.is_ok());
    assert!(matches!(outcomes.1, Err(CommitError::Conflict { guard: "seen" })));
    let all = ["old", "one", "two", "three", "never"].map(mark);
    assert_eq!(world.store.seen(&all).await.unwrap().len(), 4);
}

async fn refuses_only_the_unit_whose_value_the_engine_never_takes(fresh: Fresh) {
    let world = World::new(fresh).await;
    let item = |kind: &str| {
        Unit::new("item").insert(IntakeItemRow {
            delivery: DeliveryId::from_bytes([9; 16]),
            position: 0,
            kind: kind.to_owned(),
            outcome: ItemOutcome::Kept,
            at: world.now(),
        })
    };
    let seen = |text: &str| Unit::new("seen").insert(tombstone(text, world.now()));
    let outcomes = tokio::join!(
        world.store.commit(seen("one")),
        world.store.commit(item("a text with a zero \0 in it")),
        world.store.commit(seen("two")),
    );
    assert!(outcomes.0.is_ok() && outcomes.1.is_err() && outcomes.2.is_ok());
    assert_eq!(world.store.seen(&["one", "two"].map(mark)).await.unwrap().len(), 2);
}

async fn keeps_nothing_of_a_refused_unit(fresh: Fresh) {
    let world = World::unnumbered(fresh).await;
    let contact = world.contact();
    let id = contact.id;
    let unit = Unit::new("refused")
        .record(contact, leaf(LeafKind::Contact, world.now(), id.bytes()))
        .change(Change::conversation_touch(
            ConversationId::from_bytes([9; 16]),
            world.now(),
            true,
        ));
    let before = world.store.pending_counts().await.unwrap();
    let outcome = world.store.commit(unit).await;
    assert!(matches!(outcome, Err(CommitError::Conflict { guard: "conversation" })));
    assert!(world.store.contact_get(id).await.unwrap().is_none());
    assert_eq!(world.store.pending_counts().await.unwrap(), before);
}

async fn looks_at_foreign_keys_at_the_end(fresh: Fresh) {
    let world = World::new(fresh).await;
    let identity = world.identity(ContactId::from_bytes([9; 16]), "4915200000001");
    let subject = *identity.id.bytes();
    let unit = Unit::new("orphan").record(identity, leaf(LeafKind::Identity, world.now(), &subject));
    let outcome = world.store.commit(unit).await;
    assert!(matches!(outcome, Err(CommitError::Conflict { guard: "foreign key" })));
}

async fn changes_named_first_come_before_rows(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (contact, ..) = world.conversation(0).await;
    let old = world.identity(contact, "4915200000001");
    let old_id = old.id;
    let unit = Unit::new("identity").record(old, leaf(LeafKind::Identity, world.now(), old_id.bytes()));
    world.store.commit(unit).await.unwrap();
    // The same number cannot stand twice, so the old identity must have ended before the new one stands.
    let (other, ..) = world.conversation(1).await;
    let (at, new) = (world.now(), world.identity(other, "4915200000001"));
    let new_id = new.id;
    let end = IdentityEndRow {
        id: old_id,
        ended_at: at,
        recorded_at: at,
    };
    let unit = Unit::new("moved")
        .change(Change::identity_end(old_id, at))
        .record(end, leaf(LeafKind::IdentityEnded, at, old_id.bytes()))
        .record(new, leaf(LeafKind::Identity, at, new_id.bytes()));
    world.store.commit(unit).await.unwrap();
    let living = world
        .store
        .identity_living(counterfoil_model::contact::IdentityKind::Phone, keyed("4915200000001"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((living.id, living.contact), (new_id, other));
    assert_eq!(world.store.identities_of(&[contact, other]).await.unwrap().len(), 2);
    let twice = Unit::new("again").change(Change::identity_end(old_id, at));
    let outcome = world.store.commit(twice).await;
    assert!(matches!(outcome, Err(CommitError::Conflict { guard: "identity_end" })));
}

async fn keeps_a_flood(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (_, conversation, _) = world.conversation(0).await;
    let mut tasks = Vec::new();
    for _ in 0..600 {
        let (store, at) = (world.store.clone(), world.now());
        let message = world.message(conversation, Direction::Inbound);
        let subject = *message.id.bytes();
        tasks.push(tokio::spawn(async move {
            let unit = Unit::new("flood")
                .record(message, leaf(LeafKind::Message, at, &subject))
                .change(Change::conversation_touch(conversation, at, true));
            store.commit(unit).await
        }));
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let reach = everything();
    let page = world.store.message_page(conversation, &reach, Page::Latest, 1_000);
    assert_eq!(page.await.unwrap().len(), 601);
}

async fn what_was_answered_is_there_after_opening_again(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (_, _, message) = world.conversation(2).await;
    world.store.close().await;
    let refused = world.store.commit(Unit::new("late")).await;
    assert!(matches!(refused, Err(CommitError::Closed)));
    drop(world.store);
    let store = world.fresh.store().await;
    assert!(store.message_get(message).await.unwrap().is_some());
}

async fn breaks_in_pairs(fresh: Fresh) {
    let world = World::new(fresh).await;
    let seen = |text: &str| Unit::new("seen").insert(tombstone(text, Timestamp::from_micros(1)));
    for (fault, text, kept) in [(Fault::BeforeCommit, "lost", 0), (Fault::AfterCommit, "kept", 1)] {
        world.store.order_fault(fault);
        let outcome = world.store.commit(seen(text)).await;
        assert!(matches!(outcome, Err(CommitError::Unavailable(_))), "{fault:?}");
        assert_eq!(world.store.seen(&[mark(text)]).await.unwrap().len(), kept, "{fault:?}");
    }
    world.store.commit(seen("after")).await.unwrap();
}

async fn rings_after_the_commit(fresh: Fresh) {
    let world = World::new(fresh).await;
    let mut pending = world.store.bell().pending.listen();
    let mut jobs = world.store.bell().jobs.listen();
    world.conversation(0).await;
    pending.changed().await.unwrap();
    let job = counterfoil_store::NewJob {
        kind: "fetch",
        subject: vec![1],
        run_at: world.now(),
    };
    world.store.commit(Unit::new("job").job(job)).await.unwrap();
    jobs.changed().await.unwrap();
}

/// Units that touch the same rows in opposite order: whatever stands in another's way is run again.
async fn nobody_stands_in_the_way_for_good(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (a, b) = (world.conversation(0).await.1, world.conversation(1).await.1);
    let mut tasks = Vec::new();
    for n in 0..120 {
        let (store, at) = (world.store.clone(), world.tick());
        let order = if n % 2 == 0 { [a, b] } else { [b, a] };
        tasks.push(tokio::spawn(async move {
            let touches = order.map(|id| Change::conversation_touch(id, at, true));
            store.commit(Unit::new("touch").changes(touches)).await
        }));
        if n % 10 == 0 {
            tokio::task::yield_now().await;
        }
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let row = world.store.conversation_get(a, &everything()).await.unwrap().unwrap();
    assert_eq!(row.last_at, world.now());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_node_hears_the_commit() {
    let world = World::new(Fresh::postgres().await).await;
    let other = world.fresh.store().await;
    let mut rings = other.bell().pending.listen();
    // The other node may not listen yet when it has just been opened, so it is told until it hears.
    let heard = tokio::spawn(async move { rings.changed().await.is_ok() });
    while !heard.is_finished() {
        world.conversation(0).await;
    }
    assert!(heard.await.unwrap());
    other.close().await;
}

on_both! {
    nobody_stands_in_the_way_for_good
    keeps_rows_with_their_leaves
    refuses_only_the_guilty_unit
    refuses_only_the_unit_whose_value_the_engine_never_takes
    keeps_nothing_of_a_refused_unit
    looks_at_foreign_keys_at_the_end
    changes_named_first_come_before_rows
    keeps_a_flood
    what_was_answered_is_there_after_opening_again
    breaks_in_pairs
    rings_after_the_commit
}
