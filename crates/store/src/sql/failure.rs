//! What goes wrong with an engine, in words that carry no content.

use sqlx::error::{DatabaseError, ErrorKind};
use std::borrow::Cow;
use std::fmt;

/// The engine could not do what it was asked. Says what the engine says, without the values that it may add.
pub struct Failure(Cause);

/// Who says so.
enum Cause {
    /// The driver that speaks with PostgreSQL and reads SQLite.
    Driver(sqlx::Error),
    /// The driver that writes SQLite.
    File(rusqlite::Error),
    /// Whoever asked before did not wait for the end.
    ConnectionGone,
    /// The connection is not set up as it must be.
    Setting(String),
}

/// What sort of failure it is, as far as the writer must tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// A rule of the tables was broken: unique, foreign key, not null, check.
    Rule,
    /// Another transaction was in the way; doing the whole unit again is right.
    Again,
    /// There is no room on the disk.
    Full,
    /// The engine takes no such value: it is too large, or of a form that it cannot hold. It will never take it.
    Refused,
    /// Anything else.
    Other,
}

impl Failure {
    pub(crate) fn new(error: sqlx::Error) -> Self {
        Self(Cause::Driver(error))
    }

    pub(super) fn of_file(error: rusqlite::Error) -> Self {
        Self(Cause::File(error))
    }

    pub(super) fn connection_gone() -> Self {
        Self(Cause::ConnectionGone)
    }

    pub(super) fn setting(what: String) -> Self {
        Self(Cause::Setting(what))
    }

    /// The engine's own code: five signs of PostgreSQL, an extended result code of SQLite.
    fn code(&self) -> Option<Cow<'_, str>> {
        match &self.0 {
            Cause::Driver(error) => error.as_database_error().and_then(DatabaseError::code),
            Cause::File(error) => error.sqlite_error().map(|error| error.extended_code.to_string().into()),
            Cause::ConnectionGone | Cause::Setting(_) => None,
        }
    }

    /// Whether doing the whole transaction again is right.
    pub(crate) fn may_try_again(&self) -> bool {
        self.kind() == FailureKind::Again
    }

    /// Whether the engine is not there, or not there for us now: waiting is right. Anything that a person must set right first, such as
    /// a wrong password or another version of the tables, is not.
    pub fn is_absence(&self) -> bool {
        match &self.0 {
            Cause::Driver(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed)
            | Cause::ConnectionGone => true,
            // PostgreSQL, appendix A of its manual: connection exceptions, too many connections, no room or memory, shutting down,
            // crashed, starting up. SQLite, "Result and Error Codes": busy, locked, an error of the disk,
            // full.
            _ => self.code().is_some_and(|code| {
                code.starts_with("08")
                    || matches!(
                        code.as_ref(),
                        "53000"
                            | "53100"
                            | "53200"
                            | "53300"
                            | "57P01"
                            | "57P02"
                            | "57P03"
                            | "5"
                            | "6"
                            | "10"
                            | "13"
                            | "261"
                            | "517"
                    )
            }),
        }
    }

    pub(crate) fn kind(&self) -> FailureKind {
        if let Cause::Driver(error) = &self.0
            && let Some(error) = error.as_database_error()
            && matches!(
                error.kind(),
                ErrorKind::UniqueViolation
                    | ErrorKind::ForeignKeyViolation
                    | ErrorKind::NotNullViolation
                    | ErrorKind::CheckViolation
            )
        {
            return FailureKind::Rule;
        }
        // PostgreSQL: appendix A of its manual. SQLite: "Result and Error Codes"; 5 is busy, 13 is full.
        match self.code().as_deref() {
            Some("40001" | "40P01") => FailureKind::Again,
            Some("53100" | "13") => FailureKind::Full,
            Some("5" | "261" | "517") => FailureKind::Again,
            // SQLite: a foreign key, also at the commit of deferred ones, and the bare constraint; check, not null, primary key, unique.
            Some("787" | "19" | "275" | "1299" | "1555" | "2067") => FailureKind::Rule,
            // SQLITE_TOOBIG, SQLITE_MISMATCH, SQLITE_CONSTRAINT_TRIGGER; data exceptions, limits of the engine, raised by a trigger.
            Some("18" | "20" | "1811") => FailureKind::Refused,
            Some(code) if code.len() == 5 && ["22", "54", "P0"].iter().any(|class| code.starts_with(class)) => {
                FailureKind::Refused
            }
            _ => FailureKind::Other,
        }
    }
}

fn database(error: &dyn DatabaseError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let code = error.code();
    let code = code.as_deref().unwrap_or("none");
    // Class 22 of PostgreSQL (data exception) repeats the value that it could not read.
    if code.starts_with("22") {
        write!(f, "the engine answered with code {code}")
    } else {
        write!(f, "the engine answered with code {code}: {}", error.message())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = match &self.0 {
            Cause::Driver(error) => error,
            Cause::File(error) => match error.sqlite_error() {
                Some(code) => return write!(f, "the engine answered with code {}: {error}", code.extended_code),
                None => return write!(f, "the engine could not be asked: {error}"),
            },
            Cause::ConnectionGone => return f.write_str("the connection to the engine was given up"),
            Cause::Setting(what) => return write!(f, "the engine could not be asked: {what}"),
        };
        match error {
            sqlx::Error::Database(error) => database(error.as_ref(), f),
            sqlx::Error::Io(error) => write!(f, "the connection to the engine failed: {error}"),
            sqlx::Error::PoolTimedOut => f.write_str("no connection to the engine came free in time"),
            sqlx::Error::PoolClosed => f.write_str("the store was closed"),
            other => write!(f, "the engine could not be asked: {other}"),
        }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Failure({self})")
    }
}

impl std::error::Error for Failure {}

/// Why reading from the store failed. What is absent is never an error.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The engine could not be asked.
    #[error("the store could not be read")]
    Unavailable(#[source] Failure),
    /// A row holds what its column cannot hold; the database was changed by something else.
    #[error("column {column} of table {table} holds what cannot stand there")]
    Impossible {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
}

impl From<Failure> for ReadError {
    fn from(failure: Failure) -> Self {
        Self::Unavailable(failure)
    }
}
