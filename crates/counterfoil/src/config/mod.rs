//! Configuration: one TOML file over compiled-in defaults, with environment overrides for what is not secret.
//!
//! Settings are read once, at the start, and handed on as values; no other part of Counterfoil reads a file or a variable to
//! learn how to behave. Secrets are in files of their own, read when they are needed, and never in an error or on a screen.

pub(crate) mod blobs;
pub(crate) mod catalogue;
pub(crate) mod database;
pub(crate) mod error;
pub(crate) mod gates;
pub(crate) mod intake;
pub(crate) mod keys;
pub(crate) mod log;
mod nearest;
pub(crate) mod pas;
pub(crate) mod server;
pub(crate) mod sources;

pub(crate) use error::ConfigError;

use counterfoil_model::Secret;
use sources::Values;
use std::path::{Path, PathBuf};

/// The name of the settings file when nobody names another.
pub(crate) const FILE_NAME: &str = "counterfoil.toml";

/// All settings of this run.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The public address.
    pub(crate) server: server::Server,
    /// The admin address.
    pub(crate) admin: server::Admin,
    /// Where rows, keys and blobs lie.
    pub(crate) storage: database::Storage,
    /// The spool and the intake kit.
    pub(crate) intake: intake::Intake,
    /// Intake-only nodes.
    pub(crate) gates: gates::Gates,
    /// The key folder.
    pub(crate) keys: keys::Keys,
    /// The policy administration system, if there is one.
    pub(crate) pas: Option<pas::Pas>,
    /// What is logged.
    pub(crate) log: log::Log,
    /// Every value with where it came from.
    pub(crate) values: Values,
}

impl Settings {
    /// Reads the settings file at `path` and the environment.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub(crate) fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(ConfigError::Missing { path: path.to_owned() });
            }
            Err(source) => {
                let path = path.to_owned();
                return Err(ConfigError::Read { path, source });
            }
        };
        let mut values = Values::defaults(folder_of(path));
        values.lay_file(path, &text)?;
        values.lay_environment(environment())?;
        Self::read(values)
    }

    /// Reads settings from `text` as if it were the file at `path`, without the environment.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub(crate) fn from_text(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let mut values = Values::defaults(folder_of(path));
        values.lay_file(path, text)?;
        Self::read(values)
    }

    /// The same settings for an installation that lies in `folder`: its databases and sealed files.
    pub(crate) fn moved_to(self, folder: &Path) -> Self {
        Self {
            storage: self.storage.moved_to(folder),
            ..self
        }
    }

    fn read(values: Values) -> Result<Self, ConfigError> {
        Ok(Self {
            server: server::Server::read(&values)?,
            admin: server::Admin::read(&values)?,
            storage: database::Storage::read(&values)?,
            intake: intake::Intake::read(&values)?,
            gates: gates::Gates::read(&values)?,
            keys: keys::Keys::read(&values)?,
            pas: pas::Pas::read(&values)?,
            log: log::Log::read(&values)?,
            values,
        })
    }
}

fn folder_of(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    whole.parent().map_or_else(PathBuf::new, Path::to_owned)
}

fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Reads the secret in the file that `section.key` names; white space around it is not part of it.
fn secret_file(values: &Values, section: &str, key: &str, path: &Path) -> Result<Secret, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::SecretFile {
        origin: values.held(section, key).origin.clone(),
        name: format!("{section}.{key}"),
        path: path.to_owned(),
        source,
    })?;
    let text = Secret::new(text);
    let trimmed = text.reveal().trim();
    if trimmed.is_empty() {
        return Err(values.invalid(section, key, "names a file that is empty"));
    }
    Ok(Secret::new(trimmed.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Result<Settings, String> {
        Settings::from_text(Path::new("/etc/counterfoil/c.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_alone_are_settings_that_work() {
        let settings = settings(catalogue::DEFAULTS).unwrap();
        assert_eq!(settings.server.url.as_str(), "http://127.0.0.1:8080/");
        assert_eq!(
            settings.storage.blobs.folder(),
            Some(Path::new("/etc/counterfoil/data/blobs"))
        );
        assert_eq!(settings.keys.folder, Path::new("/etc/counterfoil/keys"));
        assert!(settings.pas.is_none());
    }

    #[test]
    fn settings_that_would_do_harm_are_refused_with_the_way_out() {
        for (text, part) in [
            ("[server]\naddress = \"0.0.0.0:80\"", "without TLS"),
            ("[server]\naddress = \"here\"", "an address and a port"),
            ("[server]\ntls_key_file = \"k\"", "is needed beside"),
            ("[server]\nurl = \"http://counterfoil.example\"", "https://"),
            ("[server]\nbehind_proxy = [\"proxy\"]", "neither an address"),
            ("[admin]\naddress = \"0.0.0.0:81\"", "beyond_loopback"),
            ("[database]\nurl = \"mysql://h/d\"", "postgres://"),
            ("[database]\nurl = \"postgres://u:p@h/d\"", "database.password_file"),
            (
                "[database]\nurl = \"postgres://u@h/d\"\n[vault]\nurl = \"postgres://v@h:5432/d\"",
                "one of its own",
            ),
            ("[pas]\nurl = \"https://pas.example\"", "pas.token_file"),
            ("[log]\nlevel = \"loud\"", "\"error\""),
            ("[blobs]\nbucket = \"b\"\nfolder = \"f\"", "only one of the two"),
            ("[blobs]\nbucket = \"b\"", "blobs.access_key_file"),
            (
                "[blobs]\nbucket = \"b\"\nendpoint = \"http://s3.example\"\naccess_key_file = \"a\"\nsecret_key_file = \"s\"",
                "https://",
            ),
            ("[blobs]\nprefix = \"p\"", "blobs.bucket"),
            ("[blobs]\nsecret_key = \"s\"", "blobs.secret_key_file"),
            ("[server]\nconnections = 0", "from 1 to"),
            ("[gates]\naddress = \"here\"", "an address and a port"),
            ("[gates]\naddress = \"10.0.0.5:8446\"", "is needed beside gates.address"),
            ("[gates]\nreached_at = [\"node1\"]", "a host and a port"),
        ] {
            let said = settings(text).err().unwrap_or_default();
            assert!(said.contains(part), "{text}: {said}");
        }
    }

    #[test]
    fn a_public_address_is_fine_behind_a_named_proxy_or_with_tls() {
        assert!(settings("[server]\naddress = \"0.0.0.0:80\"\nbehind_proxy = [\"10.0.0.1\"]").is_ok());
        let files = "tls_certificate_file = \"c.pem\"\ntls_key_file = \"k.pem\"";
        let settings = settings(&format!("[server]\naddress = \"0.0.0.0:443\"\n{files}")).unwrap();
        assert_eq!(settings.server.url.scheme(), "https");
    }
}
