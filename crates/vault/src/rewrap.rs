//! Wrapping a tree anew: what is done with every tree before the epoch that wrapped it is retired.
//!
//! The tree is read, wrapped under the newest open epoch and written only if nobody wrote in between, so that a puncture of meanwhile
//! is never undone by the older frontier. Nothing is forgotten and no address is handed out here.

use crate::trees::Changed;
use crate::vault::{Vault, VaultError};
use counterfoil_model::TreeId;

impl Vault {
    /// Wraps a tree under the newest open epoch, unless it is already; whether it was written.
    ///
    /// # Errors
    /// [`VaultError::UnknownTree`]; [`VaultError::Altered`] when the tree's row was; [`VaultError::Contended`] when others kept writing
    /// first; [`VaultError::Unavailable`], [`VaultError::NoOpenEpoch`], [`VaultError::RootKey`].
    pub async fn tree_rewrap(&self, tree: TreeId) -> Result<bool, VaultError> {
        // Another process may have opened an epoch since.
        self.epochs_reload().await?;
        let slot = self.trees().slot(tree);
        let mut slot = slot.lock().await;
        slot.drop_tree();
        self.tree_change(&mut slot, tree, |tree| {
            let open = self.epochs().open().map(|(number, _)| number);
            let open = open.ok_or(VaultError::NoOpenEpoch)?;
            Ok(match tree.epoch == open {
                true => Changed::No(false),
                false => Changed::Yes(true),
            })
        })
        .await
    }
}
