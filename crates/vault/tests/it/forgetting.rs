//! Puncturing: what is forgotten stays forgotten.

use crate::world::*;
use counterfoil_model::TreeId;
use counterfoil_vault::memory::Fault;
use counterfoil_vault::{Address, OpenError, PunctureError, Run, Sealed, TreeKind, Vault, VaultError};
use proptest::prelude::*;
use std::time::Duration;

async fn opens(vault: &Vault, sealed: &Sealed<String>) -> bool {
    match vault.open(&permit(), place(), sealed).await {
        Ok(_) => true,
        Err(OpenError::Erased) => false,
        Err(error) => panic!("{error}"),
    }
}

async fn some_sealed(vault: &Vault, tree: TreeId, count: usize) -> Vec<(Address, Sealed<String>)> {
    let mut all = Vec::new();
    for _ in 0..count {
        all.push(sealed_in(vault, tree).await);
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_forgotten_set_is_erased_and_the_rest_opens(gone in prop::collection::btree_set(0..150usize, 0..60)) {
        run(async {
            let (world, vault) = World::begun().await;
            let trees = [conversation(&vault).await, conversation(&vault).await];
            let mut all = some_sealed(&vault, trees[0], 100).await;
            all.extend(some_sealed(&vault, trees[1], 50).await);
            let wanted: Vec<Address> = gone.iter().map(|at| all[*at].0).collect();
            let punctured = vault.puncture(wanted).await.unwrap();
            let restarted = world.start().await.unwrap();
            for (at, (address, sealed)) in all.iter().enumerate() {
                prop_assert_eq!(punctured.covers(*address), gone.contains(&at));
                prop_assert_eq!(opens(&vault, sealed).await, !gone.contains(&at));
                prop_assert_eq!(opens(&restarted, sealed).await, !gone.contains(&at));
            }
            prop_assert_eq!(vault.check().await.unwrap().broken, None);
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn forgetting_takes_commitments_and_files_along() {
    let (_, vault) = World::begun().await;
    let item = vault.item(conversation(&vault).await).await.unwrap();
    let sealed = item.seal(place(), &text("hello"));
    let header = item.blob_sealer(place()).header();
    vault.puncture(vec![item.address()]).await.unwrap();
    assert!(matches!(
        vault.commitment(&permit(), place(), &sealed).await,
        Err(OpenError::Erased)
    ));
    let again = vault.commitment_of(&permit(), place(), item.address(), b"hello").await;
    assert!(matches!(again, Err(OpenError::Erased)));
    assert!(matches!(
        vault.blob_open(&permit(), place(), &header).await,
        Err(OpenError::Erased)
    ));
}

#[tokio::test]
async fn forgetting_twice_is_harmless_and_writes_once() {
    let (world, vault) = World::begun().await;
    let (address, _) = sealed_in(&vault, conversation(&vault).await).await;
    let first = vault.puncture(vec![address, address]).await.unwrap();
    let writes = world.keys.writes();
    let second = vault.puncture(vec![address]).await.unwrap();
    assert_eq!(world.keys.writes(), writes);
    assert!(first.covers(address) && second.covers(address));
    let generations =
        |punctured: &counterfoil_vault::Punctured| punctured.trees().map(|tree| tree.1).collect::<Vec<_>>();
    assert_eq!(generations(&first), generations(&second));
}

#[tokio::test]
async fn what_was_never_handed_out_is_not_forgotten_by_mistake() {
    let (_, vault) = World::begun().await;
    let tree = conversation(&vault).await;
    let (address, sealed) = sealed_in(&vault, tree).await;
    let never = Address { tree, index: 64 };
    let refused = vault.puncture(vec![address, never]).await;
    assert!(matches!(refused, Err(PunctureError::NeverIssued(address)) if address == never));
    assert!(opens(&vault, &sealed).await);
    let unknown = Address {
        tree: TreeId::from_bytes([3; 16]),
        index: 0,
    };
    let refused = vault.puncture(vec![unknown]).await;
    assert!(matches!(refused, Err(PunctureError::Vault(VaultError::UnknownTree(_)))));
}

#[tokio::test]
async fn a_puncture_that_failed_is_known_and_can_be_repeated() {
    for fault in [Fault::NotKept, Fault::Kept] {
        let (world, vault) = World::begun().await;
        let (address, sealed) = sealed_in(&vault, conversation(&vault).await).await;
        world.keys.fail_next(fault);
        let failed = vault.puncture(vec![address]).await;
        assert!(matches!(failed, Err(PunctureError::Vault(VaultError::Unavailable(_)))));
        assert_eq!(
            opens(&vault, &sealed).await,
            fault == Fault::NotKept,
            "nothing stale is remembered"
        );
        assert!(vault.puncture(vec![address]).await.unwrap().covers(address));
        assert!(!opens(&vault, &sealed).await);
        assert!(!opens(&world.start().await.unwrap(), &sealed).await);
    }
}

#[tokio::test]
async fn another_process_forgets_within_two_seconds_or_when_told() {
    let (world, vault) = World::begun().await;
    let tree = conversation(&vault).await;
    let (address, sealed) = sealed_in(&vault, tree).await;
    let (waits, told) = (world.start().await.unwrap(), world.start().await.unwrap());
    assert!(opens(&waits, &sealed).await && opens(&told, &sealed).await);
    vault.puncture(vec![address]).await.unwrap();
    told.forget(&[tree]).await;
    assert!(!opens(&told, &sealed).await);
    world.clock.on(Duration::from_secs(2));
    assert!(!opens(&waits, &sealed).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_that_forget_and_seal_at_once_lose_nothing() {
    let (world, vault) = World::begun().await;
    let tree = conversation(&vault).await;
    let all = some_sealed(&vault, tree, 60).await;
    let mut tasks = Vec::new();
    for (at, address) in all.iter().map(|(address, _)| *address).enumerate() {
        let vault = if at % 2 == 0 {
            vault.clone()
        } else {
            world.start().await.unwrap()
        };
        tasks.push(tokio::spawn(async move {
            vault.item(tree).await.unwrap();
            if at % 3 == 0 {
                vault.puncture(vec![address]).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let after = world.start().await.unwrap();
    for (at, (_, sealed)) in all.iter().enumerate() {
        assert_eq!(opens(&after, sealed).await, at % 3 != 0, "{at}");
    }
}

#[tokio::test]
async fn a_whole_tree_is_forgotten_at_the_cost_of_one_and_gives_no_more_addresses() {
    let (world, vault) = World::begun().await;
    let tree = vault.tree_create(TreeKind::Contact).await.unwrap();
    let all = some_sealed(&vault, tree, 70).await;
    let writes = world.keys.writes();
    let punctured = vault.puncture_run(tree, Run::ALL).await.unwrap();
    assert_eq!(world.keys.writes(), writes + 1);
    for (address, sealed) in &all {
        assert!(punctured.covers(*address) && !opens(&vault, sealed).await);
    }
    assert!(matches!(vault.item(tree).await, Err(VaultError::Full(full)) if full == tree));
}

#[tokio::test]
async fn addresses_that_were_forgotten_ahead_are_passed_over() {
    let (_, vault) = World::begun().await;
    let tree = conversation(&vault).await;
    vault.puncture_run(tree, Run::new(1, 200)).await.unwrap();
    let mut indices = Vec::new();
    for _ in 0..3 {
        indices.push(vault.item(tree).await.unwrap().address().index);
    }
    assert_eq!(indices, [0, 201, 202]);
}

#[tokio::test]
async fn an_older_frontier_and_that_of_another_tree_do_not_open() {
    let (world, vault) = World::begun().await;
    let (one, other) = (conversation(&vault).await, conversation(&vault).await);
    let (address, sealed) = sealed_in(&vault, one).await;
    let before = world.keys.rows().trees[&one].wrapped.clone();
    vault.puncture(vec![address]).await.unwrap();
    let swaps: [&dyn Fn(&mut counterfoil_vault::memory::Rows); 3] = [
        &|rows| rows.trees.get_mut(&one).unwrap().wrapped = before.clone(),
        &|rows| rows.trees.get_mut(&one).unwrap().wrapped = rows.trees[&other].wrapped.clone(),
        &|rows| {
            rows.trees.remove(&one);
        },
    ];
    let good = world.keys.rows();
    for swap in swaps {
        world.keys.change(|rows| {
            *rows = good.clone();
            swap(rows);
        });
        let vault = world.start().await.unwrap();
        let opened = vault.open(&permit(), place(), &sealed).await;
        assert!(matches!(opened, Err(OpenError::Altered)));
        assert!(vault.item(one).await.is_err());
    }
}
