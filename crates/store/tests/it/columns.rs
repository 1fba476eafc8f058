//! What is written down about the tables is what the engines have.

use crate::fresh::Fresh;
use counterfoil_store::Store;
use counterfoil_store::columns::{Class, ClassifiedTable, classification};
use counterfoil_store::schema::LiveColumn;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn pairs(tables: &BTreeMap<String, ClassifiedTable>) -> BTreeSet<(String, String)> {
    let pairs = tables
        .iter()
        .flat_map(|(table, said)| said.columns.keys().map(move |column| (table.clone(), column.clone())));
    pairs.collect()
}

fn live(columns: Vec<LiveColumn>) -> BTreeSet<(String, String)> {
    columns.into_iter().map(|c| (c.table, c.column)).collect()
}

async fn every_column_is_classified(fresh: Fresh) {
    let said = classification();
    let store = fresh.store().await;
    assert_eq!(live(store.live_columns().await.unwrap()), pairs(&said.data));
    let keys = fresh.keys().await;
    assert_eq!(live(keys.live_columns().await.unwrap()), pairs(&said.vault));
}

/// The full schema that is checked in is the sum of the migrations. After a new migration, put the text that the test writes
/// beside it in its place.
async fn the_full_schema_is_checked_in(fresh: Fresh) {
    let engine = if fresh.is_sqlite() { "sqlite" } else { "postgres" };
    let store = fresh.store().await;
    check(engine, &store.live_schema().await.unwrap());
    let keys = fresh.keys().await;
    check(&format!("vault-{engine}"), &keys.live_schema().await.unwrap());
}

fn check(name: &str, found: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let wanted = std::fs::read_to_string(folder.join(format!("{name}.sql"))).unwrap_or_default();
    if wanted != found {
        let beside = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.sql"));
        std::fs::write(&beside, found).unwrap();
        panic!(
            "schema/{name}.sql is not what the migrations make; that is now in {}",
            beside.display()
        );
    }
}

async fn both_engines_prepare_every_statement(fresh: Fresh) {
    let store = fresh.store().await;
    assert!(store.prepare_all().await.unwrap() > 200);
    let keys = fresh.keys().await;
    assert!(keys.prepare_all().await.unwrap() > 10);
}

#[test]
fn recorded_tables_have_ids_and_times_and_nothing_readable() {
    for (name, table) in &classification().data {
        if table.recorded {
            assert!(table.columns.contains_key("id"), "{name}");
            assert!(table.columns["recorded_at"].immutable, "{name}");
            assert!(table.columns["id"].immutable, "{name}");
        }
        for (column, said) in &table.columns {
            let sealed = column.starts_with("sealed");
            assert_eq!(sealed, said.class == Class::Sealed, "{name}.{column}");
        }
    }
    assert_eq!(Store::recorded_tables().len(), 36);
}

/// The same tables, columns and absences on both engines.
#[tokio::test]
async fn the_two_engines_have_the_same_tables() {
    let (one, two) = (Fresh::sqlite(), Fresh::postgres().await);
    let (data, other) = (one.store().await, two.store().await);
    assert_eq!(data.live_columns().await.unwrap(), other.live_columns().await.unwrap());
    let (vault, other) = (one.keys().await, two.keys().await);
    assert_eq!(vault.live_columns().await.unwrap(), other.live_columns().await.unwrap());
}

on_both! {
    every_column_is_classified
    the_full_schema_is_checked_in
    both_engines_prepare_every_statement
}
