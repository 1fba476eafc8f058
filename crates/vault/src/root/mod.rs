//! Root keys: the one key per epoch that is kept, and destroyed, outside the vault store.
//!
//! A provider wraps the epoch's key and nothing else. When it destroys the root key of an epoch, everything that was sealed
//! under that epoch alone is gone, in every backup.

pub(crate) mod folder;

pub use folder::{KeyFolder, KeyFolderError};

use crate::key::Key;
use counterfoil_model::InstallationId;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// The answer of a [`RootKey`], later.
pub type RootAnswer<'a, T> = Pin<Box<dyn Future<Output = Result<T, RootKeyError>> + Send + 'a>>;

/// Why a provider of root keys did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum RootKeyError {
    /// It has no key for this epoch: never made, or destroyed.
    #[error("there is no root key for this epoch")]
    Missing,
    /// The wrapped key was altered, or wrapped by another root key.
    #[error("the epoch key does not open under its root key")]
    Altered,
    /// The key folder could not be used.
    #[error("the key folder could not be used")]
    Folder(#[source] KeyFolderError),
    /// Another provider could not be used.
    #[error("the provider of root keys could not be used")]
    Provider(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// How a provider destroys a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destruction {
    /// What it does, in words for an operator.
    pub how: &'static str,
    /// How long after the call the key is gone; `None` when the provider cannot say.
    pub within: Option<Duration>,
}

/// The key of an epoch in the open, on its way to or from a provider. Wiped when dropped.
pub struct EpochKey(pub(crate) Key);

impl EpochKey {
    /// Takes 32 bytes that a provider opened; `None` for any other length. The caller wipes its own copy.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        Key::from_slice(bytes).map(Self)
    }

    /// The key itself, for the provider that wraps it.
    pub fn reveal(&self) -> &[u8; 32] {
        self.0.bytes()
    }
}

/// A provider of root keys: makes, uses and destroys one per epoch.
///
/// Every call names installation and epoch, and a provider binds what it wraps to both.
pub trait RootKey: Send + Sync + 'static {
    /// The name of the kind of provider, such as `key-folder`; stored with each epoch.
    fn name(&self) -> &str;
    /// Makes the root key of `epoch`, durably. Does nothing when there is one.
    fn make(&self, installation: InstallationId, epoch: i64) -> RootAnswer<'_, ()>;
    /// Wraps the key of `epoch`.
    fn wrap<'a>(&'a self, installation: InstallationId, epoch: i64, key: &'a EpochKey) -> RootAnswer<'a, Vec<u8>>;
    /// Opens what [`RootKey::wrap`] gave.
    fn unwrap<'a>(&'a self, installation: InstallationId, epoch: i64, wrapped: &'a [u8]) -> RootAnswer<'a, EpochKey>;
    /// Destroys the root key of `epoch`. Does nothing when there is none.
    fn destroy(&self, installation: InstallationId, epoch: i64) -> RootAnswer<'_, ()>;
    /// Whether there is a root key of `epoch`: how destruction is seen.
    fn holds(&self, installation: InstallationId, epoch: i64) -> RootAnswer<'_, bool>;
    /// How and how fast it destroys.
    fn destroys(&self) -> Destruction;
    /// What it protects against and what not, in words for an operator.
    fn protects(&self) -> &'static str;
}
