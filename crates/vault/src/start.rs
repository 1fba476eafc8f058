//! Starting: the first time, and every other time.

use crate::epoch::{self, EpochStage, Epochs};
use crate::intake::Intake;
use crate::key::Key;
use crate::key_store::KeyStore;
use crate::log_seed::{self, LogSeeds};
use crate::lookup::LookupKeys;
use crate::node::Lease;
use crate::root::{RootKey, RootKeyError};
use crate::secret::{self, Secrets, Unloaded};
use crate::trees::Trees;
use crate::vault::{Shared, Vault, VaultError};
use counterfoil_model::{Clock, InstallationId, Random};
use std::sync::{Arc, RwLock};

/// Why the vault did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The vault store holds no epoch: it was never begun, or it is the wrong one.
    #[error("this vault was never begun")]
    NotBegun,
    /// A secret that every vault has is not there.
    #[error("the secret {0} is missing from the vault store")]
    SecretMissing(String),
    /// Keys could not be read or made.
    #[error("the keys of the vault could not be opened")]
    Vault(#[source] VaultError),
}

impl Vault {
    /// Begins a vault: makes the first epoch and the secrets, then starts it. What an earlier attempt made is kept, so a
    /// beginning that broke off can be repeated. Only for an installation that holds nothing sealed yet.
    ///
    /// # Errors
    /// [`StartError::Vault`].
    pub async fn init(
        keys: Arc<dyn KeyStore>,
        root: Arc<dyn RootKey>,
        installation: InstallationId,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, StartError> {
        begin(
            keys.as_ref(),
            root.as_ref(),
            installation,
            clock.as_ref(),
            random.as_ref(),
        )
        .await
        .map_err(StartError::Vault)?;
        Self::start(keys, root, installation, clock, random).await
    }

    /// Starts a vault that was begun before: opens its epochs and secrets.
    ///
    /// # Errors
    /// [`StartError::NotBegun`], [`StartError::SecretMissing`], [`StartError::Vault`].
    pub async fn start(
        keys: Arc<dyn KeyStore>,
        root: Arc<dyn RootKey>,
        installation: InstallationId,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, StartError> {
        let unavailable = |error| StartError::Vault(VaultError::Unavailable(error));
        let epochs = Epochs::read(installation, keys.as_ref(), root.as_ref()).await;
        let epochs = epochs.map_err(|unread| StartError::Vault(unread.into()))?;
        if epochs.rows().is_empty() {
            return Err(StartError::NotBegun);
        }
        let rows = keys.secrets().await.map_err(unavailable)?;
        for number in epochs.gone() {
            let trees = keys.trees_under(number, None, 1).await.map_err(unavailable)?;
            if !trees.is_empty() || rows.iter().any(|row| row.epoch == number) {
                let source = RootKeyError::Missing;
                return Err(StartError::Vault(VaultError::RootKey { epoch: number, source }));
            }
        }
        let secrets = Secrets::load(installation, &epochs, &rows)?;
        let unloaded = |unloaded| match unloaded {
            Unloaded::Missing(name) => StartError::SecretMissing(name),
            Unloaded::Altered(name) => StartError::Vault(VaultError::altered("secret", name)),
        };
        let lookups = LookupKeys::load(installation, &epochs, &rows).map_err(unloaded)?;
        let log_seeds = LogSeeds::load(installation, &epochs, &rows).map_err(unloaded)?;
        let retired = epochs.retired(installation, &secrets.head);
        retired.map_err(|fault| StartError::Vault(fault.into()))?;
        Ok(Self::new(Shared {
            installation,
            keys,
            root,
            clock,
            random,
            epochs: RwLock::new(epochs),
            lookups: RwLock::new(Arc::new(lookups)),
            log_seeds: RwLock::new(Arc::new(log_seeds)),
            reloading: tokio::sync::Mutex::default(),
            secrets,
            trees: Trees::default(),
            intake: tokio::sync::Mutex::new(Intake::default()),
            lease: Lease::default(),
        }))
    }
}

async fn begin(
    keys: &dyn KeyStore,
    root: &dyn RootKey,
    installation: InstallationId,
    clock: &dyn Clock,
    random: &dyn Random,
) -> Result<(), VaultError> {
    if keys.epochs().await.map_err(VaultError::Unavailable)?.is_empty() {
        let row = epoch::make(installation, root, random, (1, EpochStage::Open), clock.wall())
            .await
            .map_err(|source| VaultError::RootKey { epoch: 1, source })?;
        // When another process was first, its epoch is the one.
        keys.epoch_insert(row).await.map_err(VaultError::Unavailable)?;
    }
    let epochs = Epochs::read(installation, keys, root).await?;
    let there = keys.secrets().await.map_err(VaultError::Unavailable)?;
    let mut names: Vec<String> = secret::FIRST.map(str::to_owned).into();
    if there.iter().all(|row| secret::lookup_epoch(&row.name).is_none()) {
        names.push(secret::lookup_name(1));
    }
    if there.iter().all(|row| log_seed::seed_number(&row.name).is_none()) {
        names.push(log_seed::seed_name(1));
    }
    for name in names {
        if there.iter().all(|row| row.name != name) {
            let row = secret::wrap_row(installation, &epochs, random, name, 1, &Key::random(random))
                .ok_or(VaultError::NoOpenEpoch)?;
            keys.secret_insert(row).await.map_err(VaultError::Unavailable)?;
        }
    }
    Ok(())
}
