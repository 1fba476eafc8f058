//! What `schema/columns.toml` says about each column, and the record digest that it drives.

use crate::rows::Table;
use crate::sql::Value;
use counterfoil_ledger::Hash;
use counterfoil_ledger::record::{Column, record_digest};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Ids, times, numbers, our own words, digests of ciphertext.
    Plain,
    /// Opaque bytes of the vault.
    Sealed,
    /// An HMAC under a key of the vault.
    Keyed,
    /// A wrapped key.
    Key,
}

/// How what a column holds goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Erased {
    /// Its key is destroyed, then the row goes.
    Punctured,
    /// It goes with its row.
    Row,
    /// It is removed when the work is done.
    Done,
    /// It is removed after its term.
    Swept,
    /// It is replaced when an epoch is retired.
    Rotated,
    /// It holds nothing about anyone and stays.
    Kept,
}

/// What is said about one column.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Classified {
    /// What it holds.
    pub class: Class,
    /// Whether it never changes once the row is there.
    pub immutable: bool,
    /// Whether it may leave in an export of its record.
    pub exported: bool,
    /// How it goes away.
    pub erased: Erased,
    /// What else there is to know.
    pub note: Option<String>,
}

/// What is said about one table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassifiedTable {
    /// Whether its rows are inserted only together with their leaf.
    pub recorded: bool,
    /// Its columns by name.
    pub columns: BTreeMap<String, Classified>,
}

/// What is said about both stores.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Classification {
    /// The tables of the data store.
    pub data: BTreeMap<String, ClassifiedTable>,
    /// The tables of the vault store.
    pub vault: BTreeMap<String, ClassifiedTable>,
}

static CLASSIFICATION: LazyLock<Classification> = LazyLock::new(|| {
    toml::from_str(include_str!("../schema/columns.toml"))
        .expect("the file is part of this program and read by its tests")
});

/// The classification of every column.
pub fn classification() -> &'static Classification {
    &CLASSIFICATION
}

/// For each recorded table, which of its row type's columns never change.
static DIGESTED: LazyLock<HashMap<&'static str, Vec<bool>>> = LazyLock::new(|| {
    crate::rows::TABLES
        .iter()
        .filter_map(|table| {
            let said = classification().data.get(table.name).filter(|said| said.recorded)?;
            let immutable = |name: &&str| said.columns.get(*name).is_some_and(|column| column.immutable);
            Some((table.name, table.columns.iter().map(immutable).collect()))
        })
        .collect()
});

/// The record digest of a row of a recorded table: over its columns that never change.
pub(crate) fn digest(table: &Table, values: &[Value]) -> Hash {
    let immutable = DIGESTED
        .get(table.name)
        .expect("only recorded tables implement Record, which a test compares with the classification");
    let columns: Vec<(&str, Column<'_>)> = table
        .columns
        .iter()
        .zip(values)
        .zip(immutable)
        .filter(|(_, immutable)| **immutable)
        .map(|((name, value), _)| (*name, column(value)))
        .collect();
    record_digest(table.name, &columns).expect("a table has no column twice")
}

fn column(value: &Value) -> Column<'_> {
    match value {
        Value::Int(number) => Column::Int(*number),
        Value::Bytes(bytes) => Column::Bytes(bytes),
        Value::Text(text) => Column::Text(text),
        Value::Null => Column::Null,
    }
}
