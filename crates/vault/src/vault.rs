//! The vault itself: what all its operations share.

use crate::epoch::Epochs;
use crate::intake::Intake;
use crate::key_store::{KeyStore, KeyStoreError};
use crate::log_seed::LogSeeds;
use crate::lookup::LookupKeys;
use crate::node::Lease;
use crate::root::{RootKey, RootKeyError};
use crate::secret::{Secrets, Unloaded};
use crate::trees::Trees;
use counterfoil_model::{Clock, InstallationId, Random, TreeId};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

/// Why the vault did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The vault store could not be reached; whether a write was kept is unknown.
    #[error("the vault store could not be reached")]
    Unavailable(#[source] KeyStoreError),
    /// The root key of an epoch could not be used.
    #[error("the root key of epoch {epoch} could not be used")]
    RootKey {
        /// Which epoch.
        epoch: i64,
        /// Why.
        #[source]
        source: RootKeyError,
    },
    /// An epoch's root key is kept by another kind of provider than the one that is set.
    #[error("the root key of epoch {epoch} is kept by the provider {provider}")]
    OtherProvider {
        /// Which epoch.
        epoch: i64,
        /// What its row says.
        provider: String,
    },
    /// A row of the vault store was altered.
    #[error("row {id} of table {table} in the vault store was altered")]
    Altered {
        /// The table.
        table: &'static str,
        /// The row.
        id: String,
    },
    /// No epoch is open, so nothing can be wrapped.
    #[error("no epoch is open")]
    NoOpenEpoch,
    /// There is no such tree.
    #[error("there is no key tree {0}")]
    UnknownTree(TreeId),
    /// All addresses of the tree are used.
    #[error("the key tree {0} has no addresses left")]
    Full(TreeId),
    /// This node could not renew its lease, so that others may have destroyed keys that it still remembers: it opens nothing until it
    /// has.
    #[error("the lease of this node ran out")]
    LeaseRanOut,
    /// Others kept writing the tree first.
    #[error("the key tree {0} is being written by others")]
    Contended(TreeId),
    /// Others kept writing a secret first.
    #[error("a secret of the vault is being written by others")]
    SecretContended,
    /// The retirement of an epoch has not come to this step yet.
    #[error("epoch {0} has not come that far")]
    NotThatFar(i64),
    /// A root key was destroyed, and is there all the same.
    #[error("the root key of epoch {0} was destroyed and is still there")]
    StillThere(i64),
}

impl VaultError {
    pub(crate) fn altered(table: &'static str, id: impl ToString) -> Self {
        Self::Altered {
            table,
            id: id.to_string(),
        }
    }
}

/// The vault. Cloning gives another handle of the same one.
#[derive(Clone)]
pub struct Vault {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) installation: InstallationId,
    pub(crate) keys: Arc<dyn KeyStore>,
    pub(crate) root: Arc<dyn RootKey>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) epochs: RwLock<Epochs>,
    pub(crate) lookups: RwLock<Arc<LookupKeys>>,
    pub(crate) log_seeds: RwLock<Arc<LogSeeds>>,
    /// Held while they are read again, so that what was read later stands.
    pub(crate) reloading: tokio::sync::Mutex<()>,
    pub(crate) secrets: Secrets,
    pub(crate) trees: Trees,
    pub(crate) intake: tokio::sync::Mutex<Intake>,
    pub(crate) lease: Lease,
}

impl Vault {
    pub(crate) fn new(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Which installation this vault belongs to.
    pub fn installation(&self) -> InstallationId {
        self.shared.installation
    }

    pub(crate) fn keys(&self) -> &dyn KeyStore {
        self.shared.keys.as_ref()
    }

    pub(crate) fn root(&self) -> &dyn RootKey {
        self.shared.root.as_ref()
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.shared.clock.as_ref()
    }

    pub(crate) fn random(&self) -> &dyn Random {
        self.shared.random.as_ref()
    }

    pub(crate) fn random_shared(&self) -> Arc<dyn Random> {
        self.shared.random.clone()
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.shared.secrets
    }

    pub(crate) fn trees(&self) -> &Trees {
        &self.shared.trees
    }

    pub(crate) fn lease(&self) -> &Lease {
        &self.shared.lease
    }

    pub(crate) fn intake(&self) -> &tokio::sync::Mutex<Intake> {
        &self.shared.intake
    }

    /// The epochs as last read. Never hold this over an await.
    pub(crate) fn epochs(&self) -> RwLockReadGuard<'_, Epochs> {
        self.shared.epochs.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn log_seeds_cell(&self) -> &RwLock<Arc<LogSeeds>> {
        &self.shared.log_seeds
    }

    /// The lookup keys as last read.
    pub fn lookup_keys(&self) -> Arc<LookupKeys> {
        let lookups = self.shared.lookups.read();
        Arc::clone(&lookups.unwrap_or_else(PoisonError::into_inner))
    }

    /// The lookup keys as they are now.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`]; [`VaultError::Altered`] when an epoch or a lookup key was; [`VaultError::RootKey`],
    /// [`VaultError::OtherProvider`].
    pub async fn lookup_keys_now(&self) -> Result<Arc<LookupKeys>, VaultError> {
        self.epochs_reload().await?;
        Ok(self.lookup_keys())
    }

    /// Reads the epochs, the lookup keys and the seeds of the log's keys again, after one was opened, closed or destroyed elsewhere.
    pub(crate) async fn epochs_reload(&self) -> Result<(), VaultError> {
        let _alone = self.shared.reloading.lock().await;
        let (epochs, keys) = self.epochs_read().await?;
        if let Some((lookups, log_seeds)) = keys {
            *self.log_seeds_cell().write().unwrap_or_else(PoisonError::into_inner) = Arc::new(log_seeds);
            *self.shared.lookups.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(lookups);
        }
        *self.shared.epochs.write().unwrap_or_else(PoisonError::into_inner) = epochs;
        Ok(())
    }

    /// All as they are now; without an open epoch the keys stay as they are. A secret may be wrapped anew between the two questions: then they
    /// are asked again.
    async fn epochs_read(&self) -> Result<(Epochs, Option<(LookupKeys, LogSeeds)>), VaultError> {
        let mut before = None;
        loop {
            let epochs = Epochs::read(self.installation(), self.keys(), self.root()).await?;
            epochs.retired(self.installation(), &self.secrets().head)?;
            if epochs.open().is_none() {
                return Ok((epochs, None));
            }
            let rows = self.keys().secrets().await.map_err(VaultError::Unavailable)?;
            let lookups = LookupKeys::load(self.installation(), &epochs, &rows);
            let keys = lookups.and_then(|lookups| Ok((lookups, LogSeeds::load(self.installation(), &epochs, &rows)?)));
            let name = match keys {
                Ok(keys) => return Ok((epochs, Some(keys))),
                Err(Unloaded::Missing(name) | Unloaded::Altered(name)) => name,
            };
            if before.as_ref() == Some(&rows) {
                return Err(VaultError::altered("secret", name));
            }
            before = Some(rows);
        }
    }
}
