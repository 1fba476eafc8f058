//! Handing out addresses: in blocks of 64 that are durable before the first of them is used.
//!
//! An address that was handed out and never used is a gap, which is harmless; none is ever handed out twice, also not after
//! a crash, since a process begins with a block of its own.

use crate::item::Item;
use crate::key_store::KeyStoreError;
use crate::place::{Address, TreeKind};
use crate::tree::{BLOCK, Tree};
use crate::trees::Slot;
use crate::vault::{Vault, VaultError};
use counterfoil_model::TreeId;
use tokio::task::JoinSet;

/// How many trees are passed over in at a time.
const PAGE: i64 = 64;
/// One more than the last address of a tree.
const ADDRESSES: i64 = 1 << 32;

/// How often a new tree is offered when the epoch was closed in between.
const TRIES: usize = 4;

impl Vault {
    /// Makes a key tree, durable when this returns. Its first 64 addresses are ready without another write.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`], [`VaultError::NoOpenEpoch`]; [`VaultError::RootKey`] or [`VaultError::Altered`] when a
    /// new epoch had to be opened and could not be.
    pub async fn tree_create(&self, kind: TreeKind) -> Result<TreeId, VaultError> {
        let now = self.clock().monotonic();
        for _ in 0..TRIES {
            let tree = Tree::new(TreeId::new(self.clock().wall(), self.random()), kind, self.random());
            let row = tree
                .wrap(self.installation(), &self.epochs(), self.random())
                .ok_or(VaultError::NoOpenEpoch)?;
            let kept = self.keys().tree_insert(vec![row]).await;
            if kept.map_err(VaultError::Unavailable)? {
                let id = tree.id;
                let slot = self.trees().slot(id);
                let mut slot = slot.lock().await;
                slot.reserved = 0..BLOCK;
                slot.keep(tree, now);
                return Ok(id);
            }
            self.epochs_reload().await?;
        }
        Err(VaultError::NoOpenEpoch)
    }

    /// Takes a fresh address of `tree` and derives its key. Costs a write to the vault store once in 64 times.
    ///
    /// # Errors
    /// [`VaultError::UnknownTree`]; [`VaultError::Full`] after 2^32 addresses; [`VaultError::Altered`] when the tree's row
    /// was; [`VaultError::Contended`] when others kept writing first; [`VaultError::Unavailable`],
    /// [`VaultError::NoOpenEpoch`], [`VaultError::RootKey`].
    pub async fn item(&self, tree: TreeId) -> Result<Item, VaultError> {
        let slot = self.trees().slot(tree);
        let mut slot = slot.lock().await;
        loop {
            let next_index = self.tree_in(&mut slot, tree).await?.next_index;
            let Some(next) = slot.reserved.next().filter(|index| *index < next_index) else {
                self.reserve(&mut slot, tree).await?;
                continue;
            };
            let index = u32::try_from(next).expect("an index below 2^32 was reserved");
            // A leaf may have been forgotten before it was ever used, with the run that it lies in.
            if let Some(key) = self.tree_in(&mut slot, tree).await?.leaf(index) {
                return Ok(Item {
                    installation: self.installation(),
                    random: self.random_shared(),
                    address: Address { tree, index },
                    key,
                });
            }
        }
    }

    /// Passes over so many addresses of every tree, which are then never handed out. For a vault that was just brought from a copy: whatever was
    /// sealed after the copy was taken, and lies in a later one, shares no key with what is sealed from now on.
    ///
    /// # Errors
    /// As [`Vault::item`].
    pub async fn pass_over(&self, addresses: u32) -> Result<(), VaultError> {
        let mut after = None;
        loop {
            let rows = self
                .keys()
                .tree_scan(after, PAGE)
                .await
                .map_err(VaultError::Unavailable)?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last.id);
            let mut passing = JoinSet::new();
            for row in rows {
                let vault = self.clone();
                passing.spawn(async move { vault.pass_over_in(row.id, addresses).await });
            }
            while let Some(passed) = passing.join_next().await {
                passed.map_err(|error| VaultError::Unavailable(KeyStoreError(Box::new(error))))??;
            }
        }
    }

    async fn pass_over_in(&self, id: TreeId, addresses: u32) -> Result<(), VaultError> {
        let slot = self.trees().slot(id);
        let mut slot = slot.lock().await;
        slot.reserved = 0..0;
        self.tree_change(&mut slot, id, |tree| {
            tree.next_index = tree.next_index.saturating_add(addresses.into()).min(ADDRESSES);
            Ok(())
        })
        .await
    }

    async fn reserve(&self, slot: &mut Slot, id: TreeId) -> Result<(), VaultError> {
        slot.reserved = self
            .tree_change(slot, id, |tree| {
                // Blocks without a living leaf are passed over.
                let living = u32::try_from(tree.next_index)
                    .ok()
                    .and_then(|next| tree.frontier.living_from(next))
                    .ok_or(VaultError::Full(id))?;
                let first = i64::from(living) / BLOCK * BLOCK;
                let block = first.max(tree.next_index)..first + BLOCK;
                tree.next_index = block.end;
                Ok(block)
            })
            .await?;
        Ok(())
    }
}
