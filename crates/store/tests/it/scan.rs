//! What `verify` stands on: every recorded row again with its digest, and folds that follow from their rows.

use crate::fresh::Fresh;
use crate::made::*;
use counterfoil_ledger::leaf::Leaf;
use counterfoil_store::sql::Value;
use counterfoil_store::{Fold, ReadError, Store};

async fn scanned(store: &Store, table: &str) -> Vec<([u8; 16], Vec<[u8; 32]>)> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = store.record_scan(table, after, 3).await.unwrap();
        let Some(last) = page.last() else { return rows };
        after = Some(last.id);
        rows.extend(page.iter().map(|row| (row.id, row.digests.clone())));
    }
}

/// The record digest that the log has for a subject.
async fn logged(store: &Store, subject: [u8; 16]) -> Option<[u8; 32]> {
    let leaves = store.leaves_of(subject).await.unwrap();
    leaves.iter().find_map(|leaf| Leaf::decode(&leaf.bytes).unwrap().record)
}

async fn every_row_has_its_digest_in_the_log(fresh: Fresh) {
    let world = World::new(fresh).await;
    for n in 0..7 {
        world.conversation(n % 3).await;
    }
    world.store.sequence(1, 1_000).await.unwrap();
    let mut rows = 0;
    for table in Store::recorded_tables() {
        let found = scanned(&world.store, table).await;
        assert_eq!(
            world.store.record_count(table).await.unwrap(),
            i64::try_from(found.len()).unwrap()
        );
        for (id, digests) in found {
            assert_eq!(logged(&world.store, id).await, Some(digests[0]), "{table}");
            rows += 1;
        }
    }
    assert_eq!(rows, world.store.log_head().await.unwrap().size);
    assert!(world.store.record_scan("session", None, 10).await.unwrap().is_empty());
}

async fn a_flipped_column_no_longer_fits(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (_, _, message) = world.conversation(0).await;
    let before = scanned(&world.store, "message").await;
    for (flip, fits) in [
        ("UPDATE message SET direction = 2", false),
        ("UPDATE message SET direction = 1", true),
        ("UPDATE message SET sealed_raw = sealed_body", false),
        ("UPDATE message SET sealed_raw = NULL", true),
        ("UPDATE message SET origin = 5", false),
        ("UPDATE message SET origin = 1", true),
        ("UPDATE message SET provider_hash = id", false),
    ] {
        world.fresh.tamper(flip).await;
        let row = world.store.record_scan("message", None, 1).await.unwrap().remove(0);
        assert_eq!(row.digests == before[0].1, fits, "{flip}");
        assert_eq!(row.id, *message.bytes());
        assert!(row.value("id") == Some(&Value::Bytes(message.bytes().to_vec())));
    }
    // What cannot stand in its column is told by table and column, and never as absent.
    let odd = world.store.message_get(message).await;
    let Err(ReadError::Impossible { table, column }) = odd else {
        panic!("a hash of 16 bytes was read")
    };
    assert_eq!((table, column), ("message", "provider_hash"));
}

async fn mutable_columns_are_folds_and_not_in_the_digest(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (_, conversation, _) = world.conversation(0).await;
    assert!(world.store.fold_check(10).await.unwrap().is_empty());
    let before = scanned(&world.store, "conversation").await;
    world
        .fresh
        .tamper("UPDATE conversation SET last_at = last_at + 1, last_inbound_at = NULL")
        .await;
    assert_eq!(scanned(&world.store, "conversation").await, before);
    let fold = |column| Fold {
        table: "conversation",
        column,
        id: *conversation.bytes(),
    };
    let wanted = [fold("last_at"), fold("last_inbound_at")];
    assert_eq!(world.store.fold_check(10).await.unwrap(), wanted);
}

on_both! {
    every_row_has_its_digest_in_the_log
    a_flipped_column_no_longer_fits
    mutable_columns_are_folds_and_not_in_the_digest
}
