//! Where a store lies: a folder with SQLite files, or a PostgreSQL server. One process at a time writes to a folder.

use crate::copy::CopyKind;
use crate::sql::migrate::{MigrateError, Step};
use crate::sql::postgres::Access;
use crate::sql::{Database, Failure};
use counterfoil_model::Secret;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Where a store lies.
#[derive(Clone)]
pub enum Place {
    /// A folder on a local disk; SQLite.
    Folder(PathBuf),
    /// A PostgreSQL database.
    Server {
        /// Its address with user and password, `postgres://…`.
        url: Secret,
        /// The most connections to hold.
        connections: u32,
        /// Whether a pooler that gives each transaction another connection stands between.
        pooled: bool,
    },
}

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder could not be made or reached.
    #[error("the folder {path} cannot be used")]
    Folder {
        /// Which folder or file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// Another process writes to the folder.
    #[error("another process is already working in {path}: stop it first, or open for reading only")]
    Busy {
        /// The file that it holds.
        path: PathBuf,
    },
    /// There is nothing there to read.
    #[error("there is no store in {path}")]
    Absent {
        /// The file looked for.
        path: PathBuf,
    },
    /// The engine could not be reached or its settings are not as they must be.
    #[error("the engine could not be opened")]
    Engine(#[source] Failure),
    /// The tables are not of this program's version.
    #[error(transparent)]
    Tables(#[from] MigrateError),
}

/// What is held while a store is open.
#[derive(Default)]
pub(crate) struct Held {
    /// Locked; the system lets go of it when the process ends, however it ends.
    lock: Option<File>,
}

impl Held {
    /// Whether no other process can be writing.
    pub(crate) fn alone(&self) -> bool {
        self.lock.is_some()
    }
}

/// What a database in a folder consists of: the file and what stands beside it while it is in use.
const PARTS: [&str; 3] = ["db", "db-wal", "db-shm"];

impl Place {
    /// The files in which the records lie, or the vault's rows; none where a server has them.
    pub fn files(&self, kind: CopyKind) -> Vec<PathBuf> {
        let Self::Folder(folder) = self else { return Vec::new() };
        PARTS
            .iter()
            .map(|part| folder.join(format!("{}.{part}", kind.name())))
            .collect()
    }

    pub(crate) async fn open(&self, name: &str, steps: &[Step]) -> Result<(Database, Held), OpenError> {
        let (database, held) = match self {
            Self::Folder(folder) => {
                make_folder(folder)?;
                let held = hold(&folder.join(format!("{name}.lock")))?;
                let file = folder.join(format!("{name}.db"));
                make_private(&file)?;
                let database = Database::open_file(&file).await.map_err(OpenError::Engine)?;
                (database, held)
            }
            Self::Server {
                url,
                connections,
                pooled,
            } => {
                let database = Database::open_server(url, *connections, *pooled, Access::Write).await;
                (database.map_err(OpenError::Engine)?, Held::default())
            }
        };
        database.migrate(steps).await?;
        Ok((database, held))
    }

    pub(crate) async fn open_read_only(&self, name: &str, steps: &[Step]) -> Result<(Database, Held), OpenError> {
        let database = match self {
            Self::Folder(folder) => {
                let path = folder.join(format!("{name}.db"));
                if !path.exists() {
                    return Err(OpenError::Absent { path });
                }
                Database::open_file_read_only(&path).await
            }
            Self::Server {
                url,
                connections,
                pooled,
            } => Database::open_server(url, *connections, *pooled, Access::Read).await,
        };
        let database = database.map_err(OpenError::Engine)?;
        database.migrate(steps).await?;
        Ok((database, Held::default()))
    }
}

/// Makes the folder when it is not there, for its owner only.
pub(crate) fn make_folder(path: &Path) -> Result<(), OpenError> {
    let unusable = |source| OpenError::Folder {
        path: path.to_owned(),
        source,
    };
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(unusable)?;
    path.parent().map_or(Ok(()), sync_folder).map_err(unusable)
}

/// Brings the names in a folder to disk.
pub(crate) fn sync_folder(path: &Path) -> std::io::Result<()> {
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    File::open(path)?.sync_all()
}

/// Makes an empty file for its owner only, so that the engine and what it puts beside it take over that right; its name is on disk before
/// anything is in it.
fn make_private(path: &Path) -> Result<(), OpenError> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)
        .and_then(|_| path.parent().map_or(Ok(()), sync_folder))
        .map_err(|source| OpenError::Folder {
            path: path.to_owned(),
            source,
        })
}

/// Takes the lock file at `path` for this process alone.
pub(crate) fn hold(path: &Path) -> Result<Held, OpenError> {
    let unusable = |source| OpenError::Folder {
        path: path.to_owned(),
        source,
    };
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)
        .map_err(unusable)?;
    match lock.try_lock() {
        Ok(()) => Ok(Held { lock: Some(lock) }),
        Err(TryLockError::WouldBlock) => Err(OpenError::Busy { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(unusable(source)),
    }
}
