//! Lookup keys by epoch: the next one is made before its epoch is, and the one before destroyed once nothing is found by it any more.
//!
//! ```text
//! make      the key of the next epoch; from then on whatever is looked for is asked for under both
//! destroy   the keys of earlier ones, before what is left is wrapped under the next epoch: so no copy of the vault has them that outlives theirs
//! ```
//!
//! Which of them is written is decided outside, and so is when nothing bears the hash of an earlier one any more.

use crate::key::Key;
use crate::puncture::Punctured;
use crate::secret;
use crate::trees::TRIES;
use crate::vault::{Vault, VaultError};

impl Vault {
    /// Makes the lookup key of `epoch`, unless it is there.
    ///
    /// # Errors
    /// [`VaultError::Altered`] when an epoch or a lookup key was; [`VaultError::SecretContended`] when others kept turning the epoch;
    /// [`VaultError::Unavailable`], [`VaultError::NoOpenEpoch`], [`VaultError::RootKey`], [`VaultError::OtherProvider`].
    pub async fn lookup_make(&self, epoch: i64) -> Result<(), VaultError> {
        for _ in 0..TRIES {
            self.epochs_reload().await?;
            if self.lookup_keys().has(epoch) {
                return Ok(());
            }
            let row = secret::wrap_row(
                self.installation(),
                &self.epochs(),
                self.random(),
                secret::lookup_name(epoch),
                1,
                &Key::random(self.random()),
            );
            // When it is not kept, another node was first, or the epoch is not open any more.
            let kept = self.keys().secret_insert(row.ok_or(VaultError::NoOpenEpoch)?).await;
            kept.map_err(VaultError::Unavailable)?;
        }
        Err(VaultError::SecretContended)
    }

    /// Destroys the lookup keys of all epochs before `epoch`. What it gives tells when every process has dropped them: see [`Vault::live`].
    ///
    /// # Errors
    /// [`VaultError::NotThatFar`] when the lookup key of `epoch` is not there; as [`Vault::lookup_make`].
    pub async fn lookup_destroy(&self, epoch: i64) -> Result<Punctured, VaultError> {
        self.epochs_reload().await?;
        let keys = self.lookup_keys();
        if !keys.has(epoch) {
            return Err(VaultError::NotThatFar(epoch));
        }
        for earlier in keys.epochs().filter(|each| *each < epoch) {
            let name = secret::lookup_name(earlier);
            let deleted = self.keys().secret_delete(name, self.clock().wall()).await;
            deleted.map_err(VaultError::Unavailable)?;
        }
        self.epochs_reload().await?;
        let number = self.keys().puncture_head().await.map_err(VaultError::Unavailable)?;
        Ok(Punctured::up_to(number, self.clock().wall()))
    }
}
