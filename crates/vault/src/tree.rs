//! One key tree, opened: its frontier and what is bound to it.
//!
//! The frontier is wrapped whole under a key of the epoch for this tree; the other columns of the row are associated data, so
//! a changed column, or the frontier of another tree or generation, does not open (`docs/formats/frontier.md`).

use crate::epoch::Epochs;
use crate::frontier::Frontier;
use crate::key::{self, Key};
use crate::key_store::TreeRow;
use crate::path::Path;
use crate::place::TreeKind;
use crate::run::Run;
use counterfoil_model::{InstallationId, Random, TreeId};

/// Addresses are handed out in blocks of this many leaves.
pub(crate) const BLOCK: i64 = 64;

/// A key tree in memory.
pub(crate) struct Tree {
    pub(crate) id: TreeId,
    pub(crate) generation: i64,
    pub(crate) next_index: i64,
    pub(crate) frontier: Frontier,
    kind: i64,
    path: Path,
}

impl Tree {
    /// A new tree with a random root, whose first block is handed out from the start.
    pub(crate) fn new(id: TreeId, kind: TreeKind, random: &dyn Random) -> Self {
        Self {
            id,
            generation: 1,
            next_index: BLOCK,
            frontier: Frontier::whole(Key::random(random)),
            kind: kind.code().into(),
            path: Path::default(),
        }
    }

    /// The key of a leaf; `None` when it was forgotten.
    pub(crate) fn leaf(&mut self, index: u32) -> Option<Key> {
        self.path.leaf(&self.frontier, index)
    }

    /// Forgets leaves, and all that was derived on the way to them.
    pub(crate) fn puncture(&mut self, runs: &[Run]) {
        self.path.wipe();
        self.frontier.puncture(runs);
    }

    /// The row as it should be kept, wrapped under the newest open epoch; `None` when none is open.
    pub(crate) fn wrap(&self, installation: InstallationId, epochs: &Epochs, random: &dyn Random) -> Option<TreeRow> {
        let (epoch, key) = epochs.open()?;
        let mut row = TreeRow {
            id: self.id,
            kind: self.kind,
            epoch,
            generation: self.generation,
            next_index: self.next_index,
            wrapped: Vec::new(),
        };
        let aad = associated(installation, &row);
        row.wrapped = key::wrap(&wrap_key(key, self.id), random, &aad, &self.frontier.encode());
        Some(row)
    }

    /// Opens a row; `None` when it was altered.
    pub(crate) fn unwrap(installation: InstallationId, epochs: &Epochs, row: &TreeRow) -> Option<Self> {
        let key = wrap_key(epochs.key(row.epoch)?, row.id);
        let bytes = key::unwrap(&key, &associated(installation, row), &row.wrapped)?;
        Some(Self {
            id: row.id,
            generation: row.generation,
            next_index: row.next_index,
            frontier: Frontier::decode(&bytes)?,
            kind: row.kind,
            path: Path::default(),
        })
    }
}

fn wrap_key(epoch: &Key, tree: TreeId) -> Key {
    epoch.expand(&[b"counterfoil/vault/v1/tree", tree.bytes()])
}

/// Every column but the wrapped one, at fixed lengths.
fn associated(installation: InstallationId, row: &TreeRow) -> [u8; 64] {
    let mut aad = [0; 64];
    aad[..16].copy_from_slice(installation.bytes());
    aad[16..32].copy_from_slice(row.id.bytes());
    aad[32..40].copy_from_slice(&row.kind.to_be_bytes());
    aad[40..48].copy_from_slice(&row.epoch.to_be_bytes());
    aad[48..56].copy_from_slice(&row.generation.to_be_bytes());
    aad[56..].copy_from_slice(&row.next_index.to_be_bytes());
    aad
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sevens;

    impl Random for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn what_was_remembered_on_the_way_is_forgotten_too() {
        let mut tree = Tree::new(TreeId::from_bytes([1; 16]), TreeKind::Case, &Sevens);
        let mut again = Tree::new(TreeId::from_bytes([1; 16]), TreeKind::Case, &Sevens);
        let derived = tree.leaf(3).map(|key| *key.bytes());
        assert!(derived.is_some());
        tree.puncture(&[Run::new(3, 3)]);
        assert!(tree.leaf(3).is_none());
        let neighbours = [tree.leaf(2), again.leaf(2)].map(|key| key.map(|key| *key.bytes()));
        assert_eq!(neighbours[0], neighbours[1]);
    }
}
