//! Where the key folder lies, whether it may lie beside the data, and how long a key epoch is open.

use super::error::ConfigError;
use super::sources::Values;
use std::path::PathBuf;
use std::time::Duration;

/// The key folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keys {
    /// The folder.
    pub(crate) folder: PathBuf,
    /// Whether it may lie inside the data folder.
    pub(crate) beside_data: bool,
    /// How long a key epoch is open before it is retired by itself.
    pub(crate) retire_every: Option<Duration>,
}

impl Keys {
    pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
        let folder = values
            .path("keys", "folder")
            .ok_or_else(|| values.invalid("keys", "folder", "must name a folder"))?;
        let days = values.whole("keys", "retire_every_days", 0, 3_650)?;
        let days = u64::try_from(days).ok().filter(|days| *days > 0);
        Ok(Self {
            folder,
            beside_data: values.flag("keys", "beside_data"),
            retire_every: days.map(|days| Duration::from_secs(days * 86_400)),
        })
    }
}
