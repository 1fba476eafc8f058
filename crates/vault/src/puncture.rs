//! Puncturing: destroying the keys of items, for ever.
//!
//! A puncture is durable in the vault store before anything is deleted elsewhere; the [`Punctured`] that it gives is the only
//! leave to delete sealed rows and blobs. The transaction that writes it sees that no hold covers what it forgets; if one does,
//! nothing is punctured. Repeating a puncture is harmless, and that is how a failed one is brought to its end.

use crate::key_store::{HoldRow, PunctureAnswer, TreePuncture};
use crate::place::Address;
use crate::run::Run;
use crate::tree::Tree;
use crate::trees::{SharedSlot, TRIES};
use crate::vault::{Vault, VaultError};
use counterfoil_model::{HoldId, Timestamp, TreeId};
use std::collections::{BTreeMap, BTreeSet};

/// Why keys were not destroyed.
#[derive(Debug, thiserror::Error)]
pub enum PunctureError {
    /// An address was never handed out.
    #[error("leaf {} of {} was never handed out", .0.index, .0.tree)]
    NeverIssued(Address),
    /// These holds cover some of them.
    #[error("held back by {} holds", .0.len())]
    Held(Vec<HoldId>),
    /// A key tree could not be read or written. When it was the writing, the keys may be destroyed all the same: ask again.
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
        let one = Run::new(address.index, address.index);
        self.trees.get(&address.tree).is_some_and(|tree| one.meets(&tree.runs))
    }

    /// What was destroyed, by tree: the tree, its generation from which on the keys are gone, and the leaves.
    pub fn trees(&self) -> impl Iterator<Item = (TreeId, i64, &[Run])> {
        self.trees
            .iter()
            .map(|(id, tree)| (*id, tree.generation, tree.runs.as_slice()))
    }
}

/// Leaves of one tree that shall be forgotten.
#[derive(Default)]
pub(crate) struct Wanted {
    /// Sorted and apart.
    pub(crate) runs: Vec<Run>,
    /// The highest leaf that must have been handed out.
    pub(crate) issued: Option<u32>,
}

impl Wanted {
    fn allowed(&self, tree: &Tree) -> Result<(), PunctureError> {
        match self.issued.filter(|index| i64::from(*index) >= tree.next_index) {
            None => Ok(()),
            Some(index) => Err(PunctureError::NeverIssued(Address { tree: tree.id, index })),
        }
    }
}

/// One attempt to forget.
pub(crate) enum Attempt {
    /// Done; the trees as they stand now.
    Kept(BTreeMap<TreeId, Tree>),
    /// Others wrote first.
    Again,
    /// Nothing is done: these holds cover some of it.
    Held(Vec<HoldRow>),
}

/// Collects what was destroyed.
#[derive(Default)]
pub(crate) struct Destroyed(BTreeMap<TreeId, PuncturedTree>);

impl Destroyed {
    pub(crate) fn add(&mut self, trees: &BTreeMap<TreeId, Tree>, wanted: BTreeMap<TreeId, Wanted>) {
        for (id, Wanted { mut runs, .. }) in wanted {
            let Some(generation) = trees.get(&id).map(|tree| tree.generation) else {
                continue;
            };
            if let Some(before) = self.0.remove(&id) {
                runs.extend(before.runs);
                runs = Run::joined(runs);
            }
            self.0.insert(id, PuncturedTree { generation, runs });
        }
    }
}

impl Vault {
    /// Destroys the keys at `addresses`, all or none of them. Those that were destroyed before count as destroyed.
    ///
    /// # Errors
    /// [`PunctureError::NeverIssued`], [`PunctureError::Held`]: nothing was destroyed. [`PunctureError::Vault`].
    pub async fn puncture(&self, addresses: Vec<Address>) -> Result<Punctured, PunctureError> {
        let mut indices: BTreeMap<TreeId, BTreeSet<u32>> = BTreeMap::new();
        for address in addresses {
            indices.entry(address.tree).or_default().insert(address.index);
        }
        let wanted = indices.into_iter().map(|(id, indices)| {
            let issued = indices.last().copied();
            let runs = Run::of(indices);
            (id, Wanted { runs, issued })
        });
        self.puncture_at_once(wanted.collect()).await
    }

    /// Destroys the keys of neighbouring leaves, such as [`Run::ALL`] of a tree, at the cost of one. The run may reach past
    /// what was handed out; those addresses are then never handed out.
    ///
    /// # Errors
    /// [`PunctureError::Held`]: nothing was destroyed. [`PunctureError::Vault`].
    pub async fn puncture_run(&self, tree: TreeId, run: Run) -> Result<Punctured, PunctureError> {
        let wanted = Wanted {
            runs: vec![run],
            issued: None,
        };
        self.puncture_at_once(BTreeMap::from([(tree, wanted)])).await
    }

    async fn puncture_at_once(&self, wanted: BTreeMap<TreeId, Wanted>) -> Result<Punctured, PunctureError> {
        // Locked in order of id, so that nobody waits in a circle. What others wrote since must be seen: that decides what was
        // handed out and what is gone.
        let shared: Vec<(TreeId, SharedSlot)> = wanted.keys().map(|id| (*id, self.trees().slot(*id))).collect();
        let mut slots = BTreeMap::new();
        for (id, slot) in &shared {
            let mut slot = slot.lock().await;
            slot.drop_tree();
            slots.insert(*id, slot);
        }
        for _ in 0..TRIES {
            let now = self.clock().monotonic();
            match self.forget_leaves(&wanted).await? {
                Attempt::Again => {}
                Attempt::Held(rows) => {
                    let holds: BTreeSet<HoldId> = rows.iter().map(|row| row.id).collect();
                    return Err(PunctureError::Held(holds.into_iter().collect()));
                }
                Attempt::Kept(trees) => {
                    let mut destroyed = Destroyed::default();
                    destroyed.add(&trees, wanted);
                    for (id, tree) in trees {
                        if let Some(slot) = slots.get_mut(&id) {
                            slot.keep(tree, now);
                        }
                    }
                    return self.punctured(destroyed).await;
                }
            }
        }
        Err(contended(&wanted))
    }

    /// The proof for what is destroyed.
    pub(crate) async fn punctured(&self, destroyed: Destroyed) -> Result<Punctured, PunctureError> {
        let number = self.keys().puncture_head().await.map_err(VaultError::Unavailable)?;
        let at = self.clock().wall();
        let trees = destroyed.0;
        Ok(Punctured { trees, number, at })
    }

    /// Reads trees, forgets the wanted leaves and writes what changed, in one transaction.
    pub(crate) async fn forget_leaves(&self, wanted: &BTreeMap<TreeId, Wanted>) -> Result<Attempt, PunctureError> {
        let mut trees = self.trees_load(wanted.keys().copied().collect()).await?;
        let mut writes = Vec::new();
        for (id, tree) in &mut trees {
            let Some(wanted) = wanted.get(id) else { continue };
            wanted.allowed(tree)?;
            let forgets = tree.frontier.living(&wanted.runs);
            if forgets.is_empty() {
                continue;
            }
            tree.puncture(&wanted.runs);
            tree.generation += 1;
            let row = tree
                .wrap(self.installation(), &self.epochs(), self.random())
                .ok_or(VaultError::NoOpenEpoch)?;
            writes.push(TreePuncture { row, forgets });
        }
        if writes.is_empty() {
            return Ok(Attempt::Kept(trees));
        }
        let answer = self.keys().tree_puncture(writes, self.clock().wall()).await;
        match answer.map_err(VaultError::Unavailable)? {
            PunctureAnswer::Kept => Ok(Attempt::Kept(trees)),
            PunctureAnswer::Held(holds) => Ok(Attempt::Held(holds)),
            PunctureAnswer::Refused => {
                // Another process wrote first, or the epoch was closed: both show when read again.
                self.epochs_reload().await?;
                Ok(Attempt::Again)
            }
        }
    }
}

pub(crate) fn contended(wanted: &BTreeMap<TreeId, Wanted>) -> PunctureError {
    let first = wanted.keys().next().copied();
    PunctureError::Vault(VaultError::Contended(first.expect("only trees are contended for")))
}
