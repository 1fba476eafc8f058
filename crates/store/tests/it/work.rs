//! Jobs and leases: one node at a time, no wish lost.

use crate::fresh::Fresh;
use crate::made::*;
use counterfoil_model::NodeId;
use counterfoil_store::{CommitError, NewJob, Store, Unit};
use std::collections::HashSet;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const ONE: NodeId = NodeId::from_bytes([1; 16]);
const TWO: NodeId = NodeId::from_bytes([2; 16]);

fn wish(world: &World, subject: u8, later: Duration) -> Unit {
    Unit::new("wish").job(NewJob {
        kind: "fetch",
        subject: vec![subject],
        run_at: world.now().plus(later),
    })
}

async fn subjects(store: &Store, node: NodeId) -> Vec<u8> {
    let claimed = store.job_claim(node, &["fetch", "file"], 10, MINUTE).await.unwrap();
    let mut subjects: Vec<u8> = claimed.iter().map(|job| job.subject[0]).collect();
    subjects.sort_unstable();
    subjects
}

async fn a_job_is_one_nodes(fresh: Fresh) {
    let world = World::new(fresh).await;
    for subject in 0..3 {
        world.store.commit(wish(&world, subject, Duration::ZERO)).await.unwrap();
    }
    world.store.commit(wish(&world, 9, MINUTE)).await.unwrap();
    let (one, two) = tokio::join!(subjects(&world.store, ONE), subjects(&world.store, TWO));
    let all: Vec<u8> = one.iter().chain(&two).copied().collect();
    assert_eq!(all.len(), 3);
    assert_eq!(all.into_iter().collect::<HashSet<_>>(), HashSet::from([0, 1, 2]));
    assert!(
        world
            .store
            .job_claim(ONE, &["other"], 10, MINUTE)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn a_claim_runs_out(fresh: Fresh) {
    let world = World::new(fresh).await;
    world.store.commit(wish(&world, 1, Duration::ZERO)).await.unwrap();
    let first = world
        .store
        .job_claim(ONE, &["fetch"], 1, MINUTE)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(first.attempts, 1);
    assert_eq!(
        world.store.job_next_at(&["fetch"]).await.unwrap(),
        Some(world.now().plus(MINUTE))
    );
    world.fresh.clock.forward(MINUTE);
    let second = world
        .store
        .job_claim(TWO, &["fetch"], 1, MINUTE)
        .await
        .unwrap()
        .remove(0);
    assert_eq!((second.id, second.attempts), (first.id, 2));
    // The first node comes back late: neither its success nor its failure counts any more.
    let late = world.store.job_done(&first).await;
    assert!(matches!(late, Err(CommitError::Conflict { guard: "job" })));
    let late = world.store.job_again(&first, world.now(), 1).await;
    assert!(matches!(late, Err(CommitError::Conflict { guard: "job" })));
    world.store.job_done(&second).await.unwrap();
    assert_eq!(world.store.job_next_at(&["fetch", "file"]).await.unwrap(), None);
}

async fn a_wish_during_the_work_is_not_lost(fresh: Fresh) {
    let world = World::new(fresh).await;
    for later in [Duration::ZERO, MINUTE / 2, MINUTE * 5] {
        world.store.commit(wish(&world, 1, Duration::ZERO)).await.unwrap();
        let job = world
            .store
            .job_claim(ONE, &["fetch"], 1, MINUTE)
            .await
            .unwrap()
            .remove(0);
        world.store.commit(wish(&world, 1, later)).await.unwrap();
        // It is still one node's until it is done.
        assert!(subjects(&world.store, TWO).await.is_empty());
        world.store.job_done(&job).await.unwrap();
        world.fresh.clock.forward(MINUTE);
        let again = world.store.job_claim(TWO, &["fetch"], 1, MINUTE).await.unwrap();
        assert_eq!(again.len(), 1, "wished for {later:?} later");
        assert_eq!(again[0].attempts, 1);
        world.store.job_done(&again[0]).await.unwrap();
        assert!(world.store.job_next_at(&["fetch"]).await.unwrap().is_none());
    }
}

async fn a_wish_moves_a_job_earlier_only(fresh: Fresh) {
    let world = World::new(fresh).await;
    for later in [MINUTE * 3, MINUTE, MINUTE * 2] {
        world.store.commit(wish(&world, 1, later)).await.unwrap();
    }
    assert_eq!(
        world.store.job_next_at(&["fetch"]).await.unwrap(),
        Some(world.now().plus(MINUTE))
    );
    // Twice in one unit is one job too.
    let unit = wish(&world, 2, MINUTE).job(NewJob {
        kind: "fetch",
        subject: vec![2],
        run_at: world.now(),
    });
    world.store.commit(unit).await.unwrap();
    assert_eq!(subjects(&world.store, ONE).await, [2]);
}

async fn a_job_is_tried_again(fresh: Fresh) {
    let world = World::new(fresh).await;
    world.store.commit(wish(&world, 1, Duration::ZERO)).await.unwrap();
    let job = world
        .store
        .job_claim(ONE, &["fetch"], 1, MINUTE)
        .await
        .unwrap()
        .remove(0);
    let at = world.now().plus(MINUTE * 7);
    world.store.job_again(&job, at, job.attempts).await.unwrap();
    assert_eq!(world.store.job_next_at(&["fetch"]).await.unwrap(), Some(at));
    world.fresh.clock.forward(MINUTE * 7);
    let job = world
        .store
        .job_claim(ONE, &["fetch"], 1, MINUTE)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(job.attempts, 2);
}

async fn a_lease_has_one_holder(fresh: Fresh) {
    let world = World::new(fresh).await;
    let store = &world.store;
    let (one, two) = tokio::join!(
        store.lease_take("sequencer", ONE, MINUTE),
        store.lease_take("sequencer", TWO, MINUTE)
    );
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!([one, two].into_iter().flatten().collect::<Vec<_>>(), [1]);
    let (holder, other) = if one.is_some() { (ONE, TWO) } else { (TWO, ONE) };
    assert!(store.lease_renew("sequencer", holder, 1, MINUTE).await.unwrap());
    assert!(!store.lease_renew("sequencer", other, 1, MINUTE).await.unwrap());
    world.fresh.clock.forward(MINUTE);
    assert!(!store.lease_renew("sequencer", holder, 1, MINUTE).await.unwrap());
    assert_eq!(store.lease_take("sequencer", other, MINUTE).await.unwrap(), Some(2));
    // Who held it before cannot give it back for the new holder.
    store.lease_release("sequencer", holder, 1).await.unwrap();
    assert_eq!(store.lease_take("sequencer", holder, MINUTE).await.unwrap(), None);
    store.lease_release("sequencer", other, 2).await.unwrap();
    assert_eq!(store.lease_take("sequencer", holder, MINUTE).await.unwrap(), Some(3));
    assert_eq!(store.lease_take("another", other, MINUTE).await.unwrap(), Some(1));
}

on_both! {
    a_job_is_one_nodes
    a_claim_runs_out
    a_wish_during_the_work_is_not_lost
    a_wish_moves_a_job_earlier_only
    a_job_is_tried_again
    a_lease_has_one_holder
}
