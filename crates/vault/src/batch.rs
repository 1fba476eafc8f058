//! Puncturing many trees, as retention does: hundreds of them in each transaction.
//!
//! What a hold covers is left and named; everything else goes. A run that broke off is asked for again: what was destroyed stays so and
//! costs only its reading. In memory are the frontiers of one portion at a time, and of the whole what is needed to say what was destroyed.
//!
//! Opened trees are not locked while a portion is written, since nobody should wait for hundreds of them: a write that loses against
//! another is done again, and what this process remembers is dropped afterwards, as on every other node.

use crate::key_store::HoldRow;
use crate::puncture::{Attempt, Destroyed, PunctureError, Punctured, Wanted, contended};
use crate::run::Run;
use crate::trees::TRIES;
use crate::vault::Vault;
use counterfoil_model::{HoldId, TreeId};
use std::collections::BTreeMap;

/// Trees in one transaction.
const TREES: usize = 256;
/// Runs in one transaction, where sets are scattered.
const RUNS: usize = 65_536;

/// Leaves of one tree, for [`Vault::puncture_batch`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaves {
    /// Neighbours; they may reach past what was handed out, and those addresses are then never handed out.
    Run(Run),
    /// Single ones, all of which were handed out.
    Set(Vec<u32>),
}

impl From<Run> for Leaves {
    fn from(run: Run) -> Self {
        Self::Run(run)
    }
}

impl From<Vec<u32>> for Leaves {
    fn from(indices: Vec<u32>) -> Self {
        Self::Set(indices)
    }
}

/// What became of a batch.
#[derive(Debug)]
pub struct Batch {
    /// All that is destroyed, also what was before.
    pub punctured: Punctured,
    /// What was left because it is held, in order of tree, run and hold.
    pub left: Vec<Left>,
}

/// Leaves that a hold kept alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    /// The tree.
    pub tree: TreeId,
    /// The leaves, as far as they were to be punctured.
    pub run: Run,
    /// The hold.
    pub hold: HoldId,
}

impl Vault {
    /// Destroys the keys of leaves of many trees, a few hundred trees at a time, and leaves what is held. After an error some may be
    /// destroyed: ask again for all.
    ///
    /// # Errors
    /// [`PunctureError::NeverIssued`] for a set, [`PunctureError::Vault`]. Never [`PunctureError::Held`].
    pub async fn puncture_batch<L: Into<Leaves>>(
        &self,
        leaves: impl IntoIterator<Item = (TreeId, L)>,
    ) -> Result<Batch, PunctureError> {
        let (mut destroyed, mut left) = (Destroyed::default(), Vec::new());
        let (mut portion, mut runs) = (BTreeMap::<TreeId, Wanted>::new(), 0);
        for (tree, leaves) in leaves {
            let (more, issued) = match leaves.into() {
                Leaves::Run(run) => (vec![run], None),
                Leaves::Set(indices) => (Run::of(indices.iter().copied()), indices.iter().max().copied()),
            };
            runs += more.len();
            let wanted = portion.entry(tree).or_default();
            wanted.issued = wanted.issued.max(issued);
            wanted.runs.extend(more);
            if portion.len() >= TREES || runs >= RUNS {
                let portion = std::mem::take(&mut portion);
                self.puncture_portion(portion, &mut destroyed, &mut left).await?;
                runs = 0;
            }
        }
        self.puncture_portion(portion, &mut destroyed, &mut left).await?;
        let punctured = self.punctured(destroyed).await?;
        left.sort_unstable();
        Ok(Batch { punctured, left })
    }

    async fn puncture_portion(
        &self,
        mut wanted: BTreeMap<TreeId, Wanted>,
        destroyed: &mut Destroyed,
        left: &mut Vec<Left>,
    ) -> Result<(), PunctureError> {
        for wanted in wanted.values_mut() {
            wanted.runs = Run::joined(std::mem::take(&mut wanted.runs));
        }
        wanted.retain(|_, wanted| !wanted.runs.is_empty());
        let ids: Vec<TreeId> = wanted.keys().copied().collect();
        for _ in 0..TRIES {
            if wanted.is_empty() {
                return Ok(());
            }
            let attempt = self.forget_leaves(&wanted).await;
            // Also after an error: it may have been kept all the same.
            self.forget(&ids).await;
            match attempt? {
                Attempt::Again => {}
                Attempt::Held(holds) => leave(&mut wanted, &holds, left),
                Attempt::Kept(trees) => {
                    destroyed.add(&trees, wanted);
                    return Ok(());
                }
            }
        }
        Err(contended(&wanted))
    }
}

/// Takes what `holds` cover out of what is wanted.
fn leave(wanted: &mut BTreeMap<TreeId, Wanted>, holds: &[HoldRow], left: &mut Vec<Left>) {
    let mut held: BTreeMap<TreeId, Vec<Run>> = BTreeMap::new();
    for hold in holds {
        let Some(wanted) = wanted.get(&hold.tree) else { continue };
        let kept = wanted.runs.iter().filter(|run| run.overlaps(hold.run));
        left.extend(kept.map(|run| Left {
            tree: hold.tree,
            run: Run::new(run.first.max(hold.run.first), run.last.min(hold.run.last)),
            hold: hold.id,
        }));
        held.entry(hold.tree).or_default().push(hold.run);
    }
    for (tree, runs) in held {
        if let Some(of_tree) = wanted.get_mut(&tree) {
            of_tree.runs = Run::except(&of_tree.runs, &Run::joined(runs));
        }
    }
    wanted.retain(|_, wanted| !wanted.runs.is_empty());
}
