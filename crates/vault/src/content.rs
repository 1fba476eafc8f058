//! What can be sealed, and how it becomes bytes.
//!
//! The bytes of [`Content::encode`] are also what a commitment commits to, so they must not depend on the machine or on
//! chance.

use counterfoil_model::body::Body;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroize;

/// Readable content that can be sealed.
pub trait Content: Zeroize + Sized {
    /// Whether the vault compresses it when that helps. Only for what the other side cannot steer towards a guess; words
    /// of a message are padded instead.
    const COMPRESSED: bool = false;

    /// The content as bytes.
    fn encode(&self) -> Vec<u8>;

    /// The content from its bytes; `None` when they are not of this form.
    fn decode(bytes: &[u8]) -> Option<Self>;
}

impl Content for String {
    fn encode(&self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        std::str::from_utf8(bytes).ok().map(str::to_owned)
    }
}

/// Raw bytes, such as what the provider sent: compressed when of 1 kB or more.
impl Content for Vec<u8> {
    const COMPRESSED: bool = true;

    fn encode(&self) -> Vec<u8> {
        self.clone()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        Some(bytes.to_vec())
    }
}

impl Content for Body {
    fn encode(&self) -> Vec<u8> {
        to_json(self)
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

/// Any other plain record, sealed as JSON.
#[derive(Clone, PartialEq, Eq, Zeroize)]
pub struct Json<T: Zeroize>(pub T);

impl<T: Serialize + DeserializeOwned + Zeroize> Content for Json<T> {
    /// # Panics
    /// When the record cannot be written as JSON at all, such as a map whose keys are not texts.
    fn encode(&self) -> Vec<u8> {
        to_json(&self.0)
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().map(Self)
    }
}

fn to_json<T: Serialize>(record: &T) -> Vec<u8> {
    serde_json::to_vec(record).expect("a sealed record is plain data with texts for keys")
}
