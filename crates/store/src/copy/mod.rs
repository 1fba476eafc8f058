//! Copies of a store: all rows of one moment in a file that either engine can be filled from again.
//!
//! A backup is made of them. What is copied is what stands in the tables: sealed content, keyed hashes, wrapped keys; nothing is opened
//! and nothing told apart. A copy is taken beside a store at work and brought into an empty one; it never changes the store that it is
//! taken from, and one that was altered or is not whole is never brought.

mod bring;
mod format;
mod take;
mod vault_tables;

pub use format::CopyKind;

use crate::rows::{InstallationRow, Row, TABLES, Table};
use crate::sql::migrate::{DATA, Step, VAULT};
use crate::sql::{Failure, Value};
use crate::{KeyDatabase, Store};
use counterfoil_ledger::Hash;
use counterfoil_model::Timestamp;
use format::{FormatError, Head, Totals};
use std::path::{Path, PathBuf};

/// What a copy holds, when it is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyReport {
    /// Of which store.
    pub kind: CopyKind,
    /// When it was taken; what it holds is of this moment or a little later.
    pub taken_at: Timestamp,
    /// How many rows.
    pub rows: u64,
    /// How many bytes.
    pub bytes: u64,
    /// SHA-256 over all of them but the last 32, which are this digest.
    pub digest: [u8; 32],
    /// Entries in the log and its root, as the store knew them; none in a vault that has seen no checkpoint.
    pub log: Option<(i64, Hash)>,
}

/// Why a copy was not taken, not read or not brought. The store is as it was.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The file could not be written or read.
    #[error("the copy {path} cannot be written or read")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The file is something else.
    #[error("{path} is not a store copy: {why}")]
    NoCopy {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file was altered or ends too early.
    #[error("the copy {path} was altered or is not whole: take another one")]
    Damaged {
        /// Which.
        path: PathBuf,
    },
    /// It is a copy of the other store.
    #[error("the copy is of the {} store, wanted is one of the {} store", found.name(), wanted.name())]
    Other {
        /// What it is of.
        found: CopyKind,
        /// What is wanted.
        wanted: CopyKind,
    },
    /// Its tables are of another version.
    #[error(
        "the copy has tables of version {found}, this program those of version {known}: bring it with the version of Counterfoil that took it, \
         then update"
    )]
    Version {
        /// That of the copy.
        found: i64,
        /// That of this program.
        known: i64,
    },
    /// The store that it is brought to holds something.
    #[error("the store is not empty: a copy is brought only to a new one")]
    NotEmpty,
    /// What it holds breaks the rules of the tables.
    #[error("the copy holds rows that cannot stand together")]
    Refused(#[source] Failure),
    /// The engine could not be asked.
    #[error("the store could not be copied")]
    Unavailable(#[source] Failure),
}

impl From<Failure> for CopyError {
    fn from(failure: Failure) -> Self {
        Self::Unavailable(failure)
    }
}

/// Which store, and what is said of its tables.
struct Kept {
    kind: CopyKind,
    tables: &'static [&'static Table],
    steps: &'static [Step],
    /// The table that says how large the log is.
    head: &'static str,
    /// A table that is never empty once the store is in use.
    used: &'static Table,
}

impl Kept {
    const DATA: Self = Self {
        kind: CopyKind::Data,
        tables: TABLES,
        steps: DATA,
        head: "log_head",
        used: InstallationRow::TABLE,
    };
    const VAULT: Self = Self {
        kind: CopyKind::Vault,
        tables: vault_tables::TABLES,
        steps: VAULT,
        head: "head",
        used: vault_tables::EPOCH,
    };

    const fn of(kind: CopyKind) -> &'static Self {
        match kind {
            CopyKind::Data => &Self::DATA,
            CopyKind::Vault => &Self::VAULT,
        }
    }

    fn step(&self) -> i64 {
        self.steps.iter().map(|step| step.number).max().unwrap_or(0)
    }

    fn report(&self, head: Head, totals: Totals, log: Option<(i64, Hash)>) -> CopyReport {
        CopyReport {
            kind: self.kind,
            taken_at: head.taken_at,
            rows: totals.rows,
            bytes: totals.bytes,
            digest: totals.digest,
            log,
        }
    }

    /// What a row of the table that says how large the log is says.
    fn log(&self, table: &Table, row: &[Value]) -> Option<(i64, Hash)> {
        let value = |name: &str| row.get(table.columns.iter().position(|column| *column == name)?);
        match (value("size"), value("root")) {
            (Some(Value::Int(size)), Some(Value::Bytes(root))) if table.name == self.head => {
                let root: [u8; 32] = root.as_slice().try_into().ok()?;
                Some((*size, root))
            }
            _ => None,
        }
    }
}

/// An error of the format, about this file.
fn about(path: &Path) -> impl Fn(FormatError) -> CopyError {
    let path = path.to_owned();
    move |error| {
        let path = path.clone();
        match error {
            FormatError::File(source) => CopyError::File { path, source },
            FormatError::Damaged => CopyError::Damaged { path },
            other => CopyError::NoCopy {
                path,
                why: other.to_string(),
            },
        }
    }
}

/// Reads a copy from front to back and says what it holds. Blocks.
///
/// # Errors
/// See [`CopyError`].
pub fn check(path: &Path, wanted: CopyKind) -> Result<CopyReport, CopyError> {
    bring::check(path, Kept::of(wanted))
}

impl Store {
    /// Takes a copy of all rows of this moment into a new file at `path`, for its owner only; there is none when this fails.
    ///
    /// # Errors
    /// [`CopyError::File`], [`CopyError::Unavailable`].
    pub async fn copy_to(&self, path: &Path) -> Result<CopyReport, CopyError> {
        take::take(self.database(), &Kept::DATA, self.engine().clock.wall(), path).await
    }

    /// Brings a copy into this store, which was just made and holds nothing yet: all of it or nothing.
    ///
    /// # Errors
    /// See [`CopyError`].
    pub async fn bring(&self, path: &Path) -> Result<CopyReport, CopyError> {
        bring::bring(self.database(), &Kept::DATA, path).await
    }
}

impl KeyDatabase {
    /// Takes a copy, as [`Store::copy_to`]. `now` goes into it.
    ///
    /// # Errors
    /// As [`Store::copy_to`].
    pub async fn copy_to(&self, path: &Path, now: Timestamp) -> Result<CopyReport, CopyError> {
        take::take(self.database(), &Kept::VAULT, now, path).await
    }

    /// Brings a copy, as [`Store::bring`].
    ///
    /// # Errors
    /// See [`CopyError`].
    pub async fn bring(&self, path: &Path) -> Result<CopyReport, CopyError> {
        bring::bring(self.database(), &Kept::VAULT, path).await
    }
}
