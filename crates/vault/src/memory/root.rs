//! A root key in memory, which goes when the process ends. Never for an installation.

use crate::key::{self, Key};
use crate::root::{Destruction, EpochKey, RootAnswer, RootKey, RootKeyError};
use counterfoil_model::{InstallationId, Random};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A [`RootKey`] in memory.
pub struct MemoryRootKey {
    keys: Mutex<BTreeMap<(InstallationId, i64), Key>>,
    random: Arc<dyn Random>,
}

impl MemoryRootKey {
    /// A provider without keys.
    pub fn new(random: Arc<dyn Random>) -> Self {
        Self {
            keys: Mutex::new(BTreeMap::new()),
            random,
        }
    }

    /// Brings the root key of `epoch` from another one, as an operator copies a file.
    pub fn copy_from(&self, other: &Self, installation: InstallationId, epoch: i64) {
        let key = other.keys().get(&(installation, epoch)).map(Key::copy);
        if let Some(key) = key {
            self.keys().insert((installation, epoch), key);
        }
    }

    fn keys(&self) -> MutexGuard<'_, BTreeMap<(InstallationId, i64), Key>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer<T: Send + 'static>(&self, result: Result<T, RootKeyError>) -> RootAnswer<'_, T> {
        Box::pin(async move { result })
    }
}

impl RootKey for MemoryRootKey {
    fn name(&self) -> &str {
        "memory"
    }

    fn make(&self, installation: InstallationId, epoch: i64) -> RootAnswer<'_, ()> {
        self.keys()
            .entry((installation, epoch))
            .or_insert_with(|| Key::random(self.random.as_ref()));
        self.answer(Ok(()))
    }

    fn wrap<'a>(&'a self, installation: InstallationId, epoch: i64, key: &'a EpochKey) -> RootAnswer<'a, Vec<u8>> {
        let wrapped = self
            .keys()
            .get(&(installation, epoch))
            .map(|root| key::wrap(root, self.random.as_ref(), &epoch.to_be_bytes(), key.reveal()))
            .ok_or(RootKeyError::Missing);
        self.answer(wrapped)
    }

    fn unwrap<'a>(&'a self, installation: InstallationId, epoch: i64, wrapped: &'a [u8]) -> RootAnswer<'a, EpochKey> {
        let opened = match self.keys().get(&(installation, epoch)) {
            None => Err(RootKeyError::Missing),
            Some(root) => key::unwrap(root, &epoch.to_be_bytes(), wrapped)
                .and_then(|bytes| EpochKey::from_slice(&bytes))
                .ok_or(RootKeyError::Altered),
        };
        self.answer(opened)
    }

    fn destroy(&self, installation: InstallationId, epoch: i64) -> RootAnswer<'_, ()> {
        self.keys().remove(&(installation, epoch));
        self.answer(Ok(()))
    }

    fn holds(&self, installation: InstallationId, epoch: i64) -> RootAnswer<'_, bool> {
        let holds = self.keys().contains_key(&(installation, epoch));
        self.answer(Ok(holds))
    }

    fn destroys(&self) -> Destruction {
        Destruction {
            how: "wipes the key in memory",
            within: Some(Duration::ZERO),
        }
    }

    fn protects(&self) -> &'static str {
        "Only for tests: the keys go when the process ends."
    }
}
