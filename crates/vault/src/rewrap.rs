//! Wrapping anew: what is done with every tree and secret of a closed epoch before it is retired.
//!
//! Trees are read a page at a time, wrapped under the open epoch and written only where nobody wrote in between, so that a puncture of meanwhile
//! is never undone by the older frontier. What was lost to another is under the open epoch already. Nothing is forgotten and no
//! address is handed out here.

use crate::secret;
use crate::tree::Tree;
use crate::trees::TRIES;
use crate::vault::{Vault, VaultError};
use counterfoil_model::TreeId;

/// Trees in one transaction.
const PAGE: i64 = 256;

/// What one page of wrapping anew did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rewrapped {
    /// Trees that are under the open epoch now.
    pub trees: u64,
    /// After which tree to go on; `None` when this was the last page of a pass.
    pub next: Option<TreeId>,
}

impl Vault {
    /// Wraps a page of the trees of epoch `number` under the open one, from after `after`. A pass that began before the epoch was closed may leave some:
    /// there are none left when one from the start finds no tree.
    ///
    /// # Errors
    /// [`VaultError::Altered`] when the row of a tree was; [`VaultError::Unavailable`], [`VaultError::NoOpenEpoch`], [`VaultError::RootKey`].
    pub async fn epoch_rewrap(&self, number: i64, after: Option<TreeId>) -> Result<Rewrapped, VaultError> {
        let rows = self.keys().trees_under(number, after, PAGE).await;
        let rows = rows.map_err(VaultError::Unavailable)?;
        let Some(last) = rows.last().map(|row| row.id) else {
            return Ok(Rewrapped { trees: 0, next: None });
        };
        let wrapped = {
            let epochs = self.epochs();
            let anew = rows.iter().map(|row| {
                let tree = Tree::unwrap(self.installation(), &epochs, row);
                let mut tree = tree.ok_or_else(|| VaultError::altered("tree", row.id))?;
                tree.generation += 1;
                let row = tree.wrap(self.installation(), &epochs, self.random());
                row.ok_or(VaultError::NoOpenEpoch)
            });
            anew.collect::<Result<Vec<_>, _>>()?
        };
        let written = self.keys().trees_rewrap(wrapped).await;
        Ok(Rewrapped {
            trees: written.map_err(VaultError::Unavailable)?,
            next: Some(last),
        })
    }

    /// Wraps the secrets of epoch `number` under the open one.
    ///
    /// # Errors
    /// [`VaultError::Altered`] when the row of a secret was; [`VaultError::SecretContended`] when others kept writing first;
    /// [`VaultError::Unavailable`], [`VaultError::NoOpenEpoch`], [`VaultError::RootKey`].
    pub async fn epoch_rewrap_secrets(&self, number: i64) -> Result<(), VaultError> {
        for _ in 0..TRIES {
            let rows = self.keys().secrets().await.map_err(VaultError::Unavailable)?;
            let mut lost = false;
            for row in rows.into_iter().filter(|row| row.epoch == number) {
                let anew = {
                    let epochs = self.epochs();
                    let secret = secret::unwrap_row(self.installation(), &epochs, &row);
                    let secret = secret.ok_or_else(|| VaultError::altered("secret", &row.name))?;
                    let generation = row.generation + 1;
                    secret::wrap_row(
                        self.installation(),
                        &epochs,
                        self.random(),
                        row.name,
                        generation,
                        &secret,
                    )
                };
                let written = self
                    .keys()
                    .secret_replace(row.generation, anew.ok_or(VaultError::NoOpenEpoch)?)
                    .await;
                // Also one that was deleted meanwhile.
                lost |= !written.map_err(VaultError::Unavailable)?;
            }
            if !lost {
                return Ok(());
            }
            self.epochs_reload().await?;
        }
        Err(VaultError::SecretContended)
    }
}
