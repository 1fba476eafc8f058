//! The digest of a record: what a leaf says about the row of its item.
//!
//! Made in the unit of work that writes the row, made again by `verify` from the row as found. Covers the columns
//! that never change, which are ids, times, small enumerations, keyed hashes and sealed bytes; never readable content.
//!
//! Format: `docs/formats/record-digest.md`.

use crate::cbor::{self, Encoder, Written};
use crate::{Hash, sha256};

/// The version of the digest's rules. Never change the bytes of a version; add one.
const VERSION: u8 = 1;

/// The longest byte string that stands for itself; longer ones stand as their digest.
const PLAIN_MAX: usize = 64;

/// The value of one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column<'a> {
    /// An integer: time in microseconds, count, truth as 0 or 1.
    Int(i64),
    /// Bytes: an id, a keyed hash, a sealed value.
    Bytes(&'a [u8]),
    /// Text: a small enumeration.
    Text(&'a str),
    /// No value.
    Null,
    /// The SHA-256 of the ciphertext of an object that is kept outside the row.
    Object(Hash),
}

/// Why a record has no digest.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RecordError {
    /// The same column was given twice.
    #[error("column {column} of table {table} was given twice")]
    ColumnTwice {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
}

/// The digest of a row: SHA-256 of its [`record_bytes`]. The order of `columns` does not matter.
///
/// # Errors
/// [`RecordError::ColumnTwice`] when a name occurs twice.
pub fn record_digest(table: &str, columns: &[(&str, Column<'_>)]) -> Result<Hash, RecordError> {
    record_bytes(table, columns).map(|bytes| sha256(&bytes))
}

/// The bytes under the digest: CBOR `[1, table, {column: value, …}]`, keys in deterministic order.
///
/// # Errors
/// [`RecordError::ColumnTwice`] when a name occurs twice.
pub fn record_bytes(table: &str, columns: &[(&str, Column<'_>)]) -> Result<Vec<u8>, RecordError> {
    let mut sorted: Vec<&(&str, Column<'_>)> = columns.iter().collect();
    // A text's head grows with its length, so "by encoded bytes" is "shorter first, then by bytes".
    sorted.sort_unstable_by_key(|(name, _)| (name.len(), *name));
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(RecordError::ColumnTwice {
            table: table.to_owned(),
            column: pair[0].0.to_owned(),
        });
    }
    Ok(cbor::written(64 + columns.len() * 48, |e| {
        e.array(3)?.u8(VERSION)?.str(table)?.map(sorted.len() as u64)?;
        for (name, value) in sorted {
            e.str(name)?;
            write_value(e, value)?;
        }
        Ok(())
    }))
}

fn write_value(e: &mut Encoder, value: &Column<'_>) -> Written {
    match value {
        Column::Int(n) => e.i64(*n)?,
        Column::Text(text) => e.str(text)?,
        Column::Null => e.null()?,
        Column::Bytes(bytes) if bytes.len() <= PLAIN_MAX => e.bytes(bytes)?,
        Column::Bytes(bytes) => e.array(2)?.str("sha256")?.bytes(&sha256(bytes))?,
        Column::Object(digest) => e.array(2)?.str("object")?.bytes(digest)?,
    };
    Ok(())
}
