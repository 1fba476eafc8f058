//! What somebody could open who has rows of a vault store, from wherever they have them, and the root keys that are still there.
//!
//! Stands beside the vault and is used to challenge it: whether a key that was destroyed can be derived after all, from rows in a backup or in the free pages
//! of a file. It says yes or no and never gives a key away.

use crate::epoch::Epochs;
use crate::key_store::{EpochRow, TreeRow};
use crate::place::Address;
use crate::root::RootKey;
use crate::run::Run;
use crate::tree::Tree;
use counterfoil_model::{InstallationId, TreeId};
use std::collections::BTreeMap;

/// The keys that rows of a vault store and the root keys at hand give together.
pub struct Probe {
    installation: InstallationId,
    epochs: Epochs,
    /// Of each tree whatever forms of it were found; an older one may have what a newer one has forgotten.
    trees: BTreeMap<TreeId, Vec<Tree>>,
}

impl Probe {
    /// What `epochs` give with the keys of `root`. Rows that do not open, also since their root key is destroyed, give nothing.
    pub async fn with(installation: InstallationId, root: &dyn RootKey, epochs: &[EpochRow]) -> Self {
        Self {
            installation,
            epochs: Epochs::that_open(installation, root, epochs).await,
            trees: BTreeMap::new(),
        }
    }

    /// Adds a row of a tree; whether it opens.
    pub fn add(&mut self, row: &TreeRow) -> bool {
        let Some(tree) = Tree::unwrap(self.installation, &self.epochs, row) else {
            return false;
        };
        self.trees.entry(row.id).or_default().push(tree);
        true
    }

    /// Whether the key at `address` can be derived.
    pub fn derives(&self, address: Address) -> bool {
        let of_tree = self.trees.get(&address.tree).into_iter().flatten();
        of_tree
            .into_iter()
            .any(|tree| tree.frontier.above(address.index).is_some())
    }

    /// Whether any key among `runs` of a tree can be derived.
    pub fn derives_any(&self, tree: TreeId, runs: &[Run]) -> bool {
        let of_tree = self.trees.get(&tree).into_iter().flatten();
        of_tree.into_iter().any(|tree| !tree.frontier.living(runs).is_empty())
    }
}
