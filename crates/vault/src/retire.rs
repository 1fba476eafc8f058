//! Retiring an epoch, step by step: each is durable, can be asked for again, and leaves a vault that serves.
//!
//! ```text
//! make      the next epoch, with a root key that every node must have and the lookup key of that epoch (see `lookup_epoch`)
//! turn      open the next and close this one, in one transaction
//! rewrap    whatever this one wraps, under the next (see `rewrap`)
//! retire    take its key out of the vault store
//! destroy   its root key, on every node
//! ```
//!
//! From then on no backup of the vault store from before opens anything. When each step is due is decided outside.

use crate::epoch::{self, Epoch, EpochStage};
use crate::key_store::EpochRow;
use crate::vault::{Vault, VaultError};
use counterfoil_model::NodeId;

impl Vault {
    /// All epochs, oldest first, as they are now.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`]; [`VaultError::Altered`] when the row of one was; [`VaultError::RootKey`], [`VaultError::OtherProvider`].
    pub async fn epochs_list(&self) -> Result<Vec<Epoch>, VaultError> {
        self.epochs_reload().await?;
        let epochs = self.epochs();
        let listed = epochs.rows().iter().map(|row| {
            let stage = EpochStage::of(row.state).ok_or_else(|| VaultError::altered("epoch", row.number))?;
            Ok(Epoch {
                number: row.number,
                stage,
                opened_at: row.opened_at,
                provider: row.provider.clone(),
            })
        });
        listed.collect()
    }

    /// Makes the epoch that follows `number` and its lookup key, unless they are there; its number. The lookup key comes first: who knows the epoch
    /// can know that too.
    ///
    /// # Errors
    /// As [`Vault::epochs_list`] and [`Vault::lookup_make`].
    pub async fn epoch_make(&self, number: i64) -> Result<i64, VaultError> {
        let next = number + 1;
        self.lookup_make(next).await?;
        if self.epoch_row(next).await?.is_none() {
            let row = epoch::make(
                self.installation(),
                self.root(),
                self.random(),
                (next, EpochStage::Made),
                self.clock().wall(),
            );
            let row = row
                .await
                .map_err(|source| VaultError::RootKey { epoch: next, source })?;
            // When another node was first, its epoch is the one.
            self.keys().epoch_insert(row).await.map_err(VaultError::Unavailable)?;
            self.epochs_reload().await?;
        }
        Ok(next)
    }

    /// The nodes with a lease that do not have the root key and the lookup key of epoch `number` yet, in no order.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn epoch_unknown_to(&self, number: i64) -> Result<Vec<NodeId>, VaultError> {
        let rows = self.keys().nodes().await.map_err(VaultError::Unavailable)?;
        let now = self.clock().wall();
        let behind = rows.iter().filter(|row| row.leased_until > now && row.opens < number);
        Ok(behind.map(|row| row.id).collect())
    }

    /// Opens the made epoch `next` and closes the one before it; nothing when that was done before.
    ///
    /// # Errors
    /// [`VaultError::NotThatFar`] when `next` was not made or its root key is not here; as [`Vault::epochs_list`].
    pub async fn epoch_turn(&self, next: i64) -> Result<(), VaultError> {
        let opens = self.epoch_row(next).await?.ok_or(VaultError::NotThatFar(next))?;
        if opens.state != EpochStage::Made.code() {
            return Ok(());
        }
        let closes = self.epoch_row(next - 1).await?;
        let turned = {
            let epochs = self.epochs();
            let moved = |row: &EpochRow, stage, at| {
                let key = epochs.key(row.number)?;
                epoch::moved(self.installation(), key, row, stage, at)
            };
            closes.and_then(|row| {
                Some((
                    moved(&row, EpochStage::Closed, row.opened_at)?,
                    moved(&opens, EpochStage::Open, self.clock().wall())?,
                ))
            })
        };
        let (closes, opens) = turned.ok_or(VaultError::NotThatFar(next))?;
        let kept = self.keys().epoch_turn(closes, opens).await;
        // When it was not kept, another node was first.
        kept.map_err(VaultError::Unavailable)?;
        self.epochs_reload().await
    }

    /// Takes the key of the closed epoch `number` out of the vault store, once nothing is wrapped under it; nothing when that was done before.
    ///
    /// # Errors
    /// [`VaultError::NotThatFar`] when it is not closed, or still wraps something; as [`Vault::epochs_list`].
    pub async fn epoch_retire(&self, number: i64) -> Result<(), VaultError> {
        let row = self.epoch_row(number).await?.ok_or(VaultError::NotThatFar(number))?;
        if row.state == EpochStage::Retired.code() {
            return Ok(());
        }
        let retired = epoch::retired(self.installation(), &self.secrets().head, &row);
        let kept = self.keys().epoch_retire(retired).await;
        if !kept.map_err(VaultError::Unavailable)? {
            let after = self.epoch_row(number).await?;
            return match after.is_some_and(|row| row.state == EpochStage::Retired.code()) {
                true => Ok(()),
                false => Err(VaultError::NotThatFar(number)),
            };
        }
        self.epochs_reload().await
    }

    /// Destroys the root keys of all retired epochs on this node, and sees that they are gone. Every node does so by itself: see
    /// [`Vault::epochs_follow`].
    ///
    /// # Errors
    /// [`VaultError::RootKey`] when one could not be destroyed or is still there; as [`Vault::epochs_list`].
    pub async fn epochs_destroy(&self) -> Result<i64, VaultError> {
        let retired = self.retired()?;
        let mut gone = 0;
        for number in retired {
            let failed = |source| VaultError::RootKey { epoch: number, source };
            let (root, installation) = (self.root(), self.installation());
            if root.holds(installation, number).await.map_err(failed)? {
                root.destroy(installation, number).await.map_err(failed)?;
                if root.holds(installation, number).await.map_err(failed)? {
                    return Err(VaultError::StillThere(number));
                }
            }
            gone = number;
        }
        Ok(gone)
    }

    /// The nodes with a lease that have not seen the root key of epoch `number` destroyed yet, in no order.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn epoch_held_by(&self, number: i64) -> Result<Vec<NodeId>, VaultError> {
        let rows = self.keys().nodes().await.map_err(VaultError::Unavailable)?;
        let now = self.clock().wall();
        let holding = rows.iter().filter(|row| row.leased_until > now && row.gone < number);
        Ok(holding.map(|row| row.id).collect())
    }

    /// The row of an epoch, as it is now.
    async fn epoch_row(&self, number: i64) -> Result<Option<EpochRow>, VaultError> {
        self.epochs_reload().await?;
        let epochs = self.epochs();
        Ok(epochs.rows().iter().find(|row| row.number == number).cloned())
    }

    /// The retired epochs, oldest first.
    fn retired(&self) -> Result<Vec<i64>, VaultError> {
        let retired = self.epochs().retired(self.installation(), &self.secrets().head);
        retired.map_err(VaultError::from)
    }
}
