//! Going through all sealed files: a folder of names per last byte of their ids, so a 256th of all names at a time.

use super::{BlobError, Blobs};
use std::ops::RangeInclusive;

/// All sealed files, by their names.
pub struct BlobWalk<'a> {
    blobs: &'a Blobs,
    bytes: RangeInclusive<u8>,
}

/// The sealed files of one folder.
pub struct BlobFolder {
    /// Its name, such as `blobs/7f`.
    pub folder: String,
    /// The names of what lies there, in order; a name may be no id.
    pub names: Vec<String>,
}

impl Blobs {
    /// All sealed files.
    pub const fn walk(&self) -> BlobWalk<'_> {
        BlobWalk {
            blobs: self,
            bytes: 0..=u8::MAX,
        }
    }
}

impl BlobWalk<'_> {
    /// The next folder; `None` after the last.
    ///
    /// # Errors
    /// [`BlobError::Read`].
    pub async fn next(&mut self) -> Result<Option<BlobFolder>, BlobError> {
        let Some(byte) = self.bytes.next() else { return Ok(None) };
        let folder = format!("blobs/{byte:02x}");
        let names = self.blobs.list(&folder).await?;
        Ok(Some(BlobFolder { folder, names }))
    }
}
