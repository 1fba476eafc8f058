//! The seeds of the log's keys: the next is made once, and of the one before nothing stays but its public key, whatever breaks.

use crate::world::*;
use counterfoil_vault::memory::Fault;
use counterfoil_vault::{Vault, VaultError};

fn numbers(vault: &Vault) -> Vec<i64> {
    let seeds = vault.log_seeds();
    seeds.seeds().iter().map(|seed| seed.number()).collect()
}

fn retired(vault: &Vault) -> Vec<[u8; 32]> {
    vault.log_seeds().retired().copied().collect()
}

#[tokio::test]
async fn the_next_is_made_once_and_the_one_before_is_destroyed() {
    let world = World::new();
    let (vault, other) = (world.init().await.unwrap(), world.start().await.unwrap());
    let first = *vault.log_seeds().seeds()[0].reveal();
    // With but one seed there is nothing to destroy.
    vault.log_seed_destroy(1, [1; 32]).await.unwrap();
    assert_eq!((numbers(&vault), retired(&vault)), (vec![1], vec![]));
    vault.log_seed_make().await.unwrap();
    let second = *vault.log_seeds().seeds()[1].reveal();
    assert_ne!(second, first);
    let again = other.log_seed_make().await.unwrap();
    assert_eq!(again.seeds()[1].reveal(), &second, "nobody makes another");
    other.log_seed_destroy(1, [1; 32]).await.unwrap();
    // Another process reads what is there now.
    assert_eq!(numbers(&vault), [1, 2]);
    let now = vault.log_seeds_now().await.unwrap();
    assert_eq!(now.seeds()[0].reveal(), &second);
    assert_eq!((numbers(&vault), retired(&vault)), (vec![2], vec![[1; 32]]));
    assert!(!world.keys.rows().secrets.contains_key("log-seed"));
    vault.log_seed_make().await.unwrap();
    vault.log_seed_destroy(2, [2; 32]).await.unwrap();
    let vault = world.start().await.unwrap();
    assert_eq!((numbers(&vault), retired(&vault)), (vec![3], vec![[1; 32], [2; 32]]));
    assert_eq!(vault.check().await.unwrap().broken, None);
}

#[tokio::test]
async fn whatever_breaks_it_is_repeated() {
    for fault in [Fault::NotKept, Fault::Kept] {
        for writes in [0, 1] {
            let world = World::new();
            let vault = world.init().await.unwrap();
            if writes == 0 {
                world.keys.fail_next(fault);
                let failed = vault.log_seed_make().await.map(drop);
                assert!(matches!(failed, Err(VaultError::Unavailable(_))));
            }
            vault.log_seed_make().await.unwrap();
            world.keys.fail_after(writes, fault);
            let failed = vault.log_seed_destroy(1, [1; 32]).await;
            assert!(matches!(failed, Err(VaultError::Unavailable(_))));
            let vault = world.start().await.unwrap();
            vault.log_seed_destroy(1, [1; 32]).await.unwrap();
            assert_eq!((numbers(&vault), retired(&vault)), (vec![2], vec![[1; 32]]));
            assert_eq!(vault.check().await.unwrap().broken, None);
        }
    }
}

#[tokio::test]
async fn a_seed_or_public_key_that_is_missing_is_told() {
    let world = World::new();
    let vault = world.init().await.unwrap();
    vault.log_seed_make().await.unwrap();
    vault.log_seed_destroy(1, [1; 32]).await.unwrap();
    for (name, told) in [("log-public/1", "log-seed"), ("log-seed/2", "log-seed/2")] {
        let rows = world.keys.rows();
        world.keys.change(|rows| drop(rows.secrets.remove(name)));
        let broken = vault.check().await.unwrap().broken.unwrap();
        assert_eq!((broken.table, broken.id.as_str()), ("secret", told));
        world.keys.change(|now| *now = rows);
    }
}

/// A node that was held up in the middle of a change goes on after others have ended it and begun the next.
#[tokio::test]
async fn whoever_comes_late_destroys_nothing_of_the_next_change() {
    let world = World::new();
    let (vault, late) = (world.init().await.unwrap(), world.start().await.unwrap());
    vault.log_seed_make().await.unwrap();
    vault.log_seed_destroy(1, [1; 32]).await.unwrap();
    vault.log_seed_make().await.unwrap();
    let rows = world.keys.rows().secrets;
    late.log_seed_destroy(1, [1; 32]).await.unwrap();
    assert_eq!(world.keys.rows().secrets, rows);
    assert_eq!((numbers(&late), retired(&late)), (vec![2, 3], vec![[1; 32]]));
}

#[tokio::test]
async fn another_public_key_than_the_one_kept_is_refused() {
    let world = World::new();
    let vault = world.init().await.unwrap();
    vault.log_seed_make().await.unwrap();
    world.keys.fail_after(1, Fault::NotKept);
    vault.log_seed_destroy(1, [1; 32]).await.unwrap_err();
    let refused = vault.log_seed_destroy(1, [9; 32]).await;
    assert!(matches!(refused, Err(VaultError::Altered { .. })), "{refused:?}");
    assert!(world.keys.rows().secrets.contains_key("log-seed"));
    vault.log_seed_destroy(1, [1; 32]).await.unwrap();
    assert_eq!((numbers(&vault), retired(&vault)), (vec![2], vec![[1; 32]]));
}

#[tokio::test]
async fn a_seed_that_was_put_back_is_destroyed_again_or_refused() {
    let world = World::new();
    let vault = world.init().await.unwrap();
    let old = world.keys.rows().secrets["log-seed"].clone();
    vault.log_seed_make().await.unwrap();
    vault.log_seed_destroy(1, [1; 32]).await.unwrap();
    let put_back = || {
        let old = old.clone();
        world
            .keys
            .change(|rows| drop(rows.secrets.insert("log-seed".to_owned(), old)));
    };
    put_back();
    vault.log_seed_destroy(1, [1; 32]).await.unwrap();
    assert_eq!((numbers(&vault), retired(&vault)), (vec![2], vec![[1; 32]]));
    // Beside two others, and beside one that is not the next.
    for beside_two in [true, false] {
        if beside_two {
            vault.log_seed_make().await.unwrap();
        }
        put_back();
        let refused = vault.log_seeds_now().await.map(drop);
        assert!(matches!(refused, Err(VaultError::Altered { .. })), "{refused:?}");
        assert!(world.start().await.is_err());
        let broken = vault.check().await.unwrap().broken.unwrap();
        assert_eq!((broken.table, broken.id.as_str()), ("secret", "log-seed"));
        world.keys.change(|rows| drop(rows.secrets.remove("log-seed")));
        vault.log_seed_destroy(2, [2; 32]).await.unwrap();
    }
}
