//! What is said of a file, as it is sealed beside it.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What an update or a colleague says of a file. Never change what a field means; add another.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct About {
    /// Its name as the sender gave it. Never a path.
    pub(crate) file_name: Option<String>,
    /// What the sender says it is.
    pub(crate) media_type: Option<String>,
    /// The digest that was announced.
    pub(crate) sha256: Option<[u8; 32]>,
    /// The provider's id for it.
    pub(crate) provider_id: Option<String>,
    /// Where the provider said it is, if the update said so.
    pub(crate) url: Option<String>,
}

/// What is known of a file once its bytes are here.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Held {
    /// What its bytes are, from the bytes themselves where they tell.
    pub(crate) media_type: String,
    /// How many bytes.
    pub(crate) length: u64,
    /// SHA-256 of its bytes.
    pub(crate) sha256: [u8; 32],
    /// The head of its sealed blob.
    pub(crate) header: Vec<u8>,
    /// The address of the blob's key: tree and index.
    pub(crate) provider_id: Option<String>,
}
