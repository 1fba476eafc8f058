//! The vault's rows: compare and swap, and nothing under an epoch that is not open.

use crate::fresh::Fresh;
use counterfoil_model::{NodeId, Timestamp, TreeId};
use counterfoil_vault::{
    EpochRow, HeadRow, KeyStore, NodeRow, PunctureAnswer, PunctureRow, Run, SecretRow, TreePuncture, TreeRow,
};

fn epoch(number: i64, state: i64) -> EpochRow {
    EpochRow {
        number,
        state,
        provider: "file".to_owned(),
        wrapped: vec![1; 60],
        opened_at: Timestamp::from_micros(5),
    }
}

fn tree(id: u8, epoch: i64, generation: i64) -> TreeRow {
    TreeRow {
        id: TreeId::from_bytes([id; 16]),
        kind: 1,
        epoch,
        generation,
        next_index: 64,
        wrapped: vec![id; 80],
    }
}

/// A tree that has forgotten its first leaf.
fn forgets(row: TreeRow) -> Vec<TreePuncture> {
    let forgets = vec![Run::new(0, 0)];
    vec![TreePuncture { row, forgets }]
}

fn secret(name: &str, epoch: i64, generation: i64) -> SecretRow {
    SecretRow {
        name: name.to_owned(),
        epoch,
        generation,
        wrapped: vec![3; 60],
    }
}

async fn an_epoch_stands_once(fresh: Fresh) {
    let keys = fresh.keys().await;
    assert!(keys.epoch_insert(epoch(1, 1)).await.unwrap());
    assert!(!keys.epoch_insert(epoch(1, 2)).await.unwrap());
    assert!(keys.epoch_insert(epoch(2, 2)).await.unwrap());
    assert_eq!(keys.epochs().await.unwrap(), [epoch(1, 1), epoch(2, 2)]);
}

async fn one_epoch_is_opened_as_the_other_is_closed(fresh: Fresh) {
    let keys = fresh.keys().await;
    let turned = |row: EpochRow, state| EpochRow {
        state,
        wrapped: vec![9; 40],
        ..row
    };
    let turn = || keys.epoch_turn(turned(epoch(1, 1), 2), turned(epoch(2, 4), 1));
    assert!(keys.epoch_insert(epoch(1, 1)).await.unwrap());
    assert!(!turn().await.unwrap(), "there is nothing to open");
    assert!(keys.epoch_insert(epoch(2, 4)).await.unwrap());
    assert!(keys.tree_insert(vec![tree(1, 1, 1), tree(2, 1, 1)]).await.unwrap());
    assert!(
        !keys.tree_insert(vec![tree(3, 2, 1)]).await.unwrap(),
        "it is not open yet"
    );
    assert!(!keys.epoch_retire(turned(epoch(1, 1), 3)).await.unwrap(), "it is open");
    assert!(turn().await.unwrap());
    assert!(!turn().await.unwrap(), "it was turned before");
    let rows = keys.epochs().await.unwrap();
    assert_eq!(rows, [turned(epoch(1, 1), 2), turned(epoch(2, 4), 1)]);
    assert!(!keys.tree_replace(1, tree(1, 1, 2)).await.unwrap(), "it is closed");

    let under = async |after| {
        let rows = keys.trees_under(1, after, 1).await.unwrap();
        rows.into_iter().next().map(|row| row.id)
    };
    let first = under(None).await;
    assert_eq!(first, Some(tree(1, 1, 1).id));
    assert_eq!(under(first).await, Some(tree(2, 1, 1).id));
    // Somebody wrote the second one first.
    assert!(keys.tree_replace(1, tree(2, 2, 2)).await.unwrap());
    let written = keys.trees_rewrap(vec![tree(1, 2, 2), tree(2, 2, 2)]).await.unwrap();
    assert_eq!(written, 1);
    assert_eq!(keys.trees_rewrap(vec![tree(1, 1, 3)]).await.unwrap(), 0, "it is closed");
    assert_eq!(under(None).await, None);
    assert!(keys.epoch_retire(turned(epoch(1, 1), 3)).await.unwrap());
    assert!(
        !keys.epoch_retire(turned(epoch(1, 1), 3)).await.unwrap(),
        "it was retired before"
    );
}

async fn nothing_is_retired_that_wraps_a_secret(fresh: Fresh) {
    let keys = fresh.keys().await;
    keys.epoch_insert(epoch(1, 1)).await.unwrap();
    keys.secret_insert(secret("digest", 1, 1)).await.unwrap();
    keys.epoch_insert(epoch(2, 4)).await.unwrap();
    assert!(keys.epoch_turn(epoch(1, 2), epoch(2, 1)).await.unwrap());
    assert!(!keys.epoch_retire(epoch(1, 3)).await.unwrap());
    assert!(keys.secret_replace(1, secret("digest", 2, 2)).await.unwrap());
    assert!(keys.epoch_retire(epoch(1, 3)).await.unwrap());
}

async fn trees_come_all_or_none(fresh: Fresh) {
    let keys = fresh.keys().await;
    for row in [epoch(1, 1), epoch(2, 2)] {
        keys.epoch_insert(row).await.unwrap();
    }
    assert!(!keys.tree_insert(vec![tree(1, 1, 1), tree(2, 2, 1)]).await.unwrap());
    assert!(!keys.tree_insert(vec![tree(1, 1, 1), tree(2, 9, 1)]).await.unwrap());
    assert!(keys.tree_scan(None, 10).await.unwrap().is_empty());
    assert!(keys.tree_insert(vec![tree(1, 1, 1), tree(2, 1, 1)]).await.unwrap());
    assert!(!keys.tree_insert(vec![tree(3, 1, 1), tree(2, 1, 1)]).await.unwrap());
    let wanted = [1, 2, 3].map(|id| TreeId::from_bytes([id; 16])).to_vec();
    let mut found = keys.trees(wanted).await.unwrap();
    found.sort_unstable_by_key(|row| row.id);
    assert_eq!(found, [tree(1, 1, 1), tree(2, 1, 1)]);
    let after = keys.tree_scan(Some(TreeId::from_bytes([1; 16])), 10).await.unwrap();
    assert_eq!(after, [tree(2, 1, 1)]);
}

async fn a_tree_is_replaced_by_who_read_it_last(fresh: Fresh) {
    let keys = fresh.keys().await;
    for row in [epoch(1, 1), epoch(2, 2)] {
        keys.epoch_insert(row).await.unwrap();
    }
    keys.tree_insert(vec![tree(1, 1, 1)]).await.unwrap();
    let (one, two) = tokio::join!(
        keys.tree_replace(1, tree(1, 1, 2)),
        keys.tree_replace(
            1,
            TreeRow {
                next_index: 128,
                ..tree(1, 1, 2)
            }
        )
    );
    assert_ne!(one.unwrap(), two.unwrap(), "one of two wins");
    assert!(!keys.tree_replace(1, tree(1, 1, 2)).await.unwrap());
    assert!(!keys.tree_replace(2, tree(1, 2, 3)).await.unwrap(), "epoch 2 is closed");
    assert!(keys.tree_replace(2, tree(1, 1, 3)).await.unwrap());
    assert_eq!(
        keys.trees(vec![TreeId::from_bytes([1; 16])]).await.unwrap(),
        [tree(1, 1, 3)]
    );
}

async fn secrets_follow_the_same_rules(fresh: Fresh) {
    let keys = fresh.keys().await;
    for row in [epoch(1, 1), epoch(2, 2)] {
        keys.epoch_insert(row).await.unwrap();
    }
    assert!(keys.secret_insert(secret("lookup/1", 1, 1)).await.unwrap());
    assert!(!keys.secret_insert(secret("lookup/1", 1, 1)).await.unwrap());
    assert!(!keys.secret_insert(secret("lookup/2", 2, 1)).await.unwrap());
    assert!(keys.secret_replace(1, secret("lookup/1", 1, 2)).await.unwrap());
    assert!(!keys.secret_replace(1, secret("lookup/1", 1, 2)).await.unwrap());
    assert_eq!(keys.secrets().await.unwrap(), [secret("lookup/1", 1, 2)]);
    assert!(keys.secret_delete("lookup/1".to_owned(), fresh.now()).await.unwrap());
    assert!(!keys.secret_delete("lookup/1".to_owned(), fresh.now()).await.unwrap());
}

async fn the_head_only_grows(fresh: Fresh) {
    let keys = fresh.keys().await;
    let head = |size, root: u8| HeadRow {
        size,
        root: vec![root; 32],
        mac: vec![root; 32],
    };
    assert!(keys.head().await.unwrap().is_none());
    for (row, taken) in [
        (head(5, 1), true),
        (head(5, 1), true),
        (head(5, 2), false),
        (head(4, 1), false),
        (head(9, 3), true),
    ] {
        assert_eq!(keys.head_put(row.clone()).await.unwrap(), taken, "{row:?}");
    }
    assert_eq!(keys.head().await.unwrap(), Some(head(9, 3)));
    keys.close().await;
    drop(keys);
    assert_eq!(fresh.keys().await.head().await.unwrap(), Some(head(9, 3)));
}

async fn what_destroys_a_key_is_numbered_with_it(fresh: Fresh) {
    let keys = fresh.keys().await;
    for row in [epoch(1, 1), epoch(2, 2)] {
        keys.epoch_insert(row).await.unwrap();
    }
    let at = fresh.now();
    keys.tree_insert(vec![tree(1, 1, 1)]).await.unwrap();
    keys.secret_insert(secret("intake/1", 1, 1)).await.unwrap();
    assert_eq!(keys.puncture_head().await.unwrap(), 0);
    let refused = keys.tree_puncture(forgets(tree(1, 1, 8)), at).await.unwrap();
    assert_eq!(refused, PunctureAnswer::Refused, "somebody wrote in between");
    let refused = keys.tree_puncture(forgets(tree(1, 2, 2)), at).await.unwrap();
    assert_eq!(refused, PunctureAnswer::Refused, "epoch 2 is closed");
    assert!(
        !keys.secret_delete("intake/9".to_owned(), at).await.unwrap(),
        "there is none"
    );
    assert_eq!(
        keys.puncture_head().await.unwrap(),
        0,
        "what was not kept is not numbered"
    );
    let kept = keys.tree_puncture(forgets(tree(1, 1, 2)), at).await.unwrap();
    assert_eq!(kept, PunctureAnswer::Kept);
    assert!(keys.secret_delete("intake/1".to_owned(), at).await.unwrap());
    assert!(keys.tree_replace(2, tree(1, 1, 3)).await.unwrap(), "no puncture");
    let row = |number, tree| PunctureRow { number, tree, at };
    let all = [row(1, Some(TreeId::from_bytes([1; 16]))), row(2, None)];
    assert_eq!(keys.punctures(0, 10).await.unwrap(), all);
    assert_eq!(keys.punctures(1, 10).await.unwrap(), all[1..]);
    assert_eq!(keys.punctures(0, 1).await.unwrap(), all[..1]);
    keys.nodes_sweep(at.plus(std::time::Duration::from_secs(1)))
        .await
        .unwrap();
    assert!(keys.punctures(0, 10).await.unwrap().is_empty());
    assert_eq!(keys.puncture_head().await.unwrap(), 2, "numbers are never used again");
}

async fn punctures_at_the_same_time_get_numbers_without_a_hole(fresh: Fresh) {
    let (keys, at) = (std::sync::Arc::new(fresh.keys().await), fresh.now());
    keys.epoch_insert(epoch(1, 1)).await.unwrap();
    let tasks: Vec<_> = (1..=12)
        .map(|id| {
            let keys = keys.clone();
            tokio::spawn(async move {
                keys.tree_insert(vec![tree(id, 1, 1)]).await.unwrap();
                let kept = keys.tree_puncture(forgets(tree(id, 1, 2)), at).await.unwrap();
                assert_eq!(kept, PunctureAnswer::Kept);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let numbers: Vec<i64> = keys
        .punctures(0, 100)
        .await
        .unwrap()
        .iter()
        .map(|row| row.number)
        .collect();
    assert_eq!(numbers, (1..=12).collect::<Vec<i64>>());
}

async fn a_node_has_one_row(fresh: Fresh) {
    let (keys, at) = (fresh.keys().await, fresh.now());
    let row = |id, dropped| NodeRow {
        id: NodeId::from_bytes([id; 16]),
        started_at: at,
        renewed_at: at,
        leased_until: at,
        dropped,
        opens: dropped + 1,
        gone: dropped,
    };
    for put in [row(2, 0), row(1, 0), row(2, 5)] {
        assert!(keys.node_put(put).await.unwrap());
    }
    assert_eq!(keys.nodes().await.unwrap(), [row(1, 0), row(2, 5)]);
    assert!(keys.node_remove(NodeId::from_bytes([1; 16])).await.unwrap());
    assert!(!keys.node_remove(NodeId::from_bytes([1; 16])).await.unwrap());
    keys.nodes_sweep(at).await.unwrap();
    assert_eq!(keys.nodes().await.unwrap().len(), 1);
    keys.nodes_sweep(at.plus(std::time::Duration::from_secs(1)))
        .await
        .unwrap();
    assert!(keys.nodes().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_was_replaced_or_deleted_is_not_in_the_file() {
    let fresh = Fresh::sqlite();
    let keys = fresh.keys().await;
    keys.epoch_insert(epoch(1, 1)).await.unwrap();
    let (old_tree, old_secret) = ([0xa1; 300], [0xb2; 300]);
    let row = TreeRow {
        wrapped: old_tree.to_vec(),
        ..tree(1, 1, 1)
    };
    keys.tree_insert(vec![row]).await.unwrap();
    let row = SecretRow {
        wrapped: old_secret.to_vec(),
        ..secret("intake/1", 1, 1)
    };
    keys.secret_insert(row).await.unwrap();
    let found = |needle: &[u8]| {
        let counterfoil_store::Place::Folder(folder) = &fresh.vault_place else {
            unreachable!("SQLite lies in a folder")
        };
        std::fs::read_dir(folder).unwrap().any(|entry| {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            bytes.windows(needle.len()).any(|window| window == needle)
        })
    };
    assert!(found(&old_tree) && found(&old_secret));
    assert!(keys.tree_replace(1, tree(1, 1, 2)).await.unwrap());
    assert!(keys.secret_delete("intake/1".to_owned(), fresh.now()).await.unwrap());
    assert!(!found(&old_tree) && !found(&old_secret));
}

on_both! {
    an_epoch_stands_once
    one_epoch_is_opened_as_the_other_is_closed
    nothing_is_retired_that_wraps_a_secret
    trees_come_all_or_none
    a_tree_is_replaced_by_who_read_it_last
    secrets_follow_the_same_rules
    the_head_only_grows
    what_destroys_a_key_is_numbered_with_it
    punctures_at_the_same_time_get_numbers_without_a_hole
    a_node_has_one_row
}
