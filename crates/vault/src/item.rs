//! One item's key: what seals its parts and commits to them.
//!
//! An item is a message, an attachment, a version of a name: the unit that is erased. Its key is leaf `index` of its tree and
//! lives in memory only while the item is being sealed.

use crate::blob::BlobSealer;
use crate::content::Content;
use crate::envelope::{self, Sealed};
use crate::key::{Key, Mac};
use crate::place::{Address, Label, Place};
use counterfoil_model::{InstallationId, Random};
use std::sync::Arc;

/// A fresh address and its key.
pub struct Item {
    pub(crate) installation: InstallationId,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) address: Address,
    pub(crate) key: Key,
}

impl Item {
    /// Where the item's key hangs, for life.
    pub fn address(&self) -> Address {
        self.address
    }

    /// Seals one part of the item for its place. Each label once per item.
    ///
    /// # Panics
    /// When `content` has 4 GiB or more.
    pub fn seal<T: Content>(&self, place: Place, content: &T) -> Sealed<T> {
        envelope::seal(
            self.installation,
            self.random.as_ref(),
            &self.key,
            self.address,
            place,
            content,
        )
    }

    /// Commits to the part `label`, whose bytes are `content` as [`Content::encode`] gives them.
    pub fn commit(&self, label: Label, content: &[u8]) -> [u8; 32] {
        commit(&self.key, label, content)
    }

    /// Seals the bytes of a file, piece by piece.
    pub fn blob_sealer(&self, place: Place) -> BlobSealer {
        BlobSealer::new(self.installation, self.random.as_ref(), &self.key, self.address, place)
    }
}

/// HMAC-SHA256 under the public key `counterfoil/commit/v1` over opening, label and content, with lengths
/// (`docs/formats/commitment.md`). The opening is derived from the item's key, so it goes when the key goes.
pub(crate) fn commit(item: &Key, label: Label, content: &[u8]) -> [u8; 32] {
    let opening = item.expand(&[b"counterfoil/vault/v1/opening", &[label.code()]]);
    commit_opened(opening.bytes(), label.name(), content)
}

fn commit_opened(opening: &[u8; 32], label: &str, content: &[u8]) -> [u8; 32] {
    let label_length = u8::try_from(label.len()).expect("labels are short");
    let length = u64::try_from(content.len()).expect("a length fits 64 bits");
    Mac::public(b"counterfoil/commit/v1").over(&[
        opening,
        &[label_length],
        label.as_bytes(),
        &length.to_be_bytes(),
        content,
    ])
}

#[cfg(test)]
mod tests {
    use super::commit_opened;
    use std::array;

    #[test]
    fn the_vector_of_the_commitment_page() {
        let opening: [u8; 32] = array::from_fn(|i| i as u8);
        let hex: String = commit_opened(&opening, "body", b"hello")
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, "851eedb6e6e3866fb3f486b5774c8246d705d2ebf792e95da8a3a31c0de7c13d");
    }
}
