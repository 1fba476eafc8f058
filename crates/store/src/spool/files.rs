//! Files of spooled posts, fetched and sealed while the database is away (`docs/formats/spooled-file.md`). They may take half of the
//! spool at most, so that they never crowd out a post.

use super::state::State;
use super::{Spool, SpoolError};
use crate::blobs::BlobWriter;
use bytes::Bytes;
use std::io;
use std::ops::Range;
use std::path::Path;

const FOLDER: &str = "files";

/// The name of a spooled file: a keyed reference, which tells nothing by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpooledFile(pub [u8; 16]);

impl SpooledFile {
    /// 32 hex digits.
    pub fn hex(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0))
    }

    /// Reads 32 hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        let number = u128::from_str_radix(text, 16).ok()?;
        (text.len() == 32).then_some(Self(number.to_be_bytes()))
    }

    fn name(&self) -> String {
        format!("{FOLDER}/{}", self.hex())
    }
}

/// Counts what lies there.
pub(super) fn survey(folder: &Path, state: &State) -> io::Result<()> {
    let entries = match std::fs::read_dir(folder.join(FOLDER)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let is_whole = entry.file_name().to_str().and_then(SpooledFile::parse).is_some();
        if is_whole && let Ok(meta) = entry.metadata() {
            state.file_added(meta.len());
        }
    }
    Ok(())
}

/// A spooled file on its way. Dropped unfinished, it leaves nothing in its place.
pub struct FileWriter {
    spool: Spool,
    writer: BlobWriter,
    bytes: u64,
}

impl FileWriter {
    /// Adds sealed bytes at the end.
    ///
    /// # Errors
    /// [`SpoolError::Full`] when files take half of the spool, [`SpoolError::Files`].
    pub async fn push(&mut self, sealed: impl Into<Bytes>) -> Result<(), SpoolError> {
        let sealed = sealed.into();
        self.bytes += sealed.len() as u64;
        let shared = &self.spool.shared;
        if shared.state.file_bytes() + self.bytes > shared.limit_bytes / 2 {
            return Err(SpoolError::Full);
        }
        Ok(self.writer.push(sealed).await?)
    }

    /// Brings it to disk and into its place.
    ///
    /// # Errors
    /// [`SpoolError::Files`].
    pub async fn finish(self) -> Result<(), SpoolError> {
        self.writer.finish().await?;
        self.spool.shared.state.file_added(self.bytes);
        Ok(())
    }

    /// Gives up and removes what was written.
    ///
    /// # Errors
    /// [`SpoolError::Files`].
    pub async fn abandon(self) -> Result<(), SpoolError> {
        Ok(self.writer.abandon().await?)
    }
}

impl Spool {
    /// Begins a file, which stands in its place only once it is finished.
    ///
    /// # Errors
    /// [`SpoolError::Files`].
    pub async fn file_begin(&self, file: SpooledFile) -> Result<FileWriter, SpoolError> {
        let writer = self.shared.files.begin(&file.name()).await?;
        Ok(FileWriter {
            spool: self.clone(),
            writer,
            bytes: 0,
        })
    }

    /// Whole files that lie there, in no order.
    ///
    /// # Errors
    /// [`SpoolError::Files`].
    pub async fn files(&self) -> Result<Vec<SpooledFile>, SpoolError> {
        let names = self.shared.files.list(FOLDER).await?;
        let parse = |name: &String| SpooledFile::parse(name.strip_prefix(FOLDER)?.strip_prefix('/')?);
        Ok(names.iter().filter_map(parse).collect())
    }

    /// How many bytes a file has, if it is there.
    ///
    /// # Errors
    /// [`SpoolError::Files`].
    pub async fn file_size(&self, file: SpooledFile) -> Result<Option<u64>, SpoolError> {
        Ok(self.shared.files.size(&file.name()).await?)
    }

    /// A part of a file, if it is there.
    ///
    /// # Errors
    /// [`SpoolError::Files`].
    pub async fn file_range(&self, file: SpooledFile, range: Range<u64>) -> Result<Option<Bytes>, SpoolError> {
        Ok(self.shared.files.get_range(&file.name(), range).await?)
    }

    /// Removes a file that was handed on.
    ///
    /// # Errors
    /// [`SpoolError::Files`].
    pub async fn file_done(&self, file: SpooledFile) -> Result<(), SpoolError> {
        if let Some(bytes) = self.file_size(file).await? {
            self.shared.files.remove_orphan(&file.name()).await?;
            self.shared.state.file_removed(bytes);
        }
        Ok(())
    }
}
