//! Jobs and leases: one node at a time, no wish lost.

use crate::fresh::Fresh;
use crate::made::*;
use counterfoil_model::NodeId;
use counterfoil_store::faults::Fault;
use counterfoil_store::{Begun, Change, CommitError, NewJob, Store, Turn, Unit};
use counterfoil_testkit::patience::{AMPLE, until};
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

/// What cannot be taken back is begun by one claim only, and stays begun until its holder says that it had no effect.
async fn a_job_is_begun_once(fresh: Fresh) {
    let world = World::new(fresh).await;
    let store = &world.store;
    let claim = async |node| store.job_claim(node, &["fetch"], 1, MINUTE).await.unwrap().remove(0);
    store.commit(wish(&world, 1, Duration::ZERO)).await.unwrap();
    let first = claim(ONE).await;
    world.fresh.clock.forward(MINUTE);
    let second = claim(TWO).await;
    assert_eq!(second.begun_at, None, "it had only been claimed");
    assert_eq!(store.job_begin(&first, &[]).await.unwrap(), Begun::Lost);
    let at = world.now();
    assert_eq!(store.job_begin(&second, &[]).await.unwrap(), Begun::Now);
    assert_eq!(store.job_begin(&second, &[]).await.unwrap(), Begun::Lost);

    // The second node dies; the third knows since when it may have happened, however often it looks.
    world.fresh.clock.forward(MINUTE);
    for _ in 0..2 {
        let third = claim(ONE).await;
        assert_eq!(third.begun_at, Some(at));
        assert_eq!(store.job_begin(&third, &[]).await.unwrap(), Begun::Lost);
        store.job_open(&third, world.now()).await.unwrap();
    }
    let fourth = claim(ONE).await;
    store.job_again(&fourth, world.now(), 1).await.unwrap();
    let fifth = claim(TWO).await;
    assert_eq!(fifth.begun_at, None);
    assert_eq!(store.job_begin(&fifth, &[]).await.unwrap(), Begun::Now);
}

/// Where the beginning breaks off, nothing was begun or it stays begun; and nobody takes it for not begun.
async fn a_beginning_that_breaks_off_is_known(fresh: Fresh) {
    let world = World::new(fresh).await;
    let store = &world.store;
    for (fault, begun) in [(Fault::BeforeCommit, false), (Fault::AfterCommit, true)] {
        store.commit(wish(&world, 1, Duration::ZERO)).await.unwrap();
        let job = store.job_claim(ONE, &["fetch"], 1, MINUTE).await.unwrap().remove(0);
        store.order_fault_in("job.begin", fault);
        store.job_begin(&job, &[]).await.unwrap_err();
        world.fresh.clock.forward(MINUTE);
        // The server lets go of what was broken off only when it hears of it, and what is locked is left to the next look.
        let look = async || Ok(store.job_claim(TWO, &["fetch"], 1, MINUTE).await?.pop());
        let (job, _) = until("the job to be free", AMPLE, look).await.unwrap();
        assert_eq!(job.begun_at.is_some(), begun, "{fault:?}");
        store.job_done(&job).await.unwrap();
    }
}

async fn a_claim_is_held_by_renewing_it(fresh: Fresh) {
    let world = World::new(fresh).await;
    let store = &world.store;
    for subject in [1, 2] {
        store.commit(wish(&world, subject, Duration::ZERO)).await.unwrap();
    }
    let held = store.job_claim(ONE, &["fetch"], 2, MINUTE).await.unwrap();
    store.commit(wish(&world, 1, MINUTE / 2)).await.unwrap();
    for _ in 0..3 {
        world.fresh.clock.forward(MINUTE - Duration::from_secs(1));
        store.job_renew(ONE, &[held[0].id, held[1].id], MINUTE).await.unwrap();
        store.job_renew(TWO, &[held[0].id], MINUTE * 9).await.unwrap();
        assert!(subjects(store, TWO).await.is_empty());
    }
    // The wish of meanwhile is there still.
    let wished = held.iter().find(|job| job.subject == [1]).unwrap();
    store.job_done(wished).await.unwrap();
    assert_eq!(subjects(store, TWO).await, [1]);
    // Given back, the other one is free at once.
    store.job_release(ONE).await.unwrap();
    assert_eq!(subjects(store, TWO).await, [2]);
}

/// A folder is opened by one process alone: what others held there, they hold no more.
async fn a_folder_gives_back_what_the_dead_held(fresh: Fresh) {
    let world = World::new(fresh).await;
    world.store.commit(wish(&world, 1, Duration::ZERO)).await.unwrap();
    let job = world
        .store
        .job_claim(ONE, &["fetch"], 1, MINUTE)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(world.store.job_begin(&job, &[]).await.unwrap(), Begun::Now);
    assert_eq!(world.store.lease_take("sequencer", ONE, MINUTE).await.unwrap(), Some(1));
    world.store.close().await;
    let World { fresh, store, .. } = world;
    drop(store);
    let store = fresh.store().await;
    let claimed = store.job_claim(TWO, &["fetch"], 1, MINUTE).await.unwrap();
    if fresh.is_sqlite() {
        assert!(claimed[0].begun_at.is_some(), "what was begun stays begun");
    } else {
        assert!(claimed.is_empty(), "on a server the other node may be alive");
    }
    // The connection of its holder ended with it, so that the lease need not run out.
    let again = "the server to see that a connection ended";
    let taken = async |store: &Store, node| Ok(store.lease_take("sequencer", node, MINUTE).await.unwrap());
    let (fence, _) = until(again, AMPLE, async || taken(&store, TWO).await).await.unwrap();
    assert_eq!(fence, 2);
    if !fresh.is_sqlite() {
        // While that stands, another store waits for its end.
        let other = fresh.store().await;
        assert_eq!(taken(&other, ONE).await.unwrap(), None);
        assert_eq!(taken(&other, ONE).await.unwrap(), None);
        assert!(store.lease_renew("sequencer", TWO, 2, MINUTE).await.unwrap());
        store.close().await;
        let (fence, _) = until(again, AMPLE, async || taken(&other, ONE).await).await.unwrap();
        assert_eq!(fence, 3);
    }
}

/// By all who share the database, and after a restart: turns come in bursts and then at their pace.
async fn turns_are_taken_at_their_pace(fresh: Fresh) {
    let world = World::new(fresh).await;
    let store = &world.store;
    let turn = Turn {
        subject: [5; 16],
        every: Duration::from_secs(6),
        burst: 3,
    };
    let begin = async |subject: u8| {
        store.commit(wish(&world, subject, Duration::ZERO)).await.unwrap();
        let job = store.job_claim(ONE, &["fetch"], 1, MINUTE).await.unwrap().remove(0);
        let begun = store.job_begin(&job, &[turn]).await.unwrap();
        store.job_done(&job).await.unwrap();
        begun
    };
    for subject in 0..3 {
        assert_eq!(begin(subject).await, Begun::Now);
    }
    let next = world.now().plus(turn.every);
    assert_eq!(begin(3).await, Begun::NotBefore(next));
    world.fresh.clock.forward(Duration::from_secs(5));
    assert_eq!(begin(3).await, Begun::NotBefore(next));
    world.fresh.clock.forward(Duration::from_secs(1));
    assert_eq!(begin(3).await, Begun::Now);
    assert!(matches!(begin(4).await, Begun::NotBefore(_)));

    // Who is held up by one turn takes none of the others.
    store.commit(wish(&world, 9, Duration::ZERO)).await.unwrap();
    let job = store.job_claim(ONE, &["fetch"], 1, MINUTE).await.unwrap().remove(0);
    let other = Turn {
        subject: [6; 16],
        burst: 1,
        ..turn
    };
    assert!(matches!(
        store.job_begin(&job, &[other, turn]).await.unwrap(),
        Begun::NotBefore(_)
    ));
    assert_eq!(store.job_begin(&job, &[other]).await.unwrap(), Begun::Now);
    store.job_done(&job).await.unwrap();

    // At rest for long enough, the whole burst is there again, and nothing needs to be remembered.
    world.fresh.clock.forward(MINUTE);
    let rest = Unit::new("sweep").change(Change::pace_sweep(world.now()));
    store.commit(rest).await.unwrap();
    for subject in 10..13 {
        assert_eq!(begin(subject).await, Begun::Now);
    }
    assert!(matches!(begin(13).await, Begun::NotBefore(_)));
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
    a_job_is_begun_once
    a_beginning_that_breaks_off_is_known
    a_claim_is_held_by_renewing_it
    a_folder_gives_back_what_the_dead_held
    turns_are_taken_at_their_pace
    a_wish_during_the_work_is_not_lost
    a_wish_moves_a_job_earlier_only
    a_job_is_tried_again
    a_lease_has_one_holder
}
