//! Opening: only for a permit that names the thing, only in the place where it was sealed.

use crate::blob::{BlobOpener, Header};
use crate::content::Content;
use crate::envelope::{Envelope, Sealed};
use crate::item::commit;
use crate::key::Key;
use crate::key_store::KeyStoreError;
use crate::place::{Address, Place};
use crate::tree::Tree;
use crate::vault::{Vault, VaultError};
use counterfoil_model::{Opened, TreeId};
use counterfoil_policy::Permit;
use std::collections::HashMap;
use zeroize::Zeroizing;

/// Why something sealed was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The permit does not name it.
    #[error("the permit does not name this")]
    NotPermitted,
    /// Its key was destroyed: erased for good. A job treats this as done.
    #[error("it was erased")]
    Erased,
    /// It was altered, stands in another place than it was sealed for, or its key row was altered or taken away.
    #[error("it was altered or stands in another place")]
    Altered,
    /// The vault store or the root key could not be reached: try later.
    #[error("its key could not be reached")]
    Unavailable(#[source] KeyStoreError),
}

impl From<VaultError> for OpenError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Unavailable(source) => Self::Unavailable(source),
            VaultError::UnknownTree(_) | VaultError::Altered { .. } => Self::Altered,
            other => Self::Unavailable(KeyStoreError(Box::new(other))),
        }
    }
}

impl Vault {
    /// Opens a sealed value.
    ///
    /// # Errors
    /// As [`OpenError`] says.
    pub async fn open<T: Content>(
        &self,
        permit: &Permit,
        place: Place,
        sealed: &Sealed<T>,
    ) -> Result<Opened<T>, OpenError> {
        let (_, content) = self.open_bytes(permit, place, sealed.bytes()).await?;
        T::decode(&content).map(Opened::new).ok_or(OpenError::Altered)
    }

    /// Opens many sealed values, each as [`Vault::open`] would, with one question to the vault store, and remembers none of their trees: for who
    /// goes through a whole table while others work with theirs.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`], [`VaultError::LeaseRanOut`], [`VaultError::RootKey`]: none was opened.
    pub async fn open_each<T: Content>(
        &self,
        permit: &Permit,
        values: &[(Place, Sealed<T>)],
    ) -> Result<Vec<Result<Opened<T>, OpenError>>, VaultError> {
        self.may_open().await?;
        let envelopes: Vec<_> = values
            .iter()
            .map(|(place, sealed)| {
                permitted(permit, *place)?;
                Envelope::parse(sealed.bytes()).ok_or(OpenError::Altered)
            })
            .collect();
        let mut ids: Vec<TreeId> = envelopes.iter().flatten().map(|each| each.address.tree).collect();
        ids.sort_unstable();
        ids.dedup();
        let rows = self.keys().trees(ids).await.map_err(VaultError::Unavailable)?;
        if rows.iter().any(|row| self.epochs().key(row.epoch).is_none()) {
            self.epochs_reload().await?;
        }
        self.may_still_open()?;
        let epochs = self.epochs();
        let trees = rows.iter().filter_map(|row| {
            let tree = Tree::unwrap(self.installation(), &epochs, row)?;
            Some((row.id, tree))
        });
        let mut trees: HashMap<TreeId, Tree> = trees.collect();
        let opened = envelopes.into_iter().zip(values).map(|(envelope, (place, _))| {
            let envelope = envelope?;
            let tree = trees.get_mut(&envelope.address.tree).ok_or(OpenError::Altered)?;
            let key = tree.leaf(envelope.address.index).ok_or(OpenError::Erased)?;
            let content = envelope.open(&key, self.installation(), *place);
            let content = content.and_then(|content| T::decode(&content));
            content.map(Opened::new).ok_or(OpenError::Altered)
        });
        Ok(opened.collect())
    }

    /// Opens a sealed value and commits to what was inside, as [`Item::commit`](crate::Item::commit) did when it was sealed:
    /// so that it can be compared with the log.
    ///
    /// # Errors
    /// As [`OpenError`] says.
    pub async fn commitment<T: Content>(
        &self,
        permit: &Permit,
        place: Place,
        sealed: &Sealed<T>,
    ) -> Result<[u8; 32], OpenError> {
        let (key, content) = self.open_bytes(permit, place, sealed.bytes()).await?;
        Ok(commit(&key, place.label, &content))
    }

    /// Commits to `content` under the item at `address`, for content that lies elsewhere, such as the digest of a file.
    ///
    /// # Errors
    /// As [`OpenError`] says.
    pub async fn commitment_of(
        &self,
        permit: &Permit,
        place: Place,
        address: Address,
        content: &[u8],
    ) -> Result<[u8; 32], OpenError> {
        permitted(permit, place)?;
        Ok(commit(&self.item_key(address).await?, place.label, content))
    }

    /// Makes ready to open the file whose first [`BLOB_HEADER`](crate::BLOB_HEADER) bytes are `header`.
    ///
    /// # Errors
    /// As [`OpenError`] says.
    pub async fn blob_open(&self, permit: &Permit, place: Place, header: &[u8]) -> Result<BlobOpener, OpenError> {
        permitted(permit, place)?;
        let header = Header::parse(header).ok_or(OpenError::Altered)?;
        let key = self.item_key(header.address).await?;
        Ok(BlobOpener::new(self.installation(), &key, &header, place))
    }

    async fn open_bytes(
        &self,
        permit: &Permit,
        place: Place,
        sealed: &[u8],
    ) -> Result<(Key, Zeroizing<Vec<u8>>), OpenError> {
        permitted(permit, place)?;
        let envelope = Envelope::parse(sealed).ok_or(OpenError::Altered)?;
        let key = self.item_key(envelope.address).await?;
        let content = envelope
            .open(&key, self.installation(), place)
            .ok_or(OpenError::Altered)?;
        Ok((key, content))
    }

    /// The key of an item that was sealed.
    async fn item_key(&self, address: Address) -> Result<Key, OpenError> {
        self.may_open().await?;
        let slot = self.trees().slot(address.tree);
        let mut slot = slot.lock().await;
        self.may_still_open()?;
        let tree = self.tree_in(&mut slot, address.tree).await?;
        tree.leaf(address.index).ok_or(OpenError::Erased)
    }
}

fn permitted(permit: &Permit, place: Place) -> Result<(), OpenError> {
    if permit.covers(&place.object) {
        Ok(())
    } else {
        Err(OpenError::NotPermitted)
    }
}
