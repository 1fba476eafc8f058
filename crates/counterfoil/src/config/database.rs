//! Where rows, keys and blobs lie: SQLite in the data folder, or PostgreSQL, for records and vault each on its own.

use super::blobs::BlobPlace;
use super::error::ConfigError;
use super::secret_file;
use super::sources::Values;
use counterfoil_model::Secret;
use counterfoil_store::Place;
use std::path::{Path, PathBuf};
use url::Url;

/// Where this installation keeps what it keeps.
#[derive(Debug, Clone)]
pub(crate) struct Storage {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// Where sealed bytes and the mirrored log lie.
    pub(crate) blobs: BlobPlace,
    /// The database of records.
    pub(crate) records: Database,
    /// The vault's database.
    pub(crate) vault: Database,
}

/// One database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Database {
    /// SQLite in this folder.
    Folder(PathBuf),
    /// PostgreSQL.
    Server {
        /// Its address, which has no password in it.
        url: Url,
        /// The file that holds the password, if there is one.
        password_file: Option<PathBuf>,
        /// The most connections to hold.
        connections: u32,
        /// Whether a pooler stands between.
        pooled: bool,
    },
}

impl Storage {
    pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
        let data = values
            .path("data", "folder")
            .ok_or_else(|| values.invalid("data", "folder", "must name a folder"))?;
        let blobs = BlobPlace::read(values, &data)?;
        let records = database(values, "database", &data)?;
        let vault = database(values, "vault", &data)?;
        if records.host_and_name().is_some() && records.host_and_name() == vault.host_and_name() {
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

    /// All of it in `folder`.
    pub(super) fn moved_to(self, folder: &Path) -> Self {
        Self {
            data: folder.to_owned(),
            blobs: BlobPlace::Folder(folder.join("blobs")),
            records: Database::Folder(folder.to_owned()),
            vault: Database::Folder(folder.to_owned()),
        }
    }

    /// The operator socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.data.join("operator.sock")
    }
}

impl Database {
    /// The place as the store knows it, with the password of `section` read from its file now.
    ///
    /// # Errors
    /// [`ConfigError::SecretFile`].
    pub(crate) fn place(&self, section: &str, values: &Values) -> Result<Place, ConfigError> {
        let (url, password_file, connections, pooled) = match self {
            Self::Folder(folder) => return Ok(Place::Folder(folder.clone())),
            Self::Server {
                url,
                password_file,
                connections,
                pooled,
            } => (url, password_file, *connections, *pooled),
        };
        let mut url = url.clone();
        if let Some(path) = password_file {
            let password = secret_file(values, section, "password_file", path)?;
            url.set_password(Some(password.reveal()))
                .map_err(|()| values.invalid(section, "url", "cannot carry a password"))?;
        }
        Ok(Place::Server {
            url: Secret::new(url.into()),
            connections,
            pooled,
        })
    }

    /// What the engine is called.
    pub(crate) fn engine(&self) -> &'static str {
        match self {
            Self::Folder(_) => "SQLite",
            Self::Server { .. } => "PostgreSQL",
        }
    }

    /// What makes two addresses the same database: host, port and name. `None` for a folder, where each has a file of its own.
    fn host_and_name(&self) -> Option<(Option<&str>, u16, &str)> {
        match self {
            Self::Folder(_) => None,
            Self::Server { url, .. } => Some((url.host_str(), url.port().unwrap_or(5432), url.path())),
        }
    }
}

fn database(values: &Values, section: &str, data: &Path) -> Result<Database, ConfigError> {
    let connections = values.whole(section, "connections", 1, 1_000)?;
    let Some(text) = values.text(section, "url") else {
        return Ok(Database::Folder(data.to_owned()));
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
    Ok(Database::Server {
        url,
        password_file: values.path(section, "password_file"),
        connections: u32::try_from(connections).unwrap_or(u32::MAX),
        pooled: values.flag(section, "pooled"),
    })
}
