//! Where rows, keys and blobs lie: SQLite in the data folder, or PostgreSQL, for records and vault each on its own.

use super::error::ConfigError;
use super::secret_file;
use super::sources::Values;
use counterfoil_model::Secret;
use std::path::{Path, PathBuf};
use url::Url;

/// Where this installation keeps what it keeps.
#[derive(Debug, Clone)]
pub(crate) struct Storage {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// The folder of sealed bytes and of the mirrored log.
    pub(crate) blobs: PathBuf,
    /// The database of records.
    pub(crate) records: Database,
    /// The vault's database.
    pub(crate) vault: Database,
}

/// One database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Database {
    /// SQLite in this file.
    Sqlite(PathBuf),
    /// PostgreSQL at this address, which has no password in it.
    Postgres {
        /// The address.
        url: Url,
        /// The file that holds the password, if there is one.
        password_file: Option<PathBuf>,
    },
}

impl Storage {
    pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
        let data = values
            .path("data", "folder")
            .ok_or_else(|| values.invalid("data", "folder", "must name a folder"))?;
        let blobs = values.path("blobs", "folder").unwrap_or_else(|| data.join("blobs"));
        let records = database(values, "database", data.join("counterfoil.db"))?;
        let vault = database(values, "vault", data.join("vault.db"))?;
        if matches!(records, Database::Postgres { .. }) && records.place() == vault.place() {
            let problem = "is the database of the records; the vault needs one of its own";
            return Err(values.invalid("vault", "url", problem));
        }
        Ok(Self {
            data,
            blobs,
            records,
            vault,
        })
    }

    /// The operator socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.data.join("operator.sock")
    }
}

impl Database {
    /// What to open: `sqlite:` and the file, or the `postgres:` address with its password put in.
    ///
    /// # Errors
    /// [`ConfigError::SecretFile`].
    pub(crate) fn address(&self, section: &str, values: &Values) -> Result<Secret, ConfigError> {
        match self {
            Self::Sqlite(path) => Ok(Secret::new(format!("sqlite:{}", path.display()))),
            Self::Postgres { url, password_file } => {
                let mut url = url.clone();
                if let Some(path) = password_file {
                    let password = secret_file(values, section, "password_file", path)?;
                    url.set_password(Some(password.reveal()))
                        .map_err(|()| values.invalid(section, "url", "cannot carry a password"))?;
                }
                Ok(Secret::new(url.into()))
            }
        }
    }

    /// The file of a SQLite database.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres { .. } => None,
        }
    }

    /// What makes two addresses the same database: host, port and name.
    fn place(&self) -> Option<(Option<&str>, u16, &str)> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres { url, .. } => Some((url.host_str(), url.port().unwrap_or(5432), url.path())),
        }
    }
}

fn database(values: &Values, section: &str, file: PathBuf) -> Result<Database, ConfigError> {
    let Some(text) = values.text(section, "url") else {
        return Ok(Database::Sqlite(file));
    };
    let wrong = |problem: &str| values.invalid(section, "url", problem);
    let url = Url::parse(text).map_err(|_| wrong("must be postgres://user@host/name, or empty for SQLite"))?;
    if !matches!(url.scheme(), "postgres" | "postgresql") {
        return Err(wrong(
            "must begin with postgres://, or be empty for SQLite in the data folder",
        ));
    }
    if url.password().is_some() || url.query_pairs().any(|(key, _)| key == "password") {
        let instead = format!("{section}.password_file");
        return Err(wrong(&format!(
            "has a password in it; write it to a file that only you can read and name that file in `{instead}`"
        )));
    }
    if url.path().len() < 2 {
        return Err(wrong("must name a database: postgres://user@host/name"));
    }
    Ok(Database::Postgres {
        url,
        password_file: values.path(section, "password_file"),
    })
}
