//! The last signed head of the log, kept apart from the log, so that a rolled-back or forked database is noticed.

use crate::key_store::{HeadRow, KeyStoreError};
use crate::vault::Vault;
use subtle::ConstantTimeEq;

/// Size and root of the log when it was last signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of leaves.
    pub size: u64,
    /// Root hash.
    pub root: [u8; 32],
}

/// Why the head was not read or kept.
#[derive(Debug, thiserror::Error)]
pub enum HeadError {
    /// The vault store could not be reached.
    #[error("the vault store could not be reached")]
    Unavailable(#[source] KeyStoreError),
    /// The kept head was altered.
    #[error("the kept head of the log was altered")]
    Altered,
    /// The kept head is larger, or has the same size and another root: the log was rolled back or forked.
    #[error("the log goes behind its kept head or forks from it")]
    Behind,
}

impl Vault {
    /// The last head that was put, if any.
    ///
    /// # Errors
    /// [`HeadError::Unavailable`], [`HeadError::Altered`].
    pub async fn head(&self) -> Result<Option<Head>, HeadError> {
        let row = self.keys().head().await.map_err(HeadError::Unavailable)?;
        row.map(|row| self.head_of(&row).ok_or(HeadError::Altered)).transpose()
    }

    /// Keeps a head. It only grows; putting the same again does nothing.
    ///
    /// # Errors
    /// [`HeadError::Unavailable`], [`HeadError::Behind`].
    pub async fn head_put(&self, size: u64, root: [u8; 32]) -> Result<(), HeadError> {
        let row = HeadRow {
            // No log comes near 2^63 leaves; such a size would be a lie about a fork.
            size: i64::try_from(size).map_err(|_| HeadError::Behind)?,
            root: root.to_vec(),
            mac: self.head_code(size, &root).to_vec(),
        };
        match self.keys().head_put(row).await.map_err(HeadError::Unavailable)? {
            true => Ok(()),
            false => Err(HeadError::Behind),
        }
    }

    /// The head in a row; `None` when it was altered.
    pub(crate) fn head_of(&self, row: &HeadRow) -> Option<Head> {
        let size = u64::try_from(row.size).ok()?;
        let root: [u8; 32] = row.root.as_slice().try_into().ok()?;
        let good: bool = self.head_code(size, &root).as_slice().ct_eq(&row.mac).into();
        good.then_some(Head { size, root })
    }

    fn head_code(&self, size: u64, root: &[u8; 32]) -> [u8; 32] {
        self.secrets()
            .head
            .over(&[self.installation().bytes(), &size.to_be_bytes(), root])
    }
}
