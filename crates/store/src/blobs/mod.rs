//! Blobs: sealed bytes too large for a row, the log's tiles, and the mirrored checkpoint. In a folder, or in a bucket that several
//! nodes share.
//!
//! An object is whole and kept when a call answers, or not there at all. In a folder it is written beside its place, brought to disk, and
//! moved into its place (`LocalFileSystem::with_fsync` brings file, folder and new folders above it to disk; without it nothing would
//! be). A delete is not
//! brought to disk at once: after a loss of power the object may be back, without a row that names it, and is swept again.

mod bucket;
mod walk;

pub use bucket::{Bucket, BucketError};
pub use walk::{BlobFolder, BlobWalk};

use crate::place::{OpenError, make_folder};
use bytes::Bytes;
use counterfoil_model::BlobId;
use futures_util::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutPayload, UpdateVersion, WriteMultipart};
use std::fmt::Write;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Parts in flight while a large object is written.
const IN_FLIGHT: usize = 2;

/// Why an object could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// It could not be written; nothing stands in its place.
    #[error("the object {name} could not be written")]
    Write {
        /// Which: random ids and numbers only.
        name: String,
        /// What the folder or service says.
        #[source]
        source: Error,
    },
    /// It could not be read.
    #[error("the object {name} could not be read")]
    Read {
        /// Which.
        name: String,
        /// What the folder or service says.
        #[source]
        source: Error,
    },
    /// It could not be removed.
    #[error("the object {name} could not be removed")]
    Remove {
        /// Which.
        name: String,
        /// What the folder or service says.
        #[source]
        source: Error,
    },
}

/// Where objects lie. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    objects: Arc<dyn ObjectStore>,
    replaces: Replaces,
}

/// How an object is replaced that somebody else might replace too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Replaces {
    /// The service itself compares versions.
    Guarded,
    /// One process has the folder to itself, so looking before writing is enough.
    Alone,
}

/// Which bytes of an object were read or written: what [`Blobs::replace`] compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(UpdateVersion);

/// The name of the sealed bytes of a file: `blobs/<2 hex>/<id in hex>`, spread by the id's last byte, which is random.
pub fn blob_name(id: BlobId) -> String {
    let mut hex = String::with_capacity(32);
    for byte in id.bytes() {
        let _ = write!(hex, "{byte:02x}");
    }
    format!("blobs/{}/{hex}", &hex[30..])
}

/// The file whose sealed bytes have this name; `None` when it is no name of any.
pub fn blob_id(name: &str) -> Option<BlobId> {
    let value = u128::from_str_radix(name.rsplit('/').next()?, 16).ok()?;
    let id = BlobId::from_bytes(value.to_be_bytes());
    // Reads a little more than is allowed; there is one name for a file, so writing it again tells.
    (blob_name(id) == name).then_some(id)
}

impl Blobs {
    /// Uses the folder `path`, making it when it is not there.
    ///
    /// # Errors
    /// [`OpenError::Folder`] when it cannot be made or used.
    pub fn in_folder(path: &Path) -> Result<Self, OpenError> {
        make_folder(path)?;
        let folder = LocalFileSystem::new_with_prefix(path).map_err(|error| OpenError::Folder {
            path: path.to_owned(),
            source: error.into(),
        })?;
        Ok(Self {
            objects: Arc::new(folder.with_fsync(true)),
            replaces: Replaces::Alone,
        })
    }

    /// Writes a whole object, replacing one of the same name.
    ///
    /// # Errors
    /// [`BlobError::Write`].
    pub async fn put(&self, name: &str, bytes: impl Into<Bytes>) -> Result<(), BlobError> {
        let (place, payload) = (Name::from(name), PutPayload::from_bytes(bytes.into()));
        let put = self.objects.put(&place, payload).await;
        put.map(drop).map_err(|source| write_error(name, source))
    }

    /// A whole object and which version of it this is, if it is there.
    ///
    /// # Errors
    /// [`BlobError::Read`].
    pub async fn get_version(&self, name: &str) -> Result<Option<(Bytes, Version)>, BlobError> {
        let found = match self.objects.get(&Name::from(name)).await {
            Ok(found) => {
                let version = Version(UpdateVersion {
                    e_tag: found.meta.e_tag.clone(),
                    version: found.meta.version.clone(),
                });
                found.bytes().await.map(|bytes| (bytes, version))
            }
            Err(error) => Err(error),
        };
        present(name, found)
    }

    /// Writes a whole object in the place of the version that was read, or of nothing; its new version, or `None` when something else
    /// stands there by now, which then stays.
    ///
    /// # Errors
    /// [`BlobError::Write`]; whether it was written is then unknown.
    pub async fn replace(
        &self,
        name: &str,
        read: Option<&Version>,
        bytes: impl Into<Bytes>,
    ) -> Result<Option<Version>, BlobError> {
        let (place, payload) = (Name::from(name), PutPayload::from_bytes(bytes.into()));
        let mode = match (read, self.replaces) {
            (None, _) => PutMode::Create,
            (Some(read), Replaces::Guarded) => PutMode::Update(read.0.clone()),
            (Some(read), Replaces::Alone) => {
                let there = present(name, self.objects.head(&place).await)?;
                if there.map(|meta| meta.e_tag) != Some(read.0.e_tag.clone()) {
                    return Ok(None);
                }
                PutMode::Overwrite
            }
        };
        match self.objects.put_opts(&place, payload, mode.into()).await {
            Ok(put) => Ok(Some(Version(put.into()))),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(None),
            Err(source) => Err(write_error(name, source)),
        }
    }

    /// Begins an object that is written piece by piece and stands in its place only once it is finished.
    ///
    /// # Errors
    /// [`BlobError::Write`].
    pub async fn begin(&self, name: &str) -> Result<BlobWriter, BlobError> {
        let upload = self.objects.put_multipart(&Name::from(name)).await;
        let upload = upload.map_err(|source| write_error(name, source))?;
        Ok(BlobWriter {
            name: name.to_owned(),
            parts: WriteMultipart::new(upload),
        })
    }

    /// A whole object, if it is there.
    ///
    /// # Errors
    /// [`BlobError::Read`].
    pub async fn get(&self, name: &str) -> Result<Option<Bytes>, BlobError> {
        let found = match self.objects.get(&Name::from(name)).await {
            Ok(found) => found.bytes().await,
            Err(error) => Err(error),
        };
        present(name, found)
    }

    /// A part of an object, if it is there: the bytes from `range.start` up to `range.end` or to its end.
    ///
    /// # Errors
    /// [`BlobError::Read`], also when the part begins behind the end.
    pub async fn get_range(&self, name: &str, range: Range<u64>) -> Result<Option<Bytes>, BlobError> {
        present(name, self.objects.get_range(&Name::from(name), range).await)
    }

    /// How many bytes an object has, if it is there.
    ///
    /// # Errors
    /// [`BlobError::Read`].
    pub async fn size(&self, name: &str) -> Result<Option<u64>, BlobError> {
        let found = self.objects.head(&Name::from(name)).await;
        present(name, found.map(|meta| meta.size))
    }

    /// Removes an object that no row names, such as the rest of work that was not finished; nothing when it is not there.
    ///
    /// # Errors
    /// [`BlobError::Remove`].
    pub async fn remove_orphan(&self, name: &str) -> Result<(), BlobError> {
        match self.objects.delete(&Name::from(name)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(BlobError::Remove {
                name: name.to_owned(),
                source,
            }),
        }
    }

    /// The names of all objects under a folder of names such as `blobs`, in order.
    ///
    /// # Errors
    /// [`BlobError::Read`].
    pub async fn list(&self, under: &str) -> Result<Vec<String>, BlobError> {
        let found: Result<Vec<String>, Error> = self
            .objects
            .list(Some(&Name::from(under)))
            .map_ok(|meta| meta.location.to_string())
            .try_collect()
            .await;
        let mut names = found.map_err(|source| BlobError::Read {
            name: under.to_owned(),
            source,
        })?;
        names.sort_unstable();
        Ok(names)
    }
}

/// An object on its way. Dropped unfinished, it leaves nothing in its place.
pub struct BlobWriter {
    name: String,
    parts: WriteMultipart,
}

impl BlobWriter {
    /// Adds bytes at the end; waits when the disk is slower than the caller.
    ///
    /// # Errors
    /// [`BlobError::Write`].
    pub async fn push(&mut self, bytes: impl Into<Bytes>) -> Result<(), BlobError> {
        let room = self.parts.wait_for_capacity(IN_FLIGHT).await;
        room.map_err(|source| write_error(&self.name, source))?;
        self.parts.put(bytes.into());
        Ok(())
    }

    /// Brings everything to disk and the object into its place.
    ///
    /// # Errors
    /// [`BlobError::Write`].
    pub async fn finish(self) -> Result<(), BlobError> {
        let finished = self.parts.finish().await;
        finished.map(drop).map_err(|source| write_error(&self.name, source))
    }

    /// Gives up and removes what was written.
    ///
    /// # Errors
    /// [`BlobError::Write`].
    pub async fn abandon(self) -> Result<(), BlobError> {
        let abandoned = self.parts.abort().await;
        abandoned.map_err(|source| write_error(&self.name, source))
    }
}

fn write_error(name: &str, source: Error) -> BlobError {
    BlobError::Write {
        name: name.to_owned(),
        source,
    }
}

fn present<T>(name: &str, found: Result<T, Error>) -> Result<Option<T>, BlobError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(source) => Err(BlobError::Read {
            name: name.to_owned(),
            source,
        }),
    }
}
