//! Holds: what is held is not punctured, by whichever way.

use crate::world::*;
use counterfoil_model::{HoldId, TreeId};
use counterfoil_vault::memory::Fault;
use counterfoil_vault::{Address, HoldError, OpenError, PunctureError, Run, Sealed, Vault, VaultError};
use std::time::Duration;

const ONE: HoldId = HoldId::from_bytes([1; 16]);
const TWO: HoldId = HoldId::from_bytes([2; 16]);

fn one(address: Address) -> (TreeId, Run) {
    (address.tree, Run::new(address.index, address.index))
}

async fn opens(vault: &Vault, sealed: &Sealed<String>) -> bool {
    match vault.open(&permit(), place(), sealed).await {
        Ok(_) => true,
        Err(OpenError::Erased) => false,
        Err(error) => panic!("{error}"),
    }
}

fn held(outcome: Result<impl Sized, PunctureError>) -> Vec<HoldId> {
    match outcome {
        Err(PunctureError::Held(ids)) => ids,
        Err(error) => panic!("{error}"),
        Ok(_) => Vec::new(),
    }
}

#[tokio::test]
async fn nothing_is_punctured_when_a_part_of_it_is_held() {
    let (world, vault) = World::begun().await;
    let (tree, other) = (conversation(&vault).await, conversation(&vault).await);
    let (free, _) = sealed_in(&vault, tree).await;
    let (kept, sealed) = sealed_in(&vault, other).await;
    let (also, _) = sealed_in(&vault, other).await;
    vault.hold_place(TWO, [one(kept), one(also)]).await.unwrap();
    vault.hold_place(ONE, [(other, Run::ALL)]).await.unwrap();
    let before = world.keys.rows();
    assert_eq!(held(vault.puncture(vec![kept]).await), [ONE, TWO]);
    assert_eq!(held(vault.puncture(vec![free, also]).await), [ONE, TWO]);
    assert_eq!(held(vault.puncture_run(other, Run::ALL).await), [ONE, TWO]);
    assert_eq!(
        held(vault.puncture_run(other, Run::new(500, 600)).await),
        [ONE],
        "what is to come is held too"
    );
    assert_eq!(world.keys.rows(), before, "also where nothing holds: all or none");
    assert!(opens(&vault, &sealed).await);

    let found = vault.holds_on(&[free, kept]).await.unwrap();
    assert_eq!(
        found.iter().map(|hold| (hold.id, hold.run)).collect::<Vec<_>>(),
        [(ONE, Run::ALL), (TWO, one(kept).1)]
    );
    assert!(vault.hold_release(ONE).await.unwrap());
    assert_eq!(held(vault.puncture_run(other, Run::ALL).await), [TWO]);
    assert!(vault.hold_release(TWO).await.unwrap());
    assert!(vault.holds_on(&[kept]).await.unwrap().is_empty());
    vault.puncture(vec![free, kept]).await.unwrap();
    assert!(!opens(&vault, &sealed).await);
}

#[tokio::test]
async fn what_was_gone_before_the_hold_is_no_hindrance() {
    let (_, vault) = World::begun().await;
    let tree = conversation(&vault).await;
    let (gone, _) = sealed_in(&vault, tree).await;
    let (free, sealed) = sealed_in(&vault, tree).await;
    vault.puncture(vec![gone]).await.unwrap();
    vault.hold_place(ONE, [one(gone)]).await.unwrap();
    assert!(vault.puncture(vec![gone]).await.unwrap().covers(gone), "a late repeat");
    vault.puncture(vec![gone, free]).await.unwrap();
    assert!(!opens(&vault, &sealed).await);
}

#[tokio::test]
async fn a_hold_that_was_released_stays_released() {
    let (world, vault) = World::begun().await;
    let (address, _) = sealed_in(&vault, conversation(&vault).await).await;
    assert!(!vault.hold_release(ONE).await.unwrap(), "there is none");
    vault.hold_place(ONE, [one(address), one(address)]).await.unwrap();
    world.clock.on(Duration::from_secs(5));
    vault.hold_place(ONE, [one(address)]).await.unwrap();
    assert!(vault.hold_release(ONE).await.unwrap());
    assert!(!vault.hold_release(ONE).await.unwrap());
    let late = vault.hold_place(ONE, [one(address)]).await;
    assert!(matches!(late, Err(HoldError::Released(id)) if id == ONE));
    let all = vault.holds(None, 10).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].until, Some(world.clock_now()));
    assert_eq!(all[0].until.unwrap().since(all[0].since), Duration::from_secs(5));
    assert!(vault.holds(Some(all[0]), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_hold_on_a_tree_that_is_not_there_is_placed_nowhere() {
    let (world, vault) = World::begun().await;
    let (address, _) = sealed_in(&vault, conversation(&vault).await).await;
    let nowhere = TreeId::from_bytes([3; 16]);
    let refused = vault.hold_place(ONE, [one(address), (nowhere, Run::ALL)]).await;
    assert!(matches!(refused, Err(HoldError::UnknownTree(tree)) if tree == nowhere));
    assert!(world.keys.rows().holds.is_empty());
}

#[tokio::test]
async fn placing_and_releasing_that_failed_can_be_repeated() {
    for fault in [Fault::NotKept, Fault::Kept] {
        let (world, vault) = World::begun().await;
        let (address, sealed) = sealed_in(&vault, conversation(&vault).await).await;
        world.keys.fail_next(fault);
        let failed = vault.hold_place(ONE, [one(address)]).await;
        assert!(matches!(failed, Err(HoldError::Unavailable(_))));
        assert_eq!(
            vault.holds_on(&[address]).await.unwrap().len(),
            usize::from(fault == Fault::Kept)
        );
        vault.hold_place(ONE, [one(address)]).await.unwrap();
        assert_eq!(held(vault.puncture(vec![address]).await), [ONE]);
        world.keys.fail_next(fault);
        let failed = vault.hold_release(ONE).await;
        assert!(matches!(failed, Err(VaultError::Unavailable(_))));
        assert_eq!(vault.hold_release(ONE).await.unwrap(), fault == Fault::NotKept);
        assert!(opens(&vault, &sealed).await);
        vault.puncture(vec![address]).await.unwrap();
    }
}
