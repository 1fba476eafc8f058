//! Where the key folder lies, and whether it may lie beside the data.

use super::error::ConfigError;
use super::sources::Values;
use std::path::PathBuf;

/// The key folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keys {
    /// The folder.
    pub(crate) folder: PathBuf,
    /// Whether it may lie inside the data folder.
    pub(crate) beside_data: bool,
}

impl Keys {
    pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
        let folder = values
            .path("keys", "folder")
            .ok_or_else(|| values.invalid("keys", "folder", "must name a folder"))?;
        Ok(Self {
            folder,
            beside_data: values.flag("keys", "beside_data"),
        })
    }
}
