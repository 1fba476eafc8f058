//! Puncturing: destroying the keys of items, for ever.
//!
//! A puncture is durable in the vault store before anything is deleted elsewhere; the [`Punctured`] that it gives is the only
//! leave to delete sealed rows and blobs. Repeating a puncture is harmless, and that is how a failed one is brought to its
//! end.

use crate::place::Address;
use crate::tree::Tree;
use crate::trees::Changed;
use crate::vault::{Vault, VaultError};
use counterfoil_model::{Timestamp, TreeId};
use std::collections::BTreeMap;

/// Neighbouring leaves of one tree, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    pub(crate) first: u32,
    pub(crate) last: u32,
}

impl Run {
    /// All leaves of a tree.
    pub const ALL: Self = Self {
        first: 0,
        last: u32::MAX,
    };

    /// The leaves from one to the other.
    pub fn new(one: u32, other: u32) -> Self {
        Self {
            first: one.min(other),
            last: one.max(other),
        }
    }

    /// The first leaf.
    pub fn first(self) -> u32 {
        self.first
    }

    /// The last leaf.
    pub fn last(self) -> u32 {
        self.last
    }

    /// The runs of a set of leaves: sorted, apart, as few as can be.
    pub(crate) fn of(indices: impl IntoIterator<Item = u32>) -> Vec<Self> {
        let mut indices: Vec<u32> = indices.into_iter().collect();
        indices.sort_unstable();
        let mut runs: Vec<Self> = Vec::new();
        for index in indices {
            match runs.last_mut() {
                Some(run) if index <= run.last.saturating_add(1) => run.last = index,
                _ => runs.push(Self::new(index, index)),
            }
        }
        runs
    }

    fn contains(self, index: u32) -> bool {
        self.first <= index && index <= self.last
    }
}

/// Why keys were not destroyed, or not all of them.
#[derive(Debug, thiserror::Error)]
pub enum PunctureError {
    /// An address was never handed out. Nothing was destroyed in its tree.
    #[error("leaf {} of {} was never handed out", .0.index, .0.tree)]
    NeverIssued(Address),
    /// A tree could not be written. Trees before it may have been punctured: ask again.
    #[error("a key tree could not be written")]
    Vault(#[source] VaultError),
}

impl From<VaultError> for PunctureError {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

/// The proof that keys are destroyed in the vault store. Only the vault makes one.
#[derive(Debug)]
pub struct Punctured {
    trees: BTreeMap<TreeId, PuncturedTree>,
    /// A puncture with this number, or one before it, destroyed the last of them.
    pub(crate) number: i64,
    /// When it was known to be destroyed.
    pub(crate) at: Timestamp,
}

#[derive(Debug)]
struct PuncturedTree {
    generation: i64,
    runs: Vec<Run>,
}

impl Punctured {
    /// Whatever was destroyed up to a puncture.
    pub(crate) fn up_to(number: i64, at: Timestamp) -> Self {
        Self {
            trees: BTreeMap::new(),
            number,
            at,
        }
    }

    /// When it was known to be destroyed.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Whether the key at `address` is among the destroyed.
    pub fn covers(&self, address: Address) -> bool {
        self.trees
            .get(&address.tree)
            .is_some_and(|tree| tree.runs.iter().any(|run| run.contains(address.index)))
    }

    /// What was destroyed, by tree: the tree, its generation from which on the keys are gone, and the leaves.
    pub fn trees(&self) -> impl Iterator<Item = (TreeId, i64, &[Run])> {
        self.trees
            .iter()
            .map(|(id, tree)| (*id, tree.generation, tree.runs.as_slice()))
    }
}

impl Vault {
    /// Destroys the keys at `addresses`, tree by tree. Those that were destroyed before count as destroyed.
    ///
    /// # Errors
    /// [`PunctureError::NeverIssued`], [`PunctureError::Vault`].
    pub async fn puncture(&self, addresses: Vec<Address>) -> Result<Punctured, PunctureError> {
        let mut wanted: BTreeMap<TreeId, Vec<u32>> = BTreeMap::new();
        for address in addresses {
            wanted.entry(address.tree).or_default().push(address.index);
        }
        let mut trees = BTreeMap::new();
        for (id, indices) in wanted {
            let runs = Run::of(indices);
            let generation = self.puncture_tree(id, &runs, |tree| handed_out(tree, &runs)).await?;
            trees.insert(id, PuncturedTree { generation, runs });
        }
        self.punctured(trees).await
    }

    /// Destroys the keys of neighbouring leaves, such as [`Run::ALL`] of a tree, at the cost of one. The run may reach past
    /// what was handed out; those addresses are then never handed out.
    ///
    /// # Errors
    /// [`PunctureError::Vault`].
    pub async fn puncture_run(&self, tree: TreeId, run: Run) -> Result<Punctured, PunctureError> {
        let runs = vec![run];
        let generation = self.puncture_tree(tree, &runs, |_| Ok(())).await?;
        let tree = (tree, PuncturedTree { generation, runs });
        self.punctured(BTreeMap::from([tree])).await
    }

    async fn punctured(&self, trees: BTreeMap<TreeId, PuncturedTree>) -> Result<Punctured, PunctureError> {
        let number = self.keys().puncture_head().await.map_err(VaultError::Unavailable)?;
        let at = self.clock().wall();
        Ok(Punctured { trees, number, at })
    }

    async fn puncture_tree(
        &self,
        id: TreeId,
        runs: &[Run],
        allowed: impl Fn(&Tree) -> Result<(), PunctureError>,
    ) -> Result<i64, PunctureError> {
        let slot = self.trees().slot(id);
        let mut slot = slot.lock().await;
        // What others wrote since must be seen: that decides what was handed out and what is gone.
        slot.drop_tree();
        self.tree_change(&mut slot, id, |tree| {
            allowed(tree)?;
            if !runs.iter().any(|run| tree.frontier.touches(*run)) {
                return Ok(Changed::No(tree.generation));
            }
            tree.puncture(runs);
            Ok(Changed::Forgot(tree.generation + 1))
        })
        .await
    }
}

fn handed_out(tree: &Tree, runs: &[Run]) -> Result<(), PunctureError> {
    match runs.iter().find(|run| i64::from(run.last) >= tree.next_index) {
        None => Ok(()),
        Some(run) => Err(PunctureError::NeverIssued(Address {
            tree: tree.id,
            index: run.last,
        })),
    }
}
