//! Where posts wait while a database is away.

use super::error::ConfigError;
use super::sources::Values;
use std::path::PathBuf;

/// The spool and the intake kit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Intake {
    /// The spool's folder.
    pub(crate) spool: PathBuf,
    /// How many bytes it may take.
    pub(crate) spool_bytes: u64,
    /// The file of this node's intake kit.
    pub(crate) kit: PathBuf,
}

impl Intake {
    pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
        let data = values
            .path("data", "folder")
            .ok_or_else(|| values.invalid("data", "folder", "must name a folder"))?;
        let megabytes = values.whole("intake", "spool_megabytes", 16, 1 << 24)?;
        Ok(Self {
            spool: values
                .path("intake", "spool_folder")
                .unwrap_or_else(|| data.join("spool")),
            spool_bytes: u64::try_from(megabytes).unwrap_or(0) << 20,
            kit: data.join("intake.kit"),
        })
    }
}
