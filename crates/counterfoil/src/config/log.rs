//! How log lines look and how many there are.

use super::error::ConfigError;
use super::sources::Values;
use tracing::level_filters::LevelFilter;

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people: time, level, what happened, then fields.
    Plain,
    /// For programs: one JSON object.
    Json,
}

/// What is logged and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Log {
    /// How a line looks.
    pub(crate) format: Format,
    /// From which level on.
    pub(crate) level: LevelFilter,
}

impl Log {
    /// What commands use that have read no settings: plain lines, warnings and worse.
    pub(crate) const QUIET: Self = Self {
        format: Format::Plain,
        level: LevelFilter::WARN,
    };

    pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
        let format = match values.text("log", "format") {
            Some("plain") => Format::Plain,
            Some("json") => Format::Json,
            _ => return Err(values.invalid("log", "format", "must be \"plain\" or \"json\"")),
        };
        let level = match values.text("log", "level") {
            Some("error") => LevelFilter::ERROR,
            Some("warn") => LevelFilter::WARN,
            Some("info") => LevelFilter::INFO,
            Some("debug") => LevelFilter::DEBUG,
            _ => return Err(values.invalid("log", "level", "must be \"error\", \"warn\", \"info\" or \"debug\"")),
        };
        Ok(Self { format, level })
    }
}
