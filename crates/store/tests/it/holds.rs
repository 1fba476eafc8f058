//! Holds and punctures over the real vault store: whoever comes first, a held item is never destroyed.

use crate::fresh::Fresh;
use crate::retention::{permit, place, vaults};
use counterfoil_model::HoldId;
use counterfoil_store::Place;
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::surroundings::full_size;
use counterfoil_vault::{Hold, HoldError, OpenError, PunctureError, Run, Sealed, TreeKind, Vault};
use sqlx::{Connection, PgConnection};
use std::time::Duration;

/// Whether it opens, read anew from the vault store.
async fn lives(vault: &Vault, sealed: &Sealed<String>) -> bool {
    vault.forget(&[sealed.address().unwrap().tree]).await;
    match vault.open(&permit(), place(), sealed).await {
        Ok(_) => true,
        Err(OpenError::Erased) => false,
        Err(error) => panic!("{error}"),
    }
}

/// One node places a hold while another punctures, again and again, in a different beat each time.
async fn vault_2_a_hold_and_a_puncture_at_once_never_destroy_what_is_held(fresh: Fresh) {
    let [one, two] = vaults(&fresh).await;
    let rounds: u32 = if full_size() { 1_000 } else { 60 };
    let (mut held_first, mut gone_first) = (0, 0);
    for round in 0..rounds {
        let tree = one.tree_create(TreeKind::Conversation).await.unwrap();
        let item = one.item(tree).await.unwrap();
        let (address, sealed) = (item.address(), item.seal(place(), &"kept for the claim".to_owned()));
        let run = Run::new(address.index, address.index);
        let id = HoldId::from_bytes(u128::from(round).to_be_bytes());
        let holds = {
            let (one, sealed) = (one.clone(), sealed.clone());
            tokio::spawn(async move {
                for _ in 0..round % 7 {
                    tokio::task::yield_now().await;
                }
                one.hold_place(id, [(tree, run)]).await.unwrap();
                lives(&one, &sealed).await
            })
        };
        let punctures = {
            let two = two.clone();
            tokio::spawn(async move {
                for _ in 0..round % 5 {
                    tokio::task::yield_now().await;
                }
                match round % 3 {
                    0 => two.puncture(vec![address]).await.map(|done| done.covers(address)),
                    1 => two.puncture_run(tree, Run::ALL).await.map(|done| done.covers(address)),
                    _ => two
                        .puncture_batch([(tree, run)])
                        .await
                        .map(|batch| batch.punctured.covers(address)),
                }
            })
        };
        let lived_when_held = holds.await.unwrap();
        let punctured = match punctures.await.unwrap() {
            Ok(punctured) => punctured,
            Err(PunctureError::Held(ids)) => {
                assert_eq!(ids, [id]);
                false
            }
            Err(error) => panic!("{error}"),
        };
        assert_eq!(
            lives(&one, &sealed).await,
            lived_when_held,
            "nothing that was held is destroyed"
        );
        assert_eq!(punctured, !lived_when_held);
        match lived_when_held {
            true => held_first += 1,
            false => gone_first += 1,
        }
    }
    println!("{rounds} races: the hold came first {held_first} times, the puncture {gone_first} times");
}

/// A puncture that comes while a hold is being placed waits for it and then sees it, although its transaction began before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vault_2_a_puncture_that_waited_for_a_hold_sees_it() {
    let fresh = Fresh::postgres().await;
    let [one, two] = vaults(&fresh).await;
    let tree = one.tree_create(TreeKind::Conversation).await.unwrap();
    let item = one.item(tree).await.unwrap();
    let sealed = item.seal(place(), &"kept for the claim".to_owned());
    let Place::Server { url, .. } = &fresh.vault_place else {
        unreachable!("PostgreSQL is a server")
    };
    // What placing a hold does, held up before its commit.
    let mut placing = PgConnection::connect(url.reveal()).await.unwrap();
    let id = HoldId::from_bytes([1; 16]);
    let steps = [
        "BEGIN".to_owned(),
        format!(
            "UPDATE tree SET generation = generation WHERE id = '\\x{:032x}'",
            u128::from_be_bytes(*tree.bytes())
        ),
        format!(
            "INSERT INTO hold (id, tree_id, first_index, last_index, placed_at) VALUES ('\\x{:032x}', '\\x{:032x}', 0, 9, 1)",
            u128::from_be_bytes(*id.bytes()),
            u128::from_be_bytes(*tree.bytes())
        ),
    ];
    for step in steps {
        sqlx::raw_sql(sqlx::AssertSqlSafe(step))
            .execute(&mut placing)
            .await
            .unwrap();
    }
    let address = item.address();
    let puncture = tokio::spawn(async move { two.puncture(vec![address]).await });
    let holder: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&mut placing)
        .await
        .unwrap();
    // Not within the transaction: there the list of connections stays as it was when it was first asked for.
    let mut watching = PgConnection::connect(url.reveal()).await.unwrap();
    let waits = async || {
        assert!(!puncture.is_finished(), "it does not wait");
        let blocked = "SELECT COUNT(*) FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))";
        let waiting: i64 = sqlx::query_scalar(blocked)
            .bind(holder)
            .fetch_one(&mut watching)
            .await?;
        Ok((waiting > 0).then_some(()))
    };
    until("the puncture to wait", AMPLE, waits).await.unwrap();
    watching.close().await.unwrap();
    sqlx::raw_sql("COMMIT").execute(&mut placing).await.unwrap();
    placing.close().await.unwrap();
    let refused = puncture.await.unwrap();
    assert!(matches!(refused, Err(PunctureError::Held(ids)) if ids == [id]));
    assert!(lives(&one, &sealed).await);
}

async fn holds_are_listed_widened_and_released(fresh: Fresh) {
    let [one, two] = vaults(&fresh).await;
    let mut trees = Vec::new();
    for _ in 0..200 {
        trees.push(one.tree_create(TreeKind::Case).await.unwrap());
    }
    trees.sort_unstable();
    let (id, other) = (HoldId::from_bytes([1; 16]), HoldId::from_bytes([2; 16]));
    let since = fresh.now();
    one.hold_place(id, trees.iter().map(|tree| (*tree, Run::new(3, 9))))
        .await
        .unwrap();
    fresh.clock.forward(Duration::from_secs(9));
    one.hold_place(id, [(trees[0], Run::ALL), (trees[0], Run::new(3, 9))])
        .await
        .unwrap();
    two.hold_place(other, [(trees[1], Run::new(4, 4))]).await.unwrap();
    let mut all: Vec<Hold> = Vec::new();
    loop {
        let portion = two.holds(all.last().copied(), 64).await.unwrap();
        let Some(_) = portion.first() else { break };
        all.extend(portion);
    }
    assert_eq!(all.len(), 202);
    assert!(all.is_sorted());
    assert_eq!(
        all.iter().filter(|hold| hold.since == since).count(),
        200,
        "what stood stays as it was"
    );
    let batch = two
        .puncture_batch(trees.iter().map(|tree| (*tree, Run::new(0, 5))))
        .await
        .unwrap();
    assert_eq!(batch.left.len(), 202);
    let covered = batch.punctured.trees().map(|(tree, _, runs)| (tree, runs.to_vec()));
    let free: Vec<_> = trees[1..].iter().map(|tree| (*tree, vec![Run::new(0, 2)])).collect();
    assert_eq!(covered.collect::<Vec<_>>(), free, "the first tree is held whole");
    assert!(one.hold_release(id).await.unwrap());
    assert!(!two.hold_release(id).await.unwrap());
    assert!(matches!(
        two.hold_place(id, [(trees[5], Run::ALL)]).await,
        Err(HoldError::Released(_))
    ));
    let batch = two
        .puncture_batch(trees.iter().map(|tree| (*tree, Run::new(0, 5))))
        .await
        .unwrap();
    assert_eq!(
        batch.left.iter().map(|left| (left.tree, left.run)).collect::<Vec<_>>(),
        [(trees[1], Run::new(4, 4))]
    );
    let unknown = counterfoil_model::TreeId::from_bytes([9; 16]);
    let refused = one
        .hold_place(HoldId::from_bytes([3; 16]), [(trees[0], Run::ALL), (unknown, Run::ALL)])
        .await;
    assert!(matches!(refused, Err(HoldError::UnknownTree(tree)) if tree == unknown));
    assert_eq!(one.holds(None, 1_000).await.unwrap().len(), 202, "all or nothing");
}

on_both! {
    vault_2_a_hold_and_a_puncture_at_once_never_destroy_what_is_held
    holds_are_listed_widened_and_released
}
