//! Addresses: none is ever handed out twice.

use crate::world::*;
use counterfoil_model::TreeId;
use counterfoil_vault::memory::Fault;
use counterfoil_vault::{Address, TreeKind, VaultError};
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_callers_in_many_processes_never_share_an_address() {
    let (world, vault) = World::begun().await;
    let trees = [conversation(&vault).await, conversation(&vault).await];
    let mut tasks = Vec::new();
    for at in 0..12 {
        let vault = if at % 3 == 0 {
            vault.clone()
        } else {
            world.start().await.unwrap()
        };
        tasks.push(tokio::spawn(async move {
            let mut taken = Vec::new();
            for round in 0..100 {
                taken.push(vault.item(trees[(at + round) % 2]).await.unwrap().address());
            }
            taken
        }));
    }
    let mut seen = BTreeSet::new();
    for task in tasks {
        for address in task.await.unwrap() {
            assert!(seen.insert(address), "{address:?} twice");
        }
    }
    assert_eq!(seen.len(), 1_200);
}

#[tokio::test]
async fn sealing_writes_to_the_vault_store_once_in_64_times() {
    let (world, vault) = World::begun().await;
    let tree = conversation(&vault).await;
    let writes = world.keys.writes();
    for expected in [0, 1, 2] {
        for _ in 0..64 {
            sealed_in(&vault, tree).await;
        }
        assert_eq!(world.keys.writes() - writes, expected);
    }
}

#[tokio::test]
async fn after_a_restart_addresses_go_on_past_what_was_handed_out() {
    let (world, vault) = World::begun().await;
    let tree = conversation(&vault).await;
    let mut before = BTreeSet::new();
    for _ in 0..70 {
        before.insert(vault.item(tree).await.unwrap().address());
    }
    let restarted = world.start().await.unwrap();
    let (address, sealed) = sealed_in(&restarted, tree).await;
    assert_eq!(address, Address { tree, index: 128 });
    assert!(!before.contains(&address));
    assert!(
        vault.open(&permit(), place(), &sealed).await.is_ok(),
        "the key is the same in every process"
    );
}

#[tokio::test]
async fn a_reservation_that_failed_leaves_a_gap_at_most() {
    for (fault, next) in [(Fault::NotKept, 64), (Fault::Kept, 128)] {
        let (world, vault) = World::begun().await;
        let tree = conversation(&vault).await;
        for _ in 0..64 {
            vault.item(tree).await.unwrap();
        }
        world.keys.fail_next(fault);
        assert!(matches!(vault.item(tree).await, Err(VaultError::Unavailable(_))));
        assert_eq!(vault.item(tree).await.unwrap().address().index, next);
        assert_eq!(
            world.start().await.unwrap().item(tree).await.unwrap().address().index,
            next + 64
        );
    }
}

#[tokio::test]
async fn a_tree_whose_making_failed_is_not_used() {
    for fault in [Fault::NotKept, Fault::Kept] {
        let (world, vault) = World::begun().await;
        world.keys.fail_next(fault);
        let failed = vault.tree_create(TreeKind::Case).await;
        assert!(matches!(failed, Err(VaultError::Unavailable(_))));
        let tree = vault.tree_create(TreeKind::Case).await.unwrap();
        assert!(world.keys.rows().trees.contains_key(&tree));
        assert_eq!(vault.check().await.unwrap().broken, None);
    }
}

#[tokio::test]
async fn nothing_is_wrapped_when_no_epoch_is_open() {
    let (world, vault) = World::begun().await;
    let tree = conversation(&vault).await;
    let before = world.keys.rows();
    world.keys.change(|rows| rows.epochs.clear());
    assert!(matches!(
        vault.tree_create(TreeKind::Case).await,
        Err(VaultError::NoOpenEpoch)
    ));
    for _ in 0..64 {
        vault.item(tree).await.unwrap();
    }
    assert!(vault.item(tree).await.is_err(), "a new block would have to be wrapped");
    assert_eq!(world.keys.rows().trees, before.trees);
    world.keys.change(|rows| rows.epochs = before.epochs);
    assert_eq!(
        vault.item(tree).await.unwrap().address().index,
        64,
        "it goes on when the epoch is back"
    );
}

#[tokio::test]
async fn a_tree_that_is_not_there_gives_no_address() {
    let (_, vault) = World::begun().await;
    let tree = TreeId::from_bytes([3; 16]);
    assert!(matches!(vault.item(tree).await, Err(VaultError::UnknownTree(unknown)) if unknown == tree));
}

#[tokio::test]
async fn a_changed_next_index_gives_no_address() {
    let (world, vault) = World::begun().await;
    let tree = conversation(&vault).await;
    world
        .keys
        .change(|rows| rows.trees.get_mut(&tree).unwrap().next_index = 0);
    let other = world.start().await.unwrap();
    assert!(matches!(
        other.item(tree).await,
        Err(VaultError::Altered { table: "tree", .. })
    ));
}

#[tokio::test]
async fn what_is_passed_over_is_never_handed_out_and_what_was_before_opens() {
    let (world, vault) = World::begun().await;
    let mut trees = Vec::new();
    for _ in 0..150 {
        trees.push(conversation(&vault).await);
    }
    let (before, sealed) = sealed_in(&vault, trees[7]).await;
    assert_eq!(before.index, 0);
    vault.pass_over(1 << 20).await.unwrap();
    for tree in &trees {
        let next = vault.item(*tree).await.unwrap().address();
        assert_eq!(next.index, (1 << 20) + 64);
    }
    let restarted = world.start().await.unwrap();
    for vault in [&vault, &restarted] {
        assert!(vault.open(&permit(), place(), &sealed).await.is_ok());
    }
    vault.pass_over(u32::MAX).await.unwrap();
    let full = vault.item(trees[0]).await;
    assert!(matches!(full, Err(VaultError::Full(tree)) if tree == trees[0]));
}
