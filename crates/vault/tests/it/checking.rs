//! Checking the vault store, and the head of the log.

use crate::world::*;
use counterfoil_model::TreeId;
use counterfoil_vault::memory::{Fault, Rows};
use counterfoil_vault::{CheckError, Head, HeadError, TreeKind};
use proptest::prelude::*;

async fn filled() -> (World, counterfoil_vault::Vault) {
    let (world, vault) = World::begun().await;
    for kind in TreeKind::ALL {
        let tree = vault.tree_create(*kind).await.unwrap();
        let (address, _) = sealed_in(&vault, tree).await;
        vault.puncture(vec![address]).await.unwrap();
    }
    vault.intake_public().await.unwrap();
    vault.head_put(10, [7; 32]).await.unwrap();
    (world, vault)
}

#[tokio::test]
async fn a_whole_store_is_counted() {
    let (_, vault) = filled().await;
    let check = vault.check().await.unwrap();
    assert_eq!((check.epochs, check.secrets, check.trees, check.head), (1, 7, 7, true));
    assert_eq!(check.broken, None);
}

#[tokio::test]
async fn more_trees_than_a_page_are_all_looked_at() {
    let (world, vault) = World::begun().await;
    for _ in 0..1_050 {
        conversation(&vault).await;
    }
    assert_eq!(vault.check().await.unwrap().trees, 1_050);
    let last = *world.keys.rows().trees.keys().next_back().unwrap();
    world
        .keys
        .change(|rows| rows.trees.get_mut(&last).unwrap().next_index += 64);
    assert_eq!(vault.check().await.unwrap().broken.unwrap().id, last.to_string());
}

#[tokio::test]
async fn a_row_that_was_taken_away_is_missed() {
    type Taking = fn(&mut Rows);
    let takings: [(&str, Taking); 2] = [
        ("epoch", |rows| rows.epochs.clear()),
        ("secret", |rows| {
            rows.secrets.remove("head-mac");
        }),
    ];
    for (table, taking) in takings {
        let (world, vault) = filled().await;
        world.keys.change(taking);
        assert_eq!(vault.check().await.unwrap().broken.unwrap().table, table);
    }
}

#[tokio::test]
async fn a_root_key_that_is_away_is_not_called_an_alteration() {
    let (world, vault) = filled().await;
    counterfoil_vault::RootKey::destroy(world.root.as_ref(), world.installation, 1)
        .await
        .unwrap();
    assert!(matches!(vault.check().await, Err(CheckError::RootKey { epoch: 1, .. })));
}

/// One column of one row, by number, with a bit flipped; says which row.
fn flip(rows: &mut Rows, column: usize, row: usize, at: usize, bit: u32) -> (&'static str, String) {
    fn bytes(bytes: &mut [u8], at: usize, bit: u32) {
        let at = at % bytes.len();
        bytes[at] ^= 1 << (bit % 8);
    }
    let trees: Vec<TreeId> = rows.trees.keys().copied().collect();
    let names: Vec<String> = rows.secrets.keys().cloned().collect();
    let tree = rows.trees.get_mut(&trees[row % trees.len()]).unwrap();
    let secret = rows.secrets.get_mut(&names[row % names.len()]).unwrap();
    let epoch = rows.epochs.get_mut(&1).unwrap();
    let head = rows.head.as_mut().unwrap();
    let number = 1i64 << bit;
    match column {
        0 => epoch.state ^= number,
        1 => epoch.opened_at = counterfoil_model::Timestamp::from_micros(epoch.opened_at.micros() ^ number),
        2 => epoch.provider.push('x'),
        3 => bytes(&mut epoch.wrapped, at, bit),
        4 => epoch.number ^= number,
        5 => tree.kind ^= number,
        6 => tree.epoch ^= number,
        7 => tree.generation ^= number,
        8 => tree.next_index ^= number,
        9 => bytes(&mut tree.wrapped, at, bit),
        10 => {
            let mut id = *tree.id.bytes();
            bytes(&mut id, at, bit);
            tree.id = TreeId::from_bytes(id);
        }
        11 => secret.epoch ^= number,
        12 => secret.generation ^= number,
        13 => bytes(&mut secret.wrapped, at, bit),
        14 => head.size ^= number,
        15 => bytes(&mut head.root, at, bit),
        _ => bytes(&mut head.mac, at, bit),
    }
    match column {
        0..=3 => ("epoch", "1".to_owned()),
        4 => ("epoch", "1".to_owned()),
        5..=10 => ("tree", tree.id.to_string()),
        11..=13 => ("secret", secret.name.clone()),
        _ => ("head", "1".to_owned()),
    }
}

proptest! {
    #[test]
    fn a_flipped_bit_in_any_column_is_found_and_named(
        column in 0..17usize, row in any::<usize>(), at in any::<usize>(), bit in 0..63u32,
    ) {
        run(async {
            let (world, vault) = filled().await;
            let mut named = ("", String::new());
            world.keys.change(|rows| named = flip(rows, column, row, at, bit));
            let broken = vault.check().await.unwrap().broken;
            prop_assert_eq!(broken.map(|broken| (broken.table, broken.id)), Some(named));
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn the_head_only_grows() {
    let (world, vault) = World::begun().await;
    assert_eq!(vault.head().await.unwrap(), None);
    vault.head_put(10, [7; 32]).await.unwrap();
    vault.head_put(10, [7; 32]).await.unwrap();
    assert!(matches!(vault.head_put(9, [7; 32]).await, Err(HeadError::Behind)));
    assert!(matches!(vault.head_put(10, [8; 32]).await, Err(HeadError::Behind)));
    assert!(matches!(
        vault.head_put(u64::MAX, [8; 32]).await,
        Err(HeadError::Behind)
    ));
    vault.head_put(11, [8; 32]).await.unwrap();
    let restarted = world.start().await.unwrap();
    let head = Head {
        size: 11,
        root: [8; 32],
    };
    assert_eq!(restarted.head().await.unwrap(), Some(head));
    world.keys.change(|rows| rows.head.as_mut().unwrap().size = 12);
    assert!(matches!(restarted.head().await, Err(HeadError::Altered)));
}

#[tokio::test]
async fn a_head_whose_keeping_failed_can_be_put_again() {
    for fault in [Fault::NotKept, Fault::Kept] {
        let (world, vault) = World::begun().await;
        world.keys.fail_next(fault);
        assert!(matches!(
            vault.head_put(1, [1; 32]).await,
            Err(HeadError::Unavailable(_))
        ));
        assert_eq!(vault.head().await.unwrap().is_some(), fault == Fault::Kept);
        vault.head_put(1, [1; 32]).await.unwrap();
    }
}
