//! A vault store and a root key in memory: for tests and for checking vectors, never for an installation.
//!
//! The store keeps the rules of [`KeyStore`] and can be told to fail, before or after it kept what it was given. Its rows can
//! be changed from outside, to see that the vault notices.

mod root;

pub use root::MemoryRootKey;

use crate::key_store::{
    Answer, EpochRow, HeadRow, HoldAnswer, HoldRow, KeyStore, KeyStoreError, NodeRow, PunctureAnswer, PunctureRow,
    SecretRow, TreePuncture, TreeRow,
};
use crate::run::Run;
use counterfoil_model::{HoldId, NodeId, Timestamp, TreeId};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// All rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// By number.
    pub epochs: BTreeMap<i64, EpochRow>,
    /// By id.
    pub trees: BTreeMap<TreeId, TreeRow>,
    /// By name.
    pub secrets: BTreeMap<String, SecretRow>,
    /// The head.
    pub head: Option<HeadRow>,
    /// In order.
    pub punctures: Vec<PunctureRow>,
    /// The number of the last puncture.
    pub puncture_head: i64,
    /// By id.
    pub nodes: BTreeMap<NodeId, NodeRow>,
    /// By hold, tree and run.
    pub holds: BTreeMap<(HoldId, TreeId, Run), HoldRow>,
}

impl Rows {
    fn tree_replace(&mut self, generation_read: i64, row: TreeRow) -> bool {
        let open = self.is_open(row.epoch);
        match self.trees.get_mut(&row.id) {
            Some(there) if open && there.generation == generation_read => {
                *there = row;
                true
            }
            _ => false,
        }
    }

    fn epoch_turn(&mut self, closes: EpochRow, opens: EpochRow) -> bool {
        let stands = |row: &EpochRow, state| self.epochs.get(&row.number).is_some_and(|there| there.state == state);
        let good = stands(&closes, 1) && stands(&opens, 4);
        if good {
            self.epochs.insert(closes.number, closes);
            self.epochs.insert(opens.number, opens);
        }
        good
    }

    fn epoch_retire(&mut self, row: EpochRow) -> bool {
        let closed = self.epochs.get(&row.number).is_some_and(|there| there.state == 2);
        let wraps = self.trees.values().any(|tree| tree.epoch == row.number)
            || self.secrets.values().any(|secret| secret.epoch == row.number);
        if closed && !wraps {
            self.epochs.insert(row.number, row);
        }
        closed && !wraps
    }

    fn trees_rewrap(&mut self, rows: Vec<TreeRow>) -> u64 {
        let written = rows.into_iter().map(|row| self.tree_replace(row.generation - 1, row));
        written.map(u64::from).sum()
    }

    fn tree_puncture(&mut self, trees: Vec<TreePuncture>, at: Timestamp) -> PunctureAnswer {
        let refused = |put: &TreePuncture| {
            let there = self.trees.get(&put.row.id);
            !self.is_open(put.row.epoch) || there.is_none_or(|there| there.generation + 1 != put.row.generation)
        };
        if trees.iter().any(refused) {
            return PunctureAnswer::Refused;
        }
        let held = trees.iter().flat_map(|put| {
            let on = self.holds.values().filter(|hold| hold.tree == put.row.id);
            on.filter(|hold| hold.released_at.is_none() && hold.run.meets(&put.forgets))
        });
        let held: Vec<HoldRow> = held.copied().collect();
        if !held.is_empty() {
            return PunctureAnswer::Held(held);
        }
        for TreePuncture { row, .. } in trees {
            self.puncture(Some(row.id), at);
            self.trees.insert(row.id, row);
        }
        PunctureAnswer::Kept
    }

    fn hold_place(&mut self, rows: Vec<HoldRow>) -> HoldAnswer {
        if let Some(row) = rows.iter().find(|row| !self.trees.contains_key(&row.tree)) {
            return HoldAnswer::NoTree(row.tree);
        }
        let released = |row: &&HoldRow| {
            let there = self.holds.values();
            there
                .filter(|there| there.id == row.id)
                .any(|there| there.released_at.is_some())
        };
        if let Some(row) = rows.iter().find(released) {
            return HoldAnswer::Released(row.id);
        }
        for row in rows {
            self.holds.entry((row.id, row.tree, row.run)).or_insert(row);
        }
        HoldAnswer::Kept
    }

    fn hold_release(&mut self, id: HoldId, at: Timestamp) -> bool {
        let living = self.holds.values_mut();
        let living = living.filter(|row| row.id == id && row.released_at.is_none());
        living.map(|row| row.released_at = Some(at)).count() > 0
    }

    fn puncture(&mut self, tree: Option<TreeId>, at: Timestamp) {
        self.puncture_head += 1;
        let number = self.puncture_head;
        self.punctures.push(PunctureRow { number, tree, at });
    }

    fn is_open(&self, epoch: i64) -> bool {
        self.epochs.get(&epoch).is_some_and(|row| row.state == 1)
    }
}

/// How the next write fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is kept, and the answer is an error.
    NotKept,
    /// Everything is kept, and the answer is an error all the same.
    Kept,
}

#[derive(Default)]
struct State {
    rows: Rows,
    /// After how many more writes, and how.
    fault: Option<(u64, Fault)>,
    refuses: bool,
    writes: u64,
    pauses: bool,
}

/// A [`KeyStore`] in memory.
#[derive(Default)]
pub struct MemoryKeyStore {
    state: Mutex<State>,
}

#[derive(Debug, thiserror::Error)]
#[error("the store in memory was told to fail")]
struct ToldToFail;

impl MemoryKeyStore {
    /// Lets the next write fail in this way.
    pub fn fail_next(&self, fault: Fault) {
        self.fail_after(0, fault);
    }

    /// Lets the write after so many more fail in this way.
    pub fn fail_after(&self, writes: u64, fault: Fault) {
        self.state().fault = Some((writes, fault));
    }

    /// From now on no write is kept and each answers an error, until it is told otherwise.
    pub fn refuse_writes(&self, refuse: bool) {
        self.state().refuses = refuse;
    }

    /// From now on each call waits once before it does anything, so that a test can let callers take turns, call by call.
    pub fn pause_before_calls(&self, pauses: bool) {
        self.state().pauses = pauses;
    }

    /// How many writes it was asked for.
    pub fn writes(&self) -> u64 {
        self.state().writes
    }

    /// A copy of all rows, such as a backup would hold.
    pub fn rows(&self) -> Rows {
        self.state().rows.clone()
    }

    /// Changes rows behind the vault's back.
    pub fn change(&self, change: impl FnOnce(&mut Rows)) {
        change(&mut self.state().rows);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn turn(&self) {
        let pauses = self.state().pauses;
        if pauses {
            tokio::task::yield_now().await;
        }
    }

    fn read<'a, T: Send + 'a>(&'a self, read: impl FnOnce(&Rows) -> T + Send + 'a) -> Answer<'a, T> {
        Box::pin(async {
            self.turn().await;
            Ok(read(&self.state().rows))
        })
    }

    fn write<'a, T: Send + 'a>(&'a self, write: impl FnOnce(&mut Rows) -> T + Send + 'a) -> Answer<'a, T> {
        Box::pin(async {
            self.turn().await;
            let mut state = self.state();
            state.writes += 1;
            let fault = match state.fault.take() {
                Some((0, fault)) => Some(fault),
                Some((writes, fault)) => {
                    state.fault = Some((writes - 1, fault));
                    None
                }
                None => state.refuses.then_some(Fault::NotKept),
            };
            let result = (fault != Some(Fault::NotKept)).then(|| write(&mut state.rows));
            match (fault, result) {
                (None, Some(result)) => Ok(result),
                _ => Err(KeyStoreError(Box::new(ToldToFail))),
            }
        })
    }
}

impl KeyStore for MemoryKeyStore {
    fn epochs(&self) -> Answer<'_, Vec<EpochRow>> {
        self.read(move |rows| rows.epochs.values().cloned().collect())
    }

    fn epoch_insert(&self, row: EpochRow) -> Answer<'_, bool> {
        self.write(move |rows| {
            let free = !rows.epochs.contains_key(&row.number);
            if free {
                rows.epochs.insert(row.number, row);
            }
            free
        })
    }

    fn epoch_turn(&self, closes: EpochRow, opens: EpochRow) -> Answer<'_, bool> {
        self.write(move |rows| rows.epoch_turn(closes, opens))
    }

    fn epoch_retire(&self, row: EpochRow) -> Answer<'_, bool> {
        self.write(move |rows| rows.epoch_retire(row))
    }

    fn trees_under(&self, epoch: i64, after: Option<TreeId>, limit: i64) -> Answer<'_, Vec<TreeRow>> {
        let limit = usize::try_from(limit).unwrap_or(0);
        self.read(move |rows| {
            let under = rows
                .trees
                .values()
                .filter(|row| row.epoch == epoch && after.is_none_or(|after| row.id > after));
            under.take(limit).cloned().collect()
        })
    }

    fn trees_rewrap(&self, new: Vec<TreeRow>) -> Answer<'_, u64> {
        self.write(move |rows| rows.trees_rewrap(new))
    }

    fn trees(&self, ids: Vec<TreeId>) -> Answer<'_, Vec<TreeRow>> {
        self.read(move |rows| ids.iter().filter_map(|id| rows.trees.get(id).cloned()).collect())
    }

    fn tree_scan(&self, after: Option<TreeId>, limit: i64) -> Answer<'_, Vec<TreeRow>> {
        let limit = usize::try_from(limit).unwrap_or(0);
        self.read(move |rows| {
            let later = rows
                .trees
                .values()
                .filter(|row| after.is_none_or(|after| row.id > after));
            later.take(limit).cloned().collect()
        })
    }

    fn tree_insert(&self, new: Vec<TreeRow>) -> Answer<'_, bool> {
        self.write(move |rows| {
            let good = new
                .iter()
                .all(|row| rows.is_open(row.epoch) && !rows.trees.contains_key(&row.id));
            if good {
                rows.trees.extend(new.into_iter().map(|row| (row.id, row)));
            }
            good
        })
    }

    fn tree_replace(&self, generation_read: i64, row: TreeRow) -> Answer<'_, bool> {
        self.write(move |rows| rows.tree_replace(generation_read, row))
    }

    fn tree_puncture(&self, trees: Vec<TreePuncture>, at: Timestamp) -> Answer<'_, PunctureAnswer> {
        self.write(move |rows| rows.tree_puncture(trees, at))
    }

    fn hold_place(&self, new: Vec<HoldRow>) -> Answer<'_, HoldAnswer> {
        self.write(move |rows| rows.hold_place(new))
    }

    fn hold_release(&self, id: HoldId, at: Timestamp) -> Answer<'_, bool> {
        self.write(move |rows| rows.hold_release(id, at))
    }

    fn holds_on(&self, trees: Vec<TreeId>) -> Answer<'_, Vec<HoldRow>> {
        self.read(move |rows| {
            let on = rows.holds.values().filter(|row| trees.contains(&row.tree));
            on.filter(|row| row.released_at.is_none()).copied().collect()
        })
    }

    fn hold_scan(&self, after: Option<HoldRow>, limit: i64) -> Answer<'_, Vec<HoldRow>> {
        let limit = usize::try_from(limit).unwrap_or(0);
        let after = after.map(|row| (row.id, row.tree, row.run));
        self.read(move |rows| {
            let later = rows.holds.iter().filter(|(place, _)| Some(**place) > after);
            later.take(limit).map(|(_, row)| *row).collect()
        })
    }

    fn secrets(&self) -> Answer<'_, Vec<SecretRow>> {
        self.read(move |rows| rows.secrets.values().cloned().collect())
    }

    fn secret_insert(&self, row: SecretRow) -> Answer<'_, bool> {
        self.write(move |rows| {
            let good = rows.is_open(row.epoch) && !rows.secrets.contains_key(&row.name);
            if good {
                rows.secrets.insert(row.name.clone(), row);
            }
            good
        })
    }

    fn secret_replace(&self, generation_read: i64, row: SecretRow) -> Answer<'_, bool> {
        self.write(move |rows| {
            let open = rows.is_open(row.epoch);
            match rows.secrets.get_mut(&row.name) {
                Some(there) if open && there.generation == generation_read => {
                    *there = row;
                    true
                }
                _ => false,
            }
        })
    }

    fn secret_delete(&self, name: String, at: Timestamp) -> Answer<'_, bool> {
        self.write(move |rows| {
            let deleted = rows.secrets.remove(&name).is_some();
            if deleted {
                rows.puncture(None, at);
            }
            deleted
        })
    }

    fn puncture_head(&self) -> Answer<'_, i64> {
        self.read(move |rows| rows.puncture_head)
    }

    fn punctures(&self, after: i64, limit: i64) -> Answer<'_, Vec<PunctureRow>> {
        let limit = usize::try_from(limit).unwrap_or(0);
        self.read(move |rows| {
            let later = rows.punctures.iter().filter(|row| row.number > after);
            later.take(limit).copied().collect()
        })
    }

    fn node_put(&self, row: NodeRow) -> Answer<'_, bool> {
        self.write(move |rows| {
            rows.nodes.insert(row.id, row);
            true
        })
    }

    fn node_remove(&self, id: NodeId) -> Answer<'_, bool> {
        self.write(move |rows| rows.nodes.remove(&id).is_some())
    }

    fn nodes(&self) -> Answer<'_, Vec<NodeRow>> {
        self.read(move |rows| rows.nodes.values().copied().collect())
    }

    fn nodes_sweep(&self, before: Timestamp) -> Answer<'_, ()> {
        let swept = self.write(move |rows| {
            rows.punctures.retain(|row| row.at >= before);
            rows.nodes.retain(|_, row| row.leased_until >= before);
            true
        });
        Box::pin(async move { swept.await.map(drop) })
    }

    fn head(&self) -> Answer<'_, Option<HeadRow>> {
        self.read(move |rows| rows.head.clone())
    }

    fn head_put(&self, row: HeadRow) -> Answer<'_, bool> {
        self.write(move |rows| {
            let grows = rows
                .head
                .as_ref()
                .is_none_or(|there| row.size > there.size || (row.size == there.size && row.root == there.root));
            if grows {
                rows.head = Some(row);
            }
            grows
        })
    }
}
