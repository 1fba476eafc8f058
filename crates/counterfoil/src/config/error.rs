//! What can be wrong with settings, said so that the operator knows where and what to do.

use std::path::PathBuf;

/// Where a setting came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nobody set it.
    Default,
    /// A line of the settings file.
    File {
        /// The file as it was named.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// An environment variable.
    Environment(String),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Environment(variable) => f.write_str(variable),
        }
    }
}

/// Why the settings cannot be used. No message repeats a value: it might be a secret in the wrong place.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// There is no settings file where one is needed.
    #[error(
        "there is no settings file at {path}; make an installation with `counterfoil init`, or name the file with `--config`"
    )]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The settings file could not be read.
    #[error("the settings file {path} could not be read")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The settings file is not TOML.
    #[error("{origin}: this is not TOML: {detail}")]
    Syntax {
        /// Where.
        origin: Origin,
        /// The parser's words.
        detail: String,
    },
    /// There is no such setting or section.
    #[error("{origin}: there is no setting `{name}`{}", hint(.nearest.as_deref()))]
    Unknown {
        /// Where.
        origin: Origin,
        /// What was written.
        name: String,
        /// What may have been meant.
        nearest: Option<String>,
    },
    /// The value is of another sort.
    #[error("{origin}: `{name}` must be {wanted}")]
    Sort {
        /// Where.
        origin: Origin,
        /// Which setting.
        name: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// Somebody wrote a secret where it does not belong.
    #[error(
        "{origin}: a secret is never taken from {place}; write it to a file that only you can read, and name that file in `{instead}`"
    )]
    Secret {
        /// Where.
        origin: Origin,
        /// "a settings file" or "the environment".
        place: &'static str,
        /// The setting that names the file.
        instead: String,
    },
    /// The value makes no sense, alone or beside the others.
    #[error("{origin}: `{name}` {problem}")]
    Invalid {
        /// Where.
        origin: Origin,
        /// Which setting.
        name: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A file that a setting names could not be read.
    #[error("{origin}: the file named by `{name}` could not be read: {path}")]
    SecretFile {
        /// Where.
        origin: Origin,
        /// Which setting.
        name: String,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || "; `counterfoil config --default` lists all".to_owned(),
        |name| format!("; did you mean `{name}`?"),
    )
}
