//! Deliveries from the post to the last item accounted for.

use crate::fresh::Fresh;
use crate::made::*;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::{DeliveryId, KeptId};
use counterfoil_store::rows::*;
use counterfoil_store::{Change, CommitError, IntakeStats, Unit};
use std::time::Duration;

/// For how long a delivery is postponed at most.
const LONGEST: Duration = Duration::from_secs(60);

async fn deliver(world: &World) -> DeliveryId {
    let at = world.tick();
    let id = DeliveryId::new(at, &*world.fresh.random);
    let row = DeliveryRow {
        id,
        connection: world.connection,
        received_at: at,
        sealed: Some(vec![1, 2, 3]),
        state: DeliveryState::Waiting,
        done_at: None,
    };
    world.store.commit_post(Unit::new("accept").insert(row)).await.unwrap();
    id
}

fn item(world: &World, delivery: DeliveryId, position: i64, kind: &str, outcome: ItemOutcome) -> IntakeItemRow {
    IntakeItemRow {
        delivery,
        position,
        kind: kind.to_owned(),
        outcome,
        at: world.now(),
    }
}

async fn every_item_is_accounted_for_once(fresh: Fresh) {
    let world = World::new(fresh).await;
    let mut rings = world.store.bell().deliveries.listen();
    let (first, second) = (deliver(&world).await, deliver(&world).await);
    rings.changed().await.unwrap();
    let waiting = world
        .store
        .delivery_waiting(world.now(), LONGEST, &[], 10, 1 << 20)
        .await
        .unwrap();
    assert_eq!(waiting, [first, second]);
    let waiting = world.store.deliveries_get(&[first]).await.unwrap();
    assert_eq!(waiting[0].sealed.as_deref(), Some(&[1, 2, 3][..]));
    for (limit, bytes, wanted) in [(1, 1 << 20, 1), (10, 5, 1), (10, 6, 2), (10, 0, 1)] {
        let some = world
            .store
            .delivery_waiting(world.now(), LONGEST, &[], limit, bytes)
            .await
            .unwrap();
        assert_eq!(some.len(), wanted, "{limit} deliveries, {bytes} bytes");
        assert_eq!(some[0], first);
    }
    for (besides, wanted) in [(first, second), (second, first)] {
        let rest = world
            .store
            .delivery_waiting(world.now(), LONGEST, &[besides], 1, 1 << 20)
            .await;
        assert_eq!(rest.unwrap(), [wanted]);
    }
    let oldest = world.store.delivery_oldest_waiting().await.unwrap();
    assert_eq!(oldest, Some(waiting[0].received_at));
    let unit = Unit::new("intake.record")
        .insert(item(&world, first, 0, "text", ItemOutcome::Recorded))
        .insert(item(&world, first, 1, "text", ItemOutcome::Repeat))
        .insert(item(&world, first, 2, "unknown", ItemOutcome::Kept))
        .change(Change::deliveries_done(&[first], world.now()));
    world.store.commit(unit).await.unwrap();
    let again = Unit::new("intake.record").insert(item(&world, first, 1, "text", ItemOutcome::Recorded));
    let outcome = world.store.commit(again).await;
    assert!(matches!(outcome, Err(CommitError::Conflict { guard: "intake_item" })));
    let done_at = world.store.delivery_get(first).await.unwrap().unwrap().done_at;
    let twice = Unit::new("intake.done").change(Change::deliveries_done(&[first], world.now()));
    world.store.commit(twice).await.unwrap();
    let done = world.store.delivery_get(first).await.unwrap().unwrap();
    assert_eq!(done.done_at, done_at, "done once is done");
    assert_eq!(
        (done.state, done.sealed, done.done_at),
        (DeliveryState::Done, None, Some(world.now()))
    );
    let positions: Vec<i64> = world
        .store
        .intake_items_of(first)
        .await
        .unwrap()
        .iter()
        .map(|row| row.position)
        .collect();
    assert_eq!(positions, [0, 1, 2]);
    let wanted = IntakeStats {
        posts: 2,
        waiting: 1,
        postponed: 0,
        items: vec![
            ("text".to_owned(), ItemOutcome::Recorded, 1),
            ("text".to_owned(), ItemOutcome::Repeat, 1),
            ("unknown".to_owned(), ItemOutcome::Kept, 1),
        ],
    };
    assert_eq!(world.store.intake_stats().await.unwrap(), wanted);
}

async fn nothing_has_come_in_yet(fresh: Fresh) {
    let store = fresh.store().await;
    let stats = store.intake_stats().await.unwrap();
    assert_eq!((stats.posts, stats.waiting, stats.items.len()), (0, 0, 0));
    assert!(store.delivery_oldest_waiting().await.unwrap().is_none());
    assert_eq!(store.kept_count().await.unwrap(), 0);
}

async fn what_is_kept_whole_can_be_gone_through(fresh: Fresh) {
    let world = World::new(fresh).await;
    let mut ids = Vec::new();
    for reason in 1..=5 {
        let id = KeptId::new(world.tick(), &*world.fresh.random);
        let row = KeptRow {
            id,
            connection: world.connection,
            reason,
            raw: sealed("raw"),
            review_at: world.now(),
            recorded_at: world.now(),
            kind: None,
            weight: Weight::Information,
        };
        let unit = Unit::new("keep").record(row, leaf(LeafKind::Kept, world.now(), id.bytes()));
        world.store.commit(unit).await.unwrap();
        ids.push(id);
    }
    assert_eq!(world.store.kept_count().await.unwrap(), 5);
    let by_reason = world.store.kept_by_reason().await.unwrap();
    assert_eq!(by_reason, [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1)]);
    let first = world.store.kept_list(None, 2).await.unwrap();
    let rest = world.store.kept_list(Some(first[1].id), 9).await.unwrap();
    let seen: Vec<KeptId> = first.iter().chain(&rest).map(|row| row.id).collect();
    assert_eq!(seen, ids);
}

async fn what_is_postponed_stands_in_nobodys_way_and_comes_again(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (first, second) = (deliver(&world).await, deliver(&world).await);
    let now = world.now();
    let row = |failures, wait| PostponedRow {
        delivery: first,
        reason: Trouble::NotRecorded,
        failures,
        since: now,
        try_at: now.plus(Duration::from_secs(wait)),
    };
    let waiting = async |at| {
        world
            .store
            .delivery_waiting(at, LONGEST, &[], 10, 1 << 20)
            .await
            .unwrap()
    };
    for (failures, wait) in [(1, 1), (2, 2)] {
        let unit = Unit::new("later").change(Change::delivery_postponed(row(failures, wait)));
        world.store.commit(unit).await.unwrap();
        assert_eq!(waiting(now).await, [second]);
        assert_eq!(waiting(now.plus(Duration::from_secs(wait))).await, [first, second]);
        // A clock that was set back must not keep it waiting.
        assert_eq!(waiting(now.minus(2 * LONGEST)).await, [first, second]);
        let told = world.store.postponed_of(&[first, second]).await.unwrap();
        assert_eq!(told, [row(failures, wait)]);
    }
    assert_eq!(world.store.postponed_oldest().await.unwrap(), Some(row(2, 2)));
    assert_eq!(world.store.intake_stats().await.unwrap().postponed, 1);
    let done = Unit::new("done")
        .change(Change::deliveries_done(&[first], now))
        .change(Change::delivery_no_more_postponed(first));
    world.store.commit(done).await.unwrap();
    assert_eq!(world.store.postponed_count().await.unwrap(), 0);
    assert_eq!(waiting(now).await, [second]);
}

async fn tombstones_are_swept_after_their_term(fresh: Fresh) {
    let world = World::new(fresh).await;
    let borne = SeenRow {
        mark: mark("borne"),
        at: None,
    };
    world.store.commit(Unit::new("seen").insert(borne)).await.unwrap();
    for text in ["early", "late"] {
        let row = tombstone(text, world.tick());
        world.store.commit(Unit::new("seen").insert(row)).await.unwrap();
    }
    let sweep = Unit::new("sweep").change(Change::seen_sweep(world.now()));
    world.store.commit(sweep).await.unwrap();
    let left = world.store.seen(&["early", "late", "borne"].map(mark)).await.unwrap();
    assert_eq!(left.len(), 2);
    assert!(!left.contains(&mark("early")));
    assert!(!world.store.seen_without_time().await.unwrap());
    let of_before = SeenRow {
        mark: ItemMark::without_time(keyed("old")),
        at: Some(world.now()),
    };
    world.store.commit(Unit::new("seen").insert(of_before)).await.unwrap();
    assert!(world.store.seen_without_time().await.unwrap());
}

on_both! {
    every_item_is_accounted_for_once
    nothing_has_come_in_yet
    what_is_kept_whole_can_be_gone_through
    what_is_postponed_stands_in_nobodys_way_and_comes_again
    tombstones_are_swept_after_their_term
}
