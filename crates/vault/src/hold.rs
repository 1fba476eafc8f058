//! Holds: orders that keep items from being erased.
//!
//! A hold covers runs of leaves, in one tree or in many, until it is released. It lies beside the trees, so that the transaction
//! that punctures sees it: either a hold is there first and the puncture fails, or the keys were gone before it was placed. A hold never opens
//! anything and knows no reason; why it stands is `flow`'s to know.

use crate::key_store::{HoldAnswer, HoldRow, KeyStoreError};
use crate::place::Address;
use crate::run::Run;
use crate::vault::{Vault, VaultError};
use counterfoil_model::{HoldId, Timestamp, TreeId};

/// A run of leaves that a hold covers, or covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hold {
    /// Which hold.
    pub id: HoldId,
    /// The tree.
    pub tree: TreeId,
    /// The leaves.
    pub run: Run,
    /// Since when.
    pub since: Timestamp,
    /// Until when; `None` while it holds.
    pub until: Option<Timestamp>,
}

impl From<HoldRow> for Hold {
    fn from(row: HoldRow) -> Self {
        Self {
            id: row.id,
            tree: row.tree,
            run: row.run,
            since: row.placed_at,
            until: row.released_at,
        }
    }
}

impl From<Hold> for HoldRow {
    fn from(hold: Hold) -> Self {
        Self {
            id: hold.id,
            tree: hold.tree,
            run: hold.run,
            placed_at: hold.since,
            released_at: hold.until,
        }
    }
}

/// Why a hold was not placed.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// There is no such tree. Nothing of the hold was placed.
    #[error("there is no key tree {0}")]
    UnknownTree(TreeId),
    /// A hold that was released stays so. Nothing was placed.
    #[error("the hold {0} was released")]
    Released(HoldId),
    /// The vault store could not be reached; whether the hold stands is unknown. Placing it again is harmless.
    #[error("the vault store could not be reached")]
    Unavailable(#[source] KeyStoreError),
}

impl Vault {
    /// Places a hold on runs of leaves, all or none; [`Run::ALL`] covers the items to come as well. From when this returns on nothing
    /// of it that still lives can be punctured. Placing more under the same id widens the hold; placing the same again changes nothing.
    ///
    /// # Errors
    /// [`HoldError::UnknownTree`], [`HoldError::Released`], [`HoldError::Unavailable`].
    pub async fn hold_place(&self, id: HoldId, runs: impl IntoIterator<Item = (TreeId, Run)>) -> Result<(), HoldError> {
        let placed_at = self.clock().wall();
        let row = |(tree, run)| HoldRow {
            id,
            tree,
            run,
            placed_at,
            released_at: None,
        };
        let mut rows: Vec<HoldRow> = runs.into_iter().map(row).collect();
        rows.sort_unstable();
        rows.dedup();
        if rows.is_empty() {
            return Ok(());
        }
        match self.keys().hold_place(rows).await.map_err(HoldError::Unavailable)? {
            HoldAnswer::Kept => Ok(()),
            HoldAnswer::NoTree(tree) => Err(HoldError::UnknownTree(tree)),
            HoldAnswer::Released(id) => Err(HoldError::Released(id)),
        }
    }

    /// Releases a hold, for good; `false` when there is none, or it was released before.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`]: releasing it again is harmless.
    pub async fn hold_release(&self, id: HoldId) -> Result<bool, VaultError> {
        let at = self.clock().wall();
        self.keys().hold_release(id, at).await.map_err(VaultError::Unavailable)
    }

    /// The living holds that cover one of `addresses`, in order of id. Another may be placed at any time: only a puncture knows for sure.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn holds_on(&self, addresses: &[Address]) -> Result<Vec<Hold>, VaultError> {
        let mut addresses = addresses.to_vec();
        addresses.sort_unstable();
        let mut trees: Vec<TreeId> = addresses.iter().map(|address| address.tree).collect();
        trees.dedup();
        let mut holds = self.holds_in(&trees).await?;
        holds.retain(|hold| {
            let (tree, index) = (hold.tree, hold.run.first);
            let from = addresses.partition_point(|address| *address < Address { tree, index });
            let next = addresses.get(from);
            next.is_some_and(|address| address.tree == tree && hold.run.contains(address.index))
        });
        Ok(holds)
    }

    /// The living holds that cover a leaf of one of `trees`, in order of id; as [`Vault::holds_on`].
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn holds_in(&self, trees: &[TreeId]) -> Result<Vec<Hold>, VaultError> {
        let rows = self
            .keys()
            .holds_on(trees.to_vec())
            .await
            .map_err(VaultError::Unavailable)?;
        let mut holds: Vec<Hold> = rows.into_iter().map(Hold::from).collect();
        holds.sort_unstable();
        Ok(holds)
    }

    /// At most `limit` of all holds, living and released, that come after `after` in order of id, tree and run.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn holds(&self, after: Option<Hold>, limit: i64) -> Result<Vec<Hold>, VaultError> {
        let rows = self.keys().hold_scan(after.map(HoldRow::from), limit).await;
        let rows = rows.map_err(VaultError::Unavailable)?;
        Ok(rows.into_iter().map(Hold::from).collect())
    }
}
