//! Changing, taking away and adding behind the product's back: verify must fail each time and name the place.
//!
//! Places are drawn by a seed that is printed. The small run reaches the columns that matter most once; with `COUNTERFOIL_PROOF=full` every
//! column of every table is reached several times. Each round is undone before the next, and at the end everything must be sound again.

use super::verifying::everything;
use crate::harness::{BackDoor, Cell, Engine, Place, Seeded, World, variable};
use counterfoil_flow::Flow;
use counterfoil_flow::custody::sequence::drain;
use counterfoil_flow::custody::verify::{Difference, What};
use counterfoil_ledger::tree::Frontier;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Which database a table lies in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Store {
    Data,
    Vault,
}

/// Tables of records that every run reaches; the first column is the id.
const RECORDS: &[&str] = &["message", "attachment", "attachment_step", "identity", "tick"];
/// The other tables of records, for the run at full size.
const MORE_RECORDS: &[&str] = &[
    "conversation",
    "contact",
    "contact_name",
    "identity_end",
    "connection",
    "connection_settings",
    "gate_authority",
    "gate",
    "gate_end",
    "channel",
    "team",
    "team_member",
    "person",
    "person_state",
    "credential",
    "reference",
    "filing",
    "filing_step",
    "kept",
];
/// The log's own tables and the vault's; the first column is the key.
const LOG: &[&str] = &["leaf", "checkpoint", "log_head"];
const VAULT: &[&str] = &["epoch", "tree", "secret", "head"];

/// What is tampered with, and with what.
struct Tampering<'a> {
    place: &'a Place,
    flow: Flow,
    data: BackDoor,
    vault: BackDoor,
    chance: Seeded,
    /// Rounds and finds by kind.
    figures: BTreeMap<String, u32>,
}

impl Tampering<'_> {
    fn door(&mut self, store: Store) -> &mut BackDoor {
        match store {
            Store::Data => &mut self.data,
            Store::Vault => &mut self.vault,
        }
    }

    /// Verifies; one of the differences must be `named`.
    async fn found(&mut self, kind: String, what: &str, named: impl Fn(&Difference) -> bool) {
        let report = everything(&self.flow).await;
        assert!(!report.sound, "{kind}: {what} was not noticed");
        assert!(
            report.differences.iter().any(named),
            "{kind}: {what} was noticed and not named:\n{report}"
        );
        *self.figures.entry(kind).or_default() += 1;
    }

    /// A row of a table whose column holds something: its key and that column.
    async fn draw(&mut self, store: Store, table: &str, key: &str, column: &str) -> Option<(Cell, Cell)> {
        let count = format!("SELECT count(*) FROM {table} WHERE {column} IS NOT NULL");
        let Cell::Int(count) = self.door(store).rows(&count, &[]).await[0][0] else {
            panic!("a count is a number")
        };
        let count = usize::try_from(count).unwrap();
        if count == 0 {
            return None;
        }
        let offset = self.chance.below(count);
        let sql = format!(
            "SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY {key} LIMIT 1 OFFSET {offset}"
        );
        let mut row = self.door(store).rows(&sql, &[]).await.remove(0);
        let value = row.pop().unwrap();
        Some((row.pop().unwrap(), value))
    }

    /// Flips one bit of one column of one row.
    async fn flip(&mut self, store: Store, table: &'static str, column: &str) {
        let key = self.door(store).columns(table).await.remove(0);
        let Some((id, value)) = self.draw(store, table, &key, column).await else {
            return;
        };
        let flipped = self.flipped(&value);
        let sql = format!("UPDATE {table} SET {column} = $1 WHERE {key} = $2");
        // Where the engine itself would not have it, nothing was tampered with.
        if self.door(store).change(&sql, &[flipped.clone(), id.clone()]).await != Some(1) {
            return;
        }
        let now = if column == key { flipped.clone() } else { id.clone() };
        let what = format!("{column} of {table} {id:?}, {value:?} to {flipped:?}");
        let whose = [written(table, &id), written(table, &now)];
        let is_row = |difference: &Difference| whose.iter().any(|id| difference.id.ends_with(id));
        let kind = format!("a bit of {table}.{column}");
        self.found(kind, &what, |difference| {
            let column_told = match difference.column {
                // What is sealed, folded or the log's own is named to the column.
                Some(told) => told == column,
                None => !column.starts_with("sealed_"),
            };
            match table {
                "log_head" => difference.table == table && column_told,
                "epoch" | "tree" | "secret" | "head" => difference.table == table,
                "message" => {
                    difference.table == table
                        && is_row(difference)
                        && column_told
                        && difference.place.contains(" of conversation cnv_")
                }
                _ => difference.table == table && is_row(difference) && column_told,
            }
        })
        .await;
        assert_eq!(
            self.door(store).change(&sql, &[value, now]).await,
            Some(1),
            "{what} is undone"
        );
    }

    fn flipped(&self, value: &Cell) -> Cell {
        match value {
            Cell::Int(number) => Cell::Int(number ^ (1 << self.chance.below(64))),
            Cell::Bytes(bytes) => {
                let mut bytes = bytes.clone();
                let at = self.chance.below(bytes.len());
                bytes[at] ^= 1 << self.chance.below(8);
                Cell::Bytes(bytes)
            }
            Cell::Text(text) => loop {
                let mut bytes = text.clone().into_bytes();
                let at = self.chance.below(bytes.len());
                bytes[at] ^= 1 << self.chance.below(7);
                // A text stays a text, or the engine would not take it.
                if bytes[at] != 0
                    && let Ok(text) = String::from_utf8(bytes)
                {
                    break Cell::Text(text);
                }
            },
            Cell::Null => panic!("nothing has no bits"),
        }
    }

    /// Flips one bit of an object.
    async fn flip_object(&mut self, kind: &str, name: &str) {
        let path = self.place.objects().join(name);
        let before = std::fs::read(&path).unwrap();
        let Cell::Bytes(after) = self.flipped(&Cell::Bytes(before.clone())) else {
            panic!("bytes stay bytes")
        };
        std::fs::write(&path, after).unwrap();
        self.found(format!("a bit of {kind}"), name, |difference| {
            difference.table == "object" && difference.id == name
        })
        .await;
        std::fs::write(&path, before).unwrap();
    }

    /// Takes an object away.
    async fn remove_object(&mut self, kind: &str, name: &str) {
        let path = self.place.objects().join(name);
        let before = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        self.found(format!("{kind} gone"), name, |difference| {
            difference.table == "object" && difference.id == name && difference.what == What::Missing
        })
        .await;
        std::fs::write(&path, before).unwrap();
    }

    /// Takes a row away.
    async fn delete(&mut self, store: Store, table: &'static str) {
        let columns = self.door(store).columns(table).await;
        let key = columns[0].clone();
        let Some((id, _)) = self.draw(store, table, &key, &key).await else {
            return;
        };
        let row = self.row(store, table, &columns, &id).await;
        let sql = format!("DELETE FROM {table} WHERE {key} = $1");
        assert_eq!(self.door(store).change(&sql, std::slice::from_ref(&id)).await, Some(1));
        let whose = written(table, &id);
        self.found(format!("a row of {table} gone"), &whose, |difference| match store {
            Store::Data => {
                difference.table == table && difference.id.ends_with(&whose) && difference.what == What::Deleted
            }
            // Without its tree nothing that hangs in it opens.
            Store::Vault => {
                difference.column.is_some_and(|column| column.starts_with("sealed_")) || difference.table == table
            }
        })
        .await;
        self.insert(store, table, &columns, row).await;
    }

    /// Adds a row that the log knows nothing of: another one under a new id.
    async fn add(&mut self, table: &'static str) {
        let columns = self.data.columns(table).await;
        let Some((id, _)) = self.draw(Store::Data, table, "id", "id").await else {
            return;
        };
        let mut row = self.row(Store::Data, table, &columns, &id).await;
        let new = self.flipped(&id);
        for (column, cell) in columns.iter().zip(&mut row) {
            match column.as_str() {
                "id" => *cell = new.clone(),
                // No two rows may have the same.
                "lookup" | "provider_hash" | "position" if *cell != Cell::Null => *cell = self.flipped(cell),
                _ => {}
            }
        }
        self.insert(Store::Data, table, &columns, row).await;
        let whose = written(table, &new);
        self.found(format!("a row of {table} added"), &whose, |difference| {
            difference.table == table && difference.id.ends_with(&whose) && difference.what == What::Unrecorded
        })
        .await;
        assert_eq!(
            self.data
                .change(&format!("DELETE FROM {table} WHERE id = $1"), &[new])
                .await,
            Some(1)
        );
    }

    /// Exchanges a sealed column of two rows.
    async fn swap(&mut self, table: &'static str, column: &'static str) {
        let Some(one) = self.draw(Store::Data, table, "id", column).await else {
            return;
        };
        let other = loop {
            let other = self.draw(Store::Data, table, "id", column).await.unwrap();
            if other != one {
                break other;
            }
        };
        let sql = format!("UPDATE {table} SET {column} = $1 WHERE id = $2");
        let ((one, content), (other, contents)) = (one, other);
        self.data.change(&sql, &[contents.clone(), one.clone()]).await.unwrap();
        self.data.change(&sql, &[content.clone(), other.clone()]).await.unwrap();
        for id in [&one, &other] {
            let whose = written(table, id);
            self.found(format!("two {table}.{column} swapped"), &whose, |difference| {
                difference.table == table && difference.id.ends_with(&whose) && difference.column == Some(column)
            })
            .await;
        }
        self.data.change(&sql, &[content, one]).await.unwrap();
        self.data.change(&sql, &[contents, other]).await.unwrap();
    }

    /// Drops the last leaves; `smoothly`: with the head set back and the checkpoints gone, as one would who knows the tables.
    async fn drop_leaves(&mut self, count: i64, smoothly: bool) {
        let columns = self.data.columns("leaf").await;
        let list = columns.join(", ");
        let all = self
            .data
            .rows(&format!("SELECT {list} FROM leaf ORDER BY number"), &[])
            .await;
        let end = i64::try_from(all.len()).unwrap() - count;
        let head = self
            .data
            .rows("SELECT size, frontier, root FROM log_head", &[])
            .await
            .remove(0);
        let checkpoints = self
            .data
            .rows("SELECT size, note FROM checkpoint WHERE size > $1", &[Cell::Int(end)])
            .await;
        self.data
            .change("DELETE FROM leaf WHERE number >= $1", &[Cell::Int(end)])
            .await
            .unwrap();
        let set_head = "UPDATE log_head SET size = $1, frontier = $2, root = $3";
        if smoothly {
            let mut frontier = Frontier::default();
            for row in &all[..usize::try_from(end).unwrap()] {
                let Cell::Bytes(hash) = &row[2] else {
                    panic!("a hash is bytes")
                };
                frontier.append(hash.as_slice().try_into().unwrap());
            }
            let root = Cell::Bytes(frontier.root().to_vec());
            self.data
                .change(set_head, &[Cell::Int(end), Cell::Bytes(frontier.to_bytes()), root])
                .await
                .unwrap();
            self.data
                .change("DELETE FROM checkpoint WHERE size > $1", &[Cell::Int(end)])
                .await
                .unwrap();
        }
        let kind = format!(
            "the last {count} leaves gone{}",
            if smoothly { ", head set back" } else { "" }
        );
        self.found(kind, "dropping leaves", |difference| {
            difference.table == "leaf" && difference.id == end.to_string() && difference.what == What::Deleted
        })
        .await;
        if smoothly {
            // What the run itself left was numbered from the head that was set back.
            let more = "DELETE FROM leaf WHERE number >= $1";
            self.data.change(more, &[Cell::Int(end)]).await.unwrap();
        }
        for row in all.into_iter().skip(usize::try_from(end).unwrap()) {
            self.insert(Store::Data, "leaf", &columns, row).await;
        }
        if smoothly {
            self.data.change(set_head, &head).await.unwrap();
            let columns = ["size".to_owned(), "note".to_owned()];
            for row in checkpoints {
                self.insert(Store::Data, "checkpoint", &columns, row).await;
            }
        }
    }

    async fn row(&mut self, store: Store, table: &str, columns: &[String], id: &Cell) -> Vec<Cell> {
        let sql = format!("SELECT {} FROM {table} WHERE {} = $1", columns.join(", "), columns[0]);
        self.door(store).rows(&sql, std::slice::from_ref(id)).await.remove(0)
    }

    async fn insert(&mut self, store: Store, table: &str, columns: &[String], row: Vec<Cell>) {
        // An absent value is left out, so that it need not be told what it would have been.
        let (names, cells): (Vec<&str>, Vec<Cell>) = columns
            .iter()
            .map(String::as_str)
            .zip(row)
            .filter(|(_, cell)| *cell != Cell::Null)
            .unzip();
        let numbers: Vec<String> = (1..=names.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "INSERT INTO {table} ({}) VALUES ({})",
            names.join(", "),
            numbers.join(", ")
        );
        assert_eq!(self.door(store).change(&sql, &cells).await, Some(1), "{sql}");
    }
}

/// How a key ends in a report.
fn written(table: &str, key: &Cell) -> String {
    match key {
        Cell::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Cell::Int(number) => number.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::Null => panic!("a key of {table} is never absent"),
    }
}

/// Every object under a folder of names.
fn objects(place: &Place, under: &str) -> Vec<String> {
    fn walk(root: &Path, folder: PathBuf, names: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, path, names);
            } else {
                names.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let mut names = Vec::new();
    walk(&place.objects(), place.objects().join(under), &mut names);
    names.sort_unstable();
    names
}

/// A world of about 400 leaves, numbered and signed in several passes, so that there are older partial tiles too.
async fn tampering(place: &Place, seed: u64) -> Tampering<'_> {
    let mut world = World::begin(place).await;
    for messages in [22, 20, 18, 24] {
        world.conversation(messages).await;
    }
    let flow = world.flow().await;
    drain(&flow).await.unwrap();
    for messages in [8, 6] {
        world.conversation(messages).await;
        drain(&flow).await.unwrap();
    }
    Tampering {
        place,
        flow,
        data: BackDoor::data(place).await,
        vault: BackDoor::vault(place).await,
        chance: Seeded::new(seed),
        figures: BTreeMap::new(),
    }
}

async fn whatever_is_tampered_with_is_found_and_named(place: Place) {
    let full = variable("COUNTERFOIL_PROOF").as_deref() == Some("full");
    let seed = variable("COUNTERFOIL_SEED")
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(2_026);
    let size = match (full, &place.engine) {
        // The engines hold the same; the small run takes turns on the slower one.
        (false, Engine::Sqlite) => Size {
            rounds: 1,
            full,
            every: 3,
        },
        (false, Engine::Postgres { .. }) => Size {
            rounds: 1,
            full,
            every: 9,
        },
        (true, Engine::Sqlite) => Size {
            rounds: 6,
            full,
            every: 1,
        },
        (true, Engine::Postgres { .. }) => Size {
            rounds: 3,
            full,
            every: 1,
        },
    };
    let mut tampering = tampering(&place, seed).await;
    let before = everything(&tampering.flow).await;
    assert!(before.sound, "{before}");
    assert!(
        before.log.leaves > 256 + 100,
        "{} leaves are too few",
        before.log.leaves
    );

    for _ in 0..size.rounds {
        bits(&mut tampering, size).await;
        objects_of_all_kinds(&mut tampering).await;
        for table in ["message", "attachment", "attachment_step", "identity", "tick", "leaf"] {
            tampering.delete(Store::Data, table).await;
        }
        for table in ["epoch", "tree", "secret"] {
            tampering.delete(Store::Vault, table).await;
        }
        for table in ["message", "attachment", "attachment_step", "identity", "tick"] {
            tampering.add(table).await;
        }
        for (table, column) in [
            ("message", "sealed_body"),
            ("identity", "sealed_value"),
            ("tick", "sealed_about"),
        ] {
            tampering.swap(table, column).await;
        }
    }
    tampering.drop_leaves(100, false).await;
    tampering.drop_leaves(100, true).await;

    let after = everything(&tampering.flow).await;
    assert!(after.sound, "all was undone: {after}");
    let mut out = std::io::stderr().lock();
    writeln!(out, "seed {seed}, {} leaves", before.log.leaves).unwrap();
    for (kind, found) in &tampering.figures {
        writeln!(out, "{found:>4} of {found:>4} found and named: {kind}").unwrap();
    }
}

/// How large a run is.
#[derive(Clone, Copy)]
struct Size {
    rounds: u32,
    full: bool,
    /// Every which column is reached.
    every: usize,
}

/// A bit in the columns of the tables.
async fn bits(tampering: &mut Tampering<'_>, size: Size) {
    let more = if size.full { MORE_RECORDS } else { &[] };
    let data = RECORDS.iter().chain(LOG).chain(more).map(|table| (Store::Data, *table));
    let tables: Vec<(Store, &'static str)> = data.chain(VAULT.iter().map(|table| (Store::Vault, *table))).collect();
    let mut columns = Vec::new();
    for (store, table) in tables {
        columns.extend(
            tampering
                .door(store)
                .columns(table)
                .await
                .into_iter()
                .map(|column| (store, table, column)),
        );
    }
    // A lower fencing number cannot be told from a lease that changed hands; it only matters to sequencers at work.
    columns.retain(|(_, table, column)| (*table, column.as_str()) != ("log_head", "fence"));
    let first = tampering.chance.below(size.every);
    for (store, table, column) in columns.into_iter().skip(first).step_by(size.every) {
        tampering.flip(store, table, &column).await;
    }
}

/// A bit in an object of each kind, and each kind gone.
async fn objects_of_all_kinds(tampering: &mut Tampering<'_>) {
    let (bundles, tiles): (Vec<String>, Vec<String>) = objects(tampering.place, "ledger/tile")
        .into_iter()
        .partition(|name| name.contains("/entries/"));
    let blobs = objects(tampering.place, "blobs");
    for (kind, names) in [("a tile", tiles), ("an entry bundle", bundles), ("a file", blobs)] {
        for _ in 0..2 {
            let name = &names[tampering.chance.below(names.len())];
            tampering.flip_object(kind, name).await;
        }
        // Older partial tiles may go; full ones and files may not.
        let lasting: Vec<&String> = names.iter().filter(|name| !name.contains(".p/")).collect();
        let name = lasting[tampering.chance.below(lasting.len())];
        tampering.remove_object(kind, name).await;
    }
    tampering
        .flip_object("the mirrored checkpoint", "ledger/checkpoint")
        .await;
    tampering
        .remove_object("the mirrored checkpoint", "ledger/checkpoint")
        .await;
}

on_both! { whatever_is_tampered_with_is_found_and_named }
