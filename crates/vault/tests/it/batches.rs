//! Puncturing many trees at once: in few writes, around what is held, and again after it broke off.

use crate::world::*;
use counterfoil_model::{HoldId, TreeId};
use counterfoil_vault::memory::Fault;
use counterfoil_vault::{Address, Leaves, Left, OpenError, PunctureError, Run, Sealed, Vault, VaultError};

const HOLD: HoldId = HoldId::from_bytes([1; 16]);

async fn opens(vault: &Vault, sealed: &Sealed<String>) -> bool {
    match vault.open(&permit(), place(), sealed).await {
        Ok(_) => true,
        Err(OpenError::Erased) => false,
        Err(error) => panic!("{error}"),
    }
}

/// So many trees with three items each.
async fn trees(vault: &Vault, count: usize) -> Vec<(TreeId, Vec<Sealed<String>>)> {
    let mut trees = Vec::new();
    for _ in 0..count {
        let tree = conversation(vault).await;
        let mut items = Vec::new();
        for _ in 0..3 {
            items.push(sealed_in(vault, tree).await.1);
        }
        trees.push((tree, items));
    }
    trees
}

/// The first two of each.
fn first_two(trees: &[(TreeId, Vec<Sealed<String>>)]) -> impl Iterator<Item = (TreeId, Run)> {
    trees.iter().map(|(tree, _)| (*tree, Run::new(0, 1)))
}

#[tokio::test]
async fn hundreds_of_trees_cost_a_few_writes() {
    let (world, vault) = World::begun().await;
    let all = trees(&vault, 600).await;
    let writes = world.keys.writes();
    let batch = vault.puncture_batch(first_two(&all)).await.unwrap();
    assert_eq!(world.keys.writes() - writes, 3, "256 trees in each");
    assert!(batch.left.is_empty());
    assert_eq!(batch.punctured.trees().count(), 600);
    let restarted = world.start().await.unwrap();
    for (tree, items) in &all {
        for (index, sealed) in (0..).zip(items) {
            let gone = index < 2;
            assert_eq!(batch.punctured.covers(Address { tree: *tree, index }), gone);
            assert_eq!(opens(&vault, sealed).await, !gone);
            assert_eq!(opens(&restarted, sealed).await, !gone);
        }
    }
    assert_eq!(world.keys.rows().puncture_head, 600);
    let writes = world.keys.writes();
    let again = vault.puncture_batch(first_two(&all)).await.unwrap();
    assert_eq!(world.keys.writes(), writes, "what is gone costs no write");
    assert_eq!(again.punctured.trees().count(), 600);
}

#[tokio::test]
async fn what_is_held_is_left_and_named_and_the_rest_goes() {
    let (_, vault) = World::begun().await;
    let all = trees(&vault, 3).await;
    let [held, half, free] = [0, 1, 2].map(|at| all[at].0);
    vault
        .hold_place(HOLD, [(held, Run::ALL), (half, Run::new(1, 9))])
        .await
        .unwrap();
    let batch = vault.puncture_batch(first_two(&all)).await.unwrap();
    let left = |tree, run| Left { tree, run, hold: HOLD };
    let mut wanted = [left(held, Run::new(0, 1)), left(half, Run::new(1, 1))];
    wanted.sort_unstable();
    assert_eq!(batch.left, wanted);
    for (tree, living) in [
        (held, [true; 3]),
        (half, [false, true, true]),
        (free, [false, false, true]),
    ] {
        let (_, items) = all.iter().find(|(id, _)| *id == tree).unwrap();
        for ((index, sealed), lives) in (0..).zip(items).zip(living) {
            assert_eq!(opens(&vault, sealed).await, lives, "{tree} {index}");
            let covered = batch.punctured.covers(Address { tree, index });
            assert_eq!(covered, !lives);
        }
    }
    vault.hold_release(HOLD).await.unwrap();
    let batch = vault.puncture_batch(first_two(&all)).await.unwrap();
    assert!(batch.left.is_empty());
    assert_eq!(batch.punctured.trees().count(), 3);
}

#[tokio::test]
async fn a_batch_that_broke_off_is_brought_to_its_end() {
    for fault in [Fault::NotKept, Fault::Kept] {
        let (world, vault) = World::begun().await;
        let all = trees(&vault, 300).await;
        let mut portion = 0;
        // The second portion fails: it begins with the 257th tree.
        let asked = first_two(&all).inspect(|_| {
            portion += 1;
            if portion == 257 {
                world.keys.fail_next(fault);
            }
        });
        let failed = vault.puncture_batch(asked).await;
        assert!(matches!(failed, Err(PunctureError::Vault(VaultError::Unavailable(_)))));
        for (at, (_, items)) in all.iter().enumerate() {
            let gone = at < 256 || fault == Fault::Kept;
            assert_eq!(
                opens(&vault, &items[0]).await,
                !gone,
                "{at}: nothing stale is remembered"
            );
        }
        let restarted = world.start().await.unwrap();
        let batch = restarted.puncture_batch(first_two(&all)).await.unwrap();
        assert_eq!(batch.punctured.trees().count(), 300);
        for (_, items) in &all {
            assert!(!opens(&restarted, &items[1]).await && opens(&restarted, &items[2]).await);
        }
        assert_eq!(world.keys.rows().puncture_head, 300, "none was punctured twice");
    }
}

#[tokio::test]
async fn sets_and_runs_of_one_tree_come_together() {
    let (_, vault) = World::begun().await;
    let all = trees(&vault, 1).await;
    let (tree, items) = &all[0];
    let asked = [(*tree, Leaves::from(vec![2, 2])), (*tree, Leaves::from(Run::new(0, 0)))];
    let batch = vault.puncture_batch(asked).await.unwrap();
    let (_, generation, runs) = batch.punctured.trees().next().unwrap();
    assert_eq!((generation, runs), (2, &[Run::new(0, 0), Run::new(2, 2)][..]));
    assert!(opens(&vault, &items[1]).await);
    let never = vault.puncture_batch([(*tree, vec![1, 64])]).await;
    assert!(matches!(never, Err(PunctureError::NeverIssued(address)) if address.index == 64));
    assert!(opens(&vault, &items[1]).await);
    let none = vault.puncture_batch(Vec::<(TreeId, Run)>::new()).await.unwrap();
    assert_eq!(none.punctured.trees().count(), 0);
}
