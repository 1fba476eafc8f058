//! Replacing the lookup key: one key is written at a time, whoever computed what before, and hashes are replaced only where they were read.

use crate::fresh::Fresh;
use crate::made::*;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::contact::IdentityKind;
use counterfoil_model::{InstallationId, ReferenceId, TreeId};
use counterfoil_store::columns::{Class, classification};
use counterfoil_store::rows::{InstallationPurpose, InstallationRow, ReferenceRow};
use counterfoil_store::sql::Value;
use counterfoil_store::{Change, CommitError, LOOKUP_EPOCH, Looked, Rekeyed, Unit};
use std::collections::BTreeSet;

async fn opened(fresh: Fresh) -> World {
    let world = World::new(fresh).await;
    let installation = InstallationRow {
        number: 1,
        id: InstallationId::from_bytes([1; 16]),
        tree: TreeId::from_bytes([2; 16]),
        purpose: InstallationPurpose::Serve,
        opened_at: world.now(),
        lookup_epoch: 1,
    };
    let unit = Unit::new("open").insert(installation);
    world.store.commit(unit).await.unwrap();
    world
}

/// A unit that writes a hash under the lookup key of `epoch`.
fn writes(world: &World, epoch: i64, number: usize) -> Unit {
    let at = world.tick();
    let id = ReferenceId::new(at, &*world.fresh.random);
    let row = ReferenceRow {
        id,
        system: "pas".to_owned(),
        kind: "claim".to_owned(),
        lookup: keyed(&format!("{epoch} {number}")),
        value: sealed("CLM"),
        recorded_at: at,
    };
    Unit::new("file")
        .record(row, leaf(LeafKind::Reference, at, id.bytes()))
        .change(Change::lookup_stands(epoch))
}

async fn turn(world: &World, epoch: i64) {
    let unit = Unit::new("turn").change(Change::lookup_turn(epoch));
    world.store.commit(unit).await.unwrap();
}

async fn a_hash_is_written_only_under_the_key_that_is_written(fresh: Fresh) {
    let world = opened(fresh).await;
    let refused = async |unit| {
        let outcome = world.store.commit(unit).await;
        assert!(matches!(outcome, Err(CommitError::Conflict { guard: LOOKUP_EPOCH })));
    };
    world.store.commit(writes(&world, 1, 1)).await.unwrap();
    refused(writes(&world, 2, 1)).await;
    turn(&world, 2).await;
    refused(writes(&world, 1, 2)).await;
    world.store.commit(writes(&world, 2, 2)).await.unwrap();
    // It never goes back.
    turn(&world, 1).await;
    assert_eq!(world.store.installation_get().await.unwrap().unwrap().lookup_epoch, 2);
    refused(writes(&world, 1, 3)).await;
    // Several hashes of one unit, and units of both kinds that come together.
    let unit = writes(&world, 2, 4).change(Change::lookup_stands(2));
    world.store.commit(unit).await.unwrap();
    let together = (10..22).map(|number| {
        let unit = writes(&world, 1 + i64::from(number % 3 != 0), number as usize);
        async { world.store.commit(unit).await.is_ok() }
    });
    let kept = futures_util::future::join_all(together).await;
    let right = (10..22).map(|number| number % 3 != 0);
    assert_eq!(kept, right.collect::<Vec<bool>>());
}

async fn what_was_computed_before_the_turn_is_not_written_after_it(fresh: Fresh) {
    let world = opened(fresh).await;
    for round in 1..8 {
        let writing = (0..8).map(|number| world.store.commit(writes(&world, round, number)));
        let turning = async {
            turn(&world, round + 1).await;
            world.store.record_count("reference").await.unwrap()
        };
        let (kept, seen) = tokio::join!(futures_util::future::join_all(writing), turning);
        assert!(
            kept.iter()
                .all(|kept| matches!(kept, Ok(()) | Err(CommitError::Conflict { guard: LOOKUP_EPOCH })))
        );
        assert_eq!(world.store.record_count("reference").await.unwrap(), seen);
    }
}

async fn hashes_are_replaced_only_where_they_were_read(fresh: Fresh) {
    let world = opened(fresh).await;
    let (contact, ..) = world.conversation(0).await;
    let identity = world.identity(contact, "31612345678");
    let of_it = leaf(LeafKind::Identity, world.now(), identity.id.bytes());
    let unit = writes(&world, 1, 1).record(identity, of_it);
    world.store.commit(unit).await.unwrap();
    for (nth, looked) in Looked::ALL.into_iter().enumerate() {
        let row = async || {
            world
                .store
                .record_scan(looked.table(), None, 1)
                .await
                .unwrap()
                .remove(0)
        };
        let hash = async || match row().await.value("lookup") {
            Some(Value::Bytes(bytes)) => counterfoil_vault::Keyed::from_bytes(bytes.as_slice().try_into().unwrap()),
            _ => panic!("a hash is bytes"),
        };
        let (before, was) = (row().await, hash().await);
        let replace = async |was, becomes| {
            let rows = [Rekeyed {
                id: before.id,
                was,
                becomes,
            }];
            let unit = Unit::new("renew").change(Change::lookups_replace(looked, &rows));
            world.store.commit(unit).await.unwrap();
        };
        replace(keyed("another"), keyed("wrong")).await;
        assert!(hash().await == was, "{looked:?}");
        let becomes = keyed(&format!("becomes {nth}"));
        replace(was, becomes).await;
        assert!(hash().await == becomes, "{looked:?}");
        replace(was, keyed("late")).await;
        assert!(hash().await == becomes, "{looked:?}");
        assert_eq!(
            row().await.digests,
            before.digests,
            "the record digest does not have it"
        );
    }
    let found = world
        .store
        .identities_living(IdentityKind::Phone, &[keyed("nobody"), keyed("becomes 0")])
        .await;
    assert_eq!(found.unwrap().len(), 1);
}

#[test]
fn every_lookup_column_of_a_record_is_replaced() {
    let recorded = classification().data.iter().filter(|(_, table)| table.recorded);
    let keyed = recorded.filter(|(_, table)| {
        let lookup = table.columns.get("lookup");
        lookup.is_some_and(|column| column.class == Class::Keyed && !column.immutable)
    });
    let keyed: BTreeSet<&str> = keyed.map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        Looked::ALL.iter().map(|looked| looked.table()).collect::<BTreeSet<_>>(),
        keyed
    );
}

on_both! {
    a_hash_is_written_only_under_the_key_that_is_written
    what_was_computed_before_the_turn_is_not_written_after_it
    hashes_are_replaced_only_where_they_were_read
}
