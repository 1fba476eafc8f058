//! Deterministic CBOR (RFC 8949, section 4.2.1) as far as leaves and records need it.
//!
//! The encoder underneath writes the shortest heads by itself; the order of map keys is up to the callers. Readers
//! accept what they can and leave it to a comparison with the bytes written anew to find any other spelling.

use std::convert::Infallible;

use minicbor::decode::{Decoder, Error};
use minicbor::encode;

/// An encoder into memory.
pub(crate) type Encoder = minicbor::Encoder<Vec<u8>>;

/// What a writing step returns; there is no way for it to fail.
pub(crate) type Written = Result<(), encode::Error<Infallible>>;

/// The bytes that `write` writes, in a buffer that starts with room for `capacity` bytes.
pub(crate) fn written(capacity: usize, write: impl FnOnce(&mut Encoder) -> Written) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::with_capacity(capacity));
    write(&mut encoder).expect("memory takes every byte, and no value here refuses to be encoded");
    encoder.into_writer()
}

/// The length of an array that says its length.
pub(crate) fn array(decoder: &mut Decoder<'_>) -> Result<u64, Error> {
    decoder.array()?.ok_or_else(|| Error::message("indefinite length"))
}

/// The number of entries of a map that says it.
pub(crate) fn map(decoder: &mut Decoder<'_>) -> Result<u64, Error> {
    decoder.map()?.ok_or_else(|| Error::message("indefinite length"))
}

/// A byte string of exactly `N` bytes.
pub(crate) fn bytes<const N: usize>(decoder: &mut Decoder<'_>) -> Result<[u8; N], Error> {
    decoder
        .bytes()?
        .try_into()
        .map_err(|_| Error::message("byte string of another length"))
}

/// An array whose elements `read` reads. Nothing is reserved ahead, so a false length costs nothing.
pub(crate) fn list<'b, T>(
    decoder: &mut Decoder<'b>,
    mut read: impl FnMut(&mut Decoder<'b>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let length = array(decoder)?;
    let mut items = Vec::new();
    for _ in 0..length {
        items.push(read(decoder)?);
    }
    Ok(items)
}
