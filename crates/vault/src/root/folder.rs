//! Root keys as files: a folder with mode 0700 that holds one file with mode 0600 per installation and epoch.
//!
//! A file is written whole beside its name, synced, and linked to the name only when there is none, so that two processes
//! that start at once end with the same key and a crash leaves no half key. System calls: mkdir, open, write, fsync, link,
//! unlink, stat. Known holes: the owner's account and root can read the files, and overwriting does not reach old blocks of
//! flash memory or snapshots. The bytes are fixed in `docs/formats/key-tree.md`.

use super::{Destruction, EpochKey, RootAnswer, RootKey, RootKeyError};
use crate::key::{self, Key};
use crate::kit::KitKey;
use counterfoil_model::{InstallationId, Random};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

const MAGIC: &[u8; 8] = b"CFROOT\x00\x01";
const FILE: usize = 8 + 32;

/// Why a key folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFolderError {
    /// Others than the owner may use the folder or a file in it.
    #[error("{path} can be used by others than its owner (mode {mode:o}): take those rights away with chmod go-rwx")]
    OpenToOthers {
        /// The folder or file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The key folder lies inside the data folder, and nobody said that it should.
    #[error("the key folder {folder} lies inside the data folder {data}: whoever copies the data copies the keys")]
    InsideData {
        /// The key folder.
        folder: PathBuf,
        /// The data folder.
        data: PathBuf,
    },
    /// A file in the folder is not a key file of this version.
    #[error("{path} is not a root key file")]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The file system did not do what was asked.
    #[error("could not {doing} {path}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

fn io_error<'a>(doing: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> KeyFolderError + 'a {
    move |source| KeyFolderError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}

/// The folder of root keys.
pub struct KeyFolder {
    folder: PathBuf,
    beside_data: bool,
    random: Arc<dyn Random>,
}

impl KeyFolder {
    /// Opens the folder, or makes it with mode 0700. `data` is the folder that it must not lie in, unless `beside_data` says
    /// that it may.
    ///
    /// # Errors
    /// [`KeyFolderError::InsideData`], [`KeyFolderError::OpenToOthers`] for the folder, [`KeyFolderError::Io`].
    pub fn open(
        folder: &Path,
        data: &Path,
        beside_data: bool,
        random: Arc<dyn Random>,
    ) -> Result<Self, KeyFolderError> {
        let inside = resolved(folder)?.starts_with(resolved(data)?);
        if inside && !beside_data {
            return Err(KeyFolderError::InsideData {
                folder: folder.to_owned(),
                data: data.to_owned(),
            });
        }
        if !folder.exists() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)
                .map_err(io_error("make", folder))?;
            if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                sync_folder(parent)?;
            }
        }
        refuse_others(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            beside_data: inside,
            random,
        })
    }

    /// Whether the keys lie with the data, so that a copy of the data folder opens itself.
    pub fn beside_data(&self) -> bool {
        self.beside_data
    }

    /// The newest epoch of which there is a root key.
    ///
    /// # Errors
    /// [`KeyFolderError::Io`].
    pub fn newest(&self, installation: InstallationId) -> Result<Option<i64>, KeyFolderError> {
        let prefix = format!("{installation}.epoch-");
        let mut newest = None;
        for entry in fs::read_dir(&self.folder).map_err(io_error("list", &self.folder))? {
            let name = entry.map_err(io_error("list", &self.folder))?.file_name();
            let number = name
                .to_str()
                .and_then(|name| name.strip_prefix(&prefix)?.strip_suffix(".key"));
            newest = newest.max(number.and_then(|number| number.parse().ok()));
        }
        Ok(newest)
    }

    fn path(&self, installation: InstallationId, epoch: i64) -> PathBuf {
        self.folder.join(format!("{installation}.epoch-{epoch}.key"))
    }

    /// The key of this node's intake kit.
    ///
    /// # Errors
    /// [`RootKeyError::Missing`], [`RootKeyError::Folder`].
    pub fn kit_key(&self, installation: InstallationId) -> Result<KitKey, RootKeyError> {
        key_at(&self.kit_path(installation)).map(KitKey)
    }

    /// The same, and makes it when it is not there.
    ///
    /// # Errors
    /// [`RootKeyError::Folder`].
    pub fn kit_key_make(&self, installation: InstallationId) -> Result<KitKey, RootKeyError> {
        self.make_at(&self.kit_path(installation))
            .map_err(RootKeyError::Folder)?;
        self.kit_key(installation)
    }

    fn kit_path(&self, installation: InstallationId) -> PathBuf {
        self.folder.join(format!("{installation}.kit.key"))
    }

    fn key(&self, installation: InstallationId, epoch: i64) -> Result<Key, RootKeyError> {
        key_at(&self.path(installation, epoch))
    }

    fn make_file(&self, installation: InstallationId, epoch: i64) -> Result<(), KeyFolderError> {
        self.make_at(&self.path(installation, epoch))
    }

    fn make_at(&self, path: &Path) -> Result<(), KeyFolderError> {
        if path.exists() {
            return sync_folder(&self.folder);
        }
        let beside = path.with_extension(format!("{:016x}.new", u64::from_be_bytes(self.random.array())));
        let written = self
            .write_new(&beside)
            .and_then(|()| match fs::hard_link(&beside, path) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(io_error("link", path)(error)),
                _ => Ok(()),
            });
        // The name beside goes in any case; the key stays under its own name.
        let removed = fs::remove_file(&beside).map_err(io_error("remove", &beside));
        written.and(removed)?;
        sync_folder(&self.folder)
    }

    fn write_new(&self, path: &Path) -> Result<(), KeyFolderError> {
        write_new(path, &Key::random(self.random.as_ref()))
    }

    fn destroy_file(&self, installation: InstallationId, epoch: i64) -> Result<(), KeyFolderError> {
        let path = self.path(installation, epoch);
        let mut file = match OpenOptions::new().write(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return sync_folder(&self.folder),
            other => other.map_err(io_error("open", &path))?,
        };
        for filling in [0xff, 0x00] {
            io::Seek::rewind(&mut file)
                .and_then(|()| file.write_all(&[filling; FILE]))
                .and_then(|()| file.sync_all())
                .map_err(io_error("overwrite", &path))?;
        }
        fs::remove_file(&path).map_err(io_error("remove", &path))?;
        sync_folder(&self.folder)
    }
}

/// Writes a new key file for its owner alone and brings it to disk.
pub(crate) fn write_new(path: &Path, key: &Key) -> Result<(), KeyFolderError> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(io_error("make", path))?;
    file.write_all(MAGIC)
        .and_then(|()| file.write_all(key.bytes()))
        .and_then(|()| file.sync_all())
        .map_err(io_error("write", path))
}

/// Reads a key file that is for its owner alone.
pub(crate) fn key_at(path: &Path) -> Result<Key, RootKeyError> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(RootKeyError::Missing),
        other => other.map_err(io_error("open", path)).map_err(RootKeyError::Folder)?,
    };
    refuse_others(path).map_err(RootKeyError::Folder)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(FILE + 1));
    Read::by_ref(&mut file)
        .take(FILE as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(io_error("read", path))
        .map_err(RootKeyError::Folder)?;
    bytes
        .strip_prefix(MAGIC)
        .and_then(Key::from_slice)
        .ok_or_else(|| RootKeyError::Folder(KeyFolderError::Damaged { path: path.to_owned() }))
}

/// The folder with links resolved as far as it exists.
fn resolved(folder: &Path) -> Result<PathBuf, KeyFolderError> {
    let mut existing = std::path::absolute(folder).map_err(io_error("find", folder))?;
    let mut missing = Vec::new();
    while !existing.exists() {
        let (Some(name), Some(parent)) = (existing.file_name(), existing.parent()) else {
            break;
        };
        missing.push(name.to_owned());
        existing = parent.to_owned();
    }
    let mut resolved = existing.canonicalize().map_err(io_error("find", &existing))?;
    resolved.extend(missing.iter().rev());
    Ok(resolved)
}

fn refuse_others(path: &Path) -> Result<(), KeyFolderError> {
    let mode = fs::metadata(path)
        .map_err(io_error("look at", path))?
        .permissions()
        .mode()
        & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyFolderError::OpenToOthers {
            path: path.to_owned(),
            mode,
        });
    }
    Ok(())
}

fn sync_folder(folder: &Path) -> Result<(), KeyFolderError> {
    File::open(folder)
        .and_then(|file| file.sync_all())
        .map_err(io_error("sync", folder))
}

/// Binds a wrapped epoch key to its installation and epoch.
fn associated(installation: InstallationId, epoch: i64) -> [u8; 24] {
    let mut aad = [0; 24];
    aad[..16].copy_from_slice(installation.bytes());
    aad[16..].copy_from_slice(&epoch.to_be_bytes());
    aad
}

// The calls below touch a few small local files, at start and when an epoch changes, so they do not wait elsewhere.
impl RootKey for KeyFolder {
    fn name(&self) -> &str {
        "key-folder"
    }

    fn make(&self, installation: InstallationId, epoch: i64) -> RootAnswer<'_, ()> {
        Box::pin(async move { self.make_file(installation, epoch).map_err(RootKeyError::Folder) })
    }

    fn wrap<'a>(&'a self, installation: InstallationId, epoch: i64, key: &'a EpochKey) -> RootAnswer<'a, Vec<u8>> {
        Box::pin(async move {
            let root = self.key(installation, epoch)?;
            let aad = associated(installation, epoch);
            Ok(key::wrap(&root, self.random.as_ref(), &aad, key.reveal()))
        })
    }

    fn unwrap<'a>(&'a self, installation: InstallationId, epoch: i64, wrapped: &'a [u8]) -> RootAnswer<'a, EpochKey> {
        Box::pin(async move {
            let root = self.key(installation, epoch)?;
            key::unwrap(&root, &associated(installation, epoch), wrapped)
                .and_then(|bytes| EpochKey::from_slice(&bytes))
                .ok_or(RootKeyError::Altered)
        })
    }

    fn destroy(&self, installation: InstallationId, epoch: i64) -> RootAnswer<'_, ()> {
        Box::pin(async move { self.destroy_file(installation, epoch).map_err(RootKeyError::Folder) })
    }

    fn holds(&self, installation: InstallationId, epoch: i64) -> RootAnswer<'_, bool> {
        Box::pin(async move {
            let path = self.path(installation, epoch);
            path.try_exists()
                .map_err(io_error("look at", &path))
                .map_err(RootKeyError::Folder)
        })
    }

    fn destroys(&self) -> Destruction {
        Destruction {
            how: "overwrites the file, syncs it and removes it; old blocks of flash memory, snapshots and copies of the folder are beyond its reach",
            within: Some(Duration::ZERO),
        }
    }

    fn protects(&self) -> &'static str {
        if self.beside_data {
            "The keys lie in the data folder. Whoever has a copy of that folder, such as a backup, can read everything. Only other accounts of this machine are kept out."
        } else {
            "The keys lie in a folder of their own. A copy of the data folder or of the database alone, such as a backup, cannot be read. Whoever has both folders, this account or root can read everything."
        }
    }
}
