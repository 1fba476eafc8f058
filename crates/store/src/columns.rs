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
    /// With which version of its table it came, if it was not there from the start.
    pub gained: Option<Gained>,
    /// What else there is to know.
    pub note: Option<String>,
}

/// How a recorded table gained a column that never changes.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gained {
    /// The version of the table's record, 2 or more: from then on rows are digested under its name.
    pub version: u8,
    /// What stands in rows of before: a number, or nothing.
    pub before: Option<i64>,
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

/// What the record digests of a table are over.
struct Digested {
    /// The names under which its rows are and were digested, oldest first.
    names: Vec<String>,
    /// Of each column of its row type: when the table gained it, if it never changes.
    taken: Vec<Option<Gained>>,
}

static DIGESTED: LazyLock<HashMap<&'static str, Digested>> = LazyLock::new(|| {
    let from_the_start = Gained {
        version: 1,
        before: None,
    };
    crate::rows::TABLES
        .iter()
        .filter_map(|table| {
            let said = classification().data.get(table.name).filter(|said| said.recorded)?;
            let taken = |name: &&str| {
                let column = said.columns.get(*name).filter(|column| column.immutable)?;
                Some(column.gained.unwrap_or(from_the_start))
            };
            let taken: Vec<Option<Gained>> = table.columns.iter().map(taken).collect();
            let newest = taken.iter().flatten().map(|taken| taken.version).max().unwrap_or(1);
            let name = |version| match version {
                1 => table.name.to_owned(),
                version => format!("{}.{version}", table.name),
            };
            let names = (1..=newest).map(name).collect();
            Some((table.name, Digested { names, taken }))
        })
        .collect()
});

fn digested(table: &Table) -> &'static Digested {
    DIGESTED
        .get(table.name)
        .expect("only recorded tables implement Record, which a test compares with the classification")
}

/// The record digest of a row of a recorded table: over its columns that never change.
pub(crate) fn digest(table: &Table, values: &[Value]) -> Hash {
    let digested = digested(table);
    digested.over(table, values, digested.names.len())
}

/// Every digest that a row may have been recorded with, newest first: also those of before its table gained columns, as long as what stands in
/// these is what stands in every row of before (`docs/formats/record-digest.md`).
pub(crate) fn digests(table: &Table, values: &[Value]) -> Vec<Hash> {
    let digested = digested(table);
    let mut digests = Vec::with_capacity(1);
    for version in (1..=digested.names.len()).rev() {
        digests.push(digested.over(table, values, version));
        let mut gained = digested.taken.iter().zip(values);
        if gained.any(|(taken, value)| {
            taken.is_some_and(|taken| usize::from(taken.version) == version && !taken.stood(value))
        }) {
            break;
        }
    }
    digests
}

impl Digested {
    fn over(&self, table: &Table, values: &[Value], version: usize) -> Hash {
        let columns: Vec<(&str, Column<'_>)> = table
            .columns
            .iter()
            .zip(values)
            .zip(&self.taken)
            .filter(|(_, taken)| taken.is_some_and(|taken| usize::from(taken.version) <= version))
            .map(|((name, value), _)| (*name, column(value)))
            .collect();
        record_digest(&self.names[version - 1], &columns).expect("a table has no column twice")
    }
}

impl Gained {
    /// Whether this is what stands in rows of before the column.
    fn stood(&self, value: &Value) -> bool {
        match (self.before, value) {
            (Some(before), Value::Int(number)) => before == *number,
            (None, Value::Null) => true,
            _ => false,
        }
    }
}

fn column(value: &Value) -> Column<'_> {
    match value {
        Value::Int(number) => Column::Int(*number),
        Value::Bytes(bytes) => Column::Bytes(bytes),
        Value::Text(text) => Column::Text(text),
        Value::Null => Column::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{MessageRow, Row};

    /// A message with this origin, and the digest that its leaf has from before there were origins.
    fn of_before(origin: i64) -> (Vec<Value>, Hash) {
        let table = MessageRow::TABLE;
        let values: Vec<Value> = table
            .columns
            .iter()
            .map(|name| {
                if *name == "origin" {
                    Value::Int(origin)
                } else {
                    Value::Int(7)
                }
            })
            .collect();
        let taken = |name: &str| name != "origin" && classification().data["message"].columns[name].immutable;
        let columns: Vec<(&str, Column<'_>)> = table
            .columns
            .iter()
            .filter(|name| taken(name))
            .map(|name| (*name, Column::Int(7)))
            .collect();
        (values, record_digest("message", &columns).unwrap())
    }

    #[test]
    fn a_row_of_before_a_column_fits_while_nothing_was_written_into_it() {
        let (values, recorded) = of_before(1);
        let digests = digests(MessageRow::TABLE, &values);
        assert_eq!(digests.len(), 2);
        assert_eq!((digests[0], digests[1]), (digest(MessageRow::TABLE, &values), recorded));
        let (altered, recorded) = of_before(5);
        assert!(!super::digests(MessageRow::TABLE, &altered).contains(&recorded));
    }
}
