//! The envelope: one sealed value with the address of its key (`docs/formats/sealed-envelope.md`).
//!
//! ```text
//! version 1 | tree 16 | index 4 | nonce 12 | AES-256-GCM( method 1 | length 4 | content | zeros ) | tag 16
//! ```

use crate::content::Content;
use crate::key::{self, Key, NONCE, TAG};
use crate::padding::padded;
use crate::place::{Address, Place, associated};
use counterfoil_model::{InstallationId, Random, TreeId};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use std::fmt;
use std::marker::PhantomData;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const HEADER: usize = 1 + 16 + 4 + NONCE;
const FRAME: usize = 1 + 4;
const AS_IS: u8 = 0;
const DEFLATED: u8 = 1;
/// Content of this many bytes and more is compressed, where its kind allows.
const COMPRESS_FROM: usize = 1024;
/// The most that a compressed value may become when opened, bytes.
const COMPRESS_TO: usize = 8 << 20;

/// Sealed content of type `T`: safe to keep anywhere, opened only by the vault.
pub struct Sealed<T> {
    bytes: Vec<u8>,
    content: PhantomData<fn() -> T>,
}

impl<T> Sealed<T> {
    /// The same bytes as the seal of another type; whether they are is checked when they are opened.
    pub fn retyped<U>(&self) -> Sealed<U> {
        Sealed::from_bytes(self.bytes().to_vec())
    }

    /// Takes bytes as they were stored. Any bytes will do: they are checked when opened.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            content: PhantomData,
        }
    }

    /// The bytes to store.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes to store.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Whose key opens it, as the bytes claim; `None` when they are no envelope. It is proven only by opening.
    pub fn address(&self) -> Option<Address> {
        Envelope::parse(&self.bytes).map(|envelope| envelope.address)
    }
}

impl<T> Clone for Sealed<T> {
    fn clone(&self) -> Self {
        Self::from_bytes(self.bytes.clone())
    }
}

impl<T> PartialEq for Sealed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<T> Eq for Sealed<T> {}

impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.bytes.len())
    }
}

/// The outer form of an envelope.
pub(crate) struct Envelope<'a> {
    pub(crate) address: Address,
    nonce: [u8; NONCE],
    sealed: &'a [u8],
}

impl<'a> Envelope<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        let (tree, rest) = rest.split_first_chunk::<16>()?;
        let (index, rest) = rest.split_first_chunk::<4>()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>()?;
        if *version != VERSION || sealed.len() < TAG {
            return None;
        }
        Some(Self {
            address: Address {
                tree: TreeId::from_bytes(*tree),
                index: u32::from_be_bytes(*index),
            },
            nonce: *nonce,
            sealed,
        })
    }

    /// Opens with the key of the item; `None` when anything was altered or stands elsewhere.
    pub(crate) fn open(&self, item: &Key, installation: InstallationId, place: Place) -> Option<Zeroizing<Vec<u8>>> {
        let key = seal_key(item, place);
        let aad = associated(installation, VERSION, place, self.address);
        let frame = key::open(key.bytes(), self.nonce, &aad, self.sealed)?;
        read_frame(&frame)
    }
}

fn seal_key(item: &Key, place: Place) -> Key {
    item.expand(&[b"counterfoil/vault/v1/seal", &[place.label.code()]])
}

/// Seals `content` under the key of the item at `address`.
pub(crate) fn seal<T: Content>(
    installation: InstallationId,
    random: &dyn Random,
    item: &Key,
    address: Address,
    place: Place,
    content: &T,
) -> Sealed<T> {
    let content = Zeroizing::new(content.encode());
    let deflated = if T::COMPRESSED { deflated(&content) } else { None };
    let (method, inner) = match &deflated {
        Some(smaller) => (DEFLATED, smaller),
        None => (AS_IS, &content),
    };
    let original = u32::try_from(content.len()).expect("content in memory is far below 4 GiB");
    let nonce = random.array::<NONCE>();
    let frame = padded(FRAME + inner.len());
    let mut bytes = Vec::with_capacity(HEADER + frame + TAG);
    bytes.push(VERSION);
    bytes.extend_from_slice(address.tree.bytes());
    bytes.extend_from_slice(&address.index.to_be_bytes());
    bytes.extend_from_slice(&nonce);
    bytes.push(method);
    bytes.extend_from_slice(&original.to_be_bytes());
    bytes.extend_from_slice(inner);
    bytes.resize(HEADER + frame, 0);
    let aad = associated(installation, VERSION, place, address);
    key::seal(seal_key(item, place).bytes(), nonce, &aad, &mut bytes, HEADER);
    Sealed::from_bytes(bytes)
}

/// The content compressed, when it is of the right size and that makes it smaller.
fn deflated(content: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if !(COMPRESS_FROM..=COMPRESS_TO).contains(&content.len()) {
        return None;
    }
    let mut out = Zeroizing::new(Vec::with_capacity(content.len()));
    let status = Compress::new(Compression::default(), false).compress_vec(content, &mut out, FlushCompress::Finish);
    matches!(status, Ok(Status::StreamEnd)).then_some(out)
}

/// Takes the content out of an opened frame, strictly: no other length, no other padding.
fn read_frame(frame: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (method, rest) = frame.split_first()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (content, used) = match *method {
        AS_IS => (Zeroizing::new(rest.get(..length)?.to_vec()), length),
        DEFLATED => inflated(rest, length)?,
        _ => return None,
    };
    let whole = frame.len() == padded(FRAME + used);
    let zeros = rest[used..].iter().all(|byte| *byte == 0);
    (whole && zeros).then_some(content)
}

/// Inflates to exactly `length` bytes; says how many bytes of `stream` it took.
fn inflated(stream: &[u8], length: usize) -> Option<(Zeroizing<Vec<u8>>, usize)> {
    if length > COMPRESS_TO {
        return None;
    }
    // One spare byte: a stream that wants to go on past its length shows itself instead of stopping at the edge.
    let mut out = Zeroizing::new(Vec::with_capacity(length + 1));
    let mut state = Decompress::new(false);
    let status = state.decompress_vec(stream, &mut out, FlushDecompress::Finish).ok()?;
    let used = usize::try_from(state.total_in()).ok()?;
    (status == Status::StreamEnd && out.len() == length).then_some((out, used))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(method: u8, length: u32, content: &[u8]) -> Vec<u8> {
        let mut frame = vec![method];
        frame.extend_from_slice(&length.to_be_bytes());
        frame.extend_from_slice(content);
        frame.resize(padded(frame.len()), 0);
        frame
    }

    #[test]
    fn a_frame_is_read_strictly() {
        assert_eq!(read_frame(&frame(AS_IS, 2, b"ok")).as_deref(), Some(&b"ok".to_vec()));
        assert!(
            read_frame(&frame(AS_IS, 1, b"ok")).is_none(),
            "padding that is not zero"
        );
        assert!(read_frame(&frame(AS_IS, 60, b"ok")).is_none(), "longer than the frame");
        assert!(read_frame(&frame(9, 2, b"ok")).is_none(), "unknown method");
        let mut long = frame(AS_IS, 2, b"ok");
        long.resize(128, 0);
        assert!(read_frame(&long).is_none(), "another padding than the format says");
        assert!(read_frame(&[]).is_none());
    }

    #[test]
    fn what_would_grow_past_its_bound_is_refused() {
        let zeros = vec![0; COMPRESS_TO];
        let stream = deflated(&zeros).expect("zeros compress");
        let length = u32::try_from(zeros.len()).expect("fits");
        assert_eq!(read_frame(&frame(DEFLATED, length, &stream)).as_deref(), Some(&zeros));
        for wrong in [0, 1, length - 1, length + 1, u32::MAX] {
            assert!(read_frame(&frame(DEFLATED, wrong, &stream)).is_none(), "{wrong}");
        }
    }

    #[test]
    fn content_past_the_bound_is_sealed_as_it_is() {
        assert!(deflated(&vec![0; COMPRESS_TO + 1]).is_none());
        assert!(deflated(&[0; COMPRESS_FROM - 1]).is_none());
    }
}
