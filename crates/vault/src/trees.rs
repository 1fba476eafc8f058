//! The opened trees that this process remembers: so many, for a short time, wiped when they go.
//!
//! Each tree has a slot with a lock of its own, so that loading, reserving and puncturing one tree happen one after the other
//! and never hold up another tree. A slot that is written to gives its tree away first: a write that fails, or whose future is
//! dropped half-way, leaves nothing stale behind.

use crate::tree::Tree;
use crate::vault::{Vault, VaultError};
use counterfoil_model::TreeId;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How many trees are remembered, up to two kilobytes each. Each conversation that is alive needs two, and a tree that goes takes
/// its reserved addresses along, so the next message would cost a write to the vault store again.
const KEPT: usize = 16_384;
/// How often a write that lost against another one is tried.
pub(crate) const TRIES: usize = 32;

/// What is remembered of one tree.
#[derive(Default)]
pub(crate) struct Slot {
    tree: Option<Tree>,
    read_at: Duration,
    /// How often it was about to be written, or dropped.
    changes: u64,
    /// Handed out to this process and not used yet.
    pub(crate) reserved: Range<i64>,
}

impl Slot {
    pub(crate) fn drop_tree(&mut self) {
        self.tree = None;
        self.changes += 1;
    }

    fn is_fresh(&self, now: Duration, remembers_for: Duration) -> bool {
        self.tree.is_some() && now.saturating_sub(self.read_at) < remembers_for
    }

    pub(crate) fn keep(&mut self, tree: Tree, now: Duration) {
        self.tree = Some(tree);
        self.read_at = now;
    }
}

pub(crate) type SharedSlot = Arc<tokio::sync::Mutex<Slot>>;

/// The remembered trees; the one that was used longest ago goes first.
#[derive(Default)]
pub(crate) struct Trees(Mutex<Remembered>);

#[derive(Default)]
struct Remembered {
    slots: HashMap<TreeId, (u64, SharedSlot)>,
    order: BTreeMap<u64, TreeId>,
    uses: u64,
}

impl Trees {
    pub(crate) fn slot(&self, id: TreeId) -> SharedSlot {
        let mut guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Remembered { slots, order, uses } = &mut *guard;
        *uses += 1;
        let (used, slot) = slots.entry(id).or_default();
        order.remove(used);
        *used = *uses;
        let slot = slot.clone();
        order.insert(*uses, id);
        if slots.len() > KEPT
            && let Some((_, oldest)) = order.pop_first()
        {
            slots.remove(&oldest);
        }
        slot
    }

    /// Waits for whoever is just using the tree, then drops it; its reserved addresses stay.
    async fn forget(&self, id: TreeId) {
        let slot = {
            let guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            guard.slots.get(&id).map(|(_, slot)| slot.clone())
        };
        if let Some(slot) = slot {
            slot.lock().await.drop_tree();
        }
    }

    pub(crate) async fn forget_all(&self) {
        let slots: Vec<SharedSlot> = {
            let guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            guard.slots.values().map(|(_, slot)| slot.clone()).collect()
        };
        for slot in slots {
            slot.lock().await.drop_tree();
        }
    }
}

impl Vault {
    /// Forgets the opened forms of these trees at once, so that they are read again.
    pub async fn forget(&self, trees: &[TreeId]) {
        for id in trees {
            self.trees().forget(*id).await;
        }
    }

    /// The opened tree of a slot, read again when it is not fresh.
    pub(crate) async fn tree_in<'s>(&self, slot: &'s mut Slot, id: TreeId) -> Result<&'s mut Tree, VaultError> {
        let now = self.clock().monotonic();
        let tree = match slot.tree.take() {
            Some(tree) if now.saturating_sub(slot.read_at) < self.remembers_for() => tree,
            _ => {
                slot.read_at = now;
                self.tree_load(id).await?
            }
        };
        Ok(slot.tree.insert(tree))
    }

    /// Reads those of `trees` that are not remembered or not fresh, all in one go, so that their keys are at hand one by one. Saves
    /// time and nothing else: a tree that is not there, or was altered, shows when it is used.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`], [`VaultError::RootKey`].
    pub async fn trees_ready(&self, trees: &[TreeId]) -> Result<(), VaultError> {
        let (now, remembers_for) = (self.clock().monotonic(), self.remembers_for());
        let mut wanted = HashMap::new();
        for id in trees {
            let slot = self.trees().slot(*id);
            // Whoever holds the lock is reading or writing this tree just now.
            let stale = slot
                .try_lock()
                .ok()
                .filter(|slot| !slot.is_fresh(now, remembers_for))
                .map(|slot| slot.changes);
            if let Some(changes) = stale {
                wanted.insert(*id, (slot, changes));
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let ids = wanted.keys().copied().collect();
        let rows = self.keys().trees(ids).await.map_err(VaultError::Unavailable)?;
        if rows.iter().any(|row| self.epochs().key(row.epoch).is_none()) {
            self.epochs_reload().await?;
        }
        for row in &rows {
            if let Some(tree) = Tree::unwrap(self.installation(), &self.epochs(), row)
                && let Some((slot, changes)) = wanted.get(&row.id)
                && let Ok(mut slot) = slot.try_lock()
                // What was written since then may have forgotten leaves that the row read before still has.
                && slot.changes == *changes
                && !slot.is_fresh(now, remembers_for)
            {
                slot.keep(tree, now);
            }
        }
        Ok(())
    }

    /// Reads a tree from the vault store.
    pub(crate) async fn tree_load(&self, id: TreeId) -> Result<Tree, VaultError> {
        let mut trees = self.trees_load(vec![id]).await?;
        trees.remove(&id).ok_or(VaultError::UnknownTree(id))
    }

    /// Reads trees from the vault store, all of them.
    pub(crate) async fn trees_load(&self, ids: Vec<TreeId>) -> Result<BTreeMap<TreeId, Tree>, VaultError> {
        let rows = self.keys().trees(ids.clone()).await.map_err(VaultError::Unavailable)?;
        if rows.iter().any(|row| self.epochs().key(row.epoch).is_none()) {
            self.epochs_reload().await?;
        }
        let mut trees = BTreeMap::new();
        for row in &rows {
            let tree = Tree::unwrap(self.installation(), &self.epochs(), row);
            trees.insert(row.id, tree.ok_or_else(|| VaultError::altered("tree", row.id))?);
        }
        match ids.iter().find(|id| !trees.contains_key(id)) {
            Some(missing) => Err(VaultError::UnknownTree(*missing)),
            None => Ok(trees),
        }
    }

    /// Changes a tree in the vault store: reads, changes, and writes only if nobody wrote in between; else again. Never for a tree that forgets leaves:
    /// that is a puncture.
    pub(crate) async fn tree_change<R>(
        &self,
        slot: &mut Slot,
        id: TreeId,
        mut change: impl FnMut(&mut Tree) -> Result<R, VaultError>,
    ) -> Result<R, VaultError> {
        for _ in 0..TRIES {
            let now = self.clock().monotonic();
            slot.changes += 1;
            let mut tree = match slot.tree.take() {
                Some(tree) => tree,
                None => self.tree_load(id).await?,
            };
            let result = change(&mut tree)?;
            let generation_read = tree.generation;
            tree.generation += 1;
            let row = tree
                .wrap(self.installation(), &self.epochs(), self.random())
                .ok_or(VaultError::NoOpenEpoch)?;
            let kept = self.keys().tree_replace(generation_read, row).await;
            if kept.map_err(VaultError::Unavailable)? {
                slot.keep(tree, now);
                return Ok(result);
            }
            // Another process wrote first, or the epoch was closed: both show when read again.
            self.epochs_reload().await?;
        }
        Err(VaultError::Contended(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> TreeId {
        TreeId::from_bytes((number as u128).to_be_bytes())
    }

    #[test]
    fn the_tree_that_was_used_longest_ago_goes_first() {
        let trees = Trees::default();
        let first = trees.slot(id(0));
        let second = trees.slot(id(1));
        for number in 2..KEPT {
            trees.slot(id(number));
        }
        assert!(Arc::ptr_eq(&trees.slot(id(0)), &first));
        trees.slot(id(KEPT));
        assert!(Arc::ptr_eq(&trees.slot(id(0)), &first), "used again just now");
        assert!(!Arc::ptr_eq(&trees.slot(id(1)), &second), "gone");
        let remembered = trees.0.lock().unwrap();
        assert_eq!((remembered.slots.len(), remembered.order.len()), (KEPT, KEPT));
    }
}
