//! SQLite: one connection that writes, a few that can only read, and what they have in common.

use super::sqlite_reader::Reading;
use super::sqlite_writer::Writing;
use super::value::Value;
use super::{Failure, Sql};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row, params_from_iter};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlitePool};
use std::path::Path;
use std::time::Duration;

/// How long a connection waits for a lock held by another process, such as a backup.
const BUSY_WAIT: Duration = Duration::from_secs(10);
/// Prepared texts kept by each connection; every text in every size fits.
const KEPT_TEXTS: usize = 512;
/// What a connection that writes must have, as SQLite reports it. A build or a file that does not obey is refused.
pub(super) const SETTINGS: &[(&str, &str)] = &[
    ("PRAGMA foreign_keys", "1"),
    ("PRAGMA journal_mode", "wal"),
    ("PRAGMA synchronous", "2"),
    ("PRAGMA secure_delete", "1"),
    ("PRAGMA busy_timeout", "10000"),
];

/// The connections to one file.
#[derive(Clone)]
pub(crate) struct Pools {
    pub(super) write: Option<Writing>,
    pub(super) read: Reading,
}

/// Opens the file for writing and reading, creating it when it is not there.
pub(super) async fn open(file: &Path) -> Result<Pools, Failure> {
    let write = Some(Writing::open(file).await?);
    let read = Reading::open(file).await?;
    Ok(Pools { write, read })
}

/// Opens the file for reading only.
pub(super) async fn open_read_only(file: &Path) -> Result<Pools, Failure> {
    let read = Reading::open(file).await?;
    Ok(Pools { write: None, read })
}

/// A connection that takes the steps to newer tables, or `read_only` looks which were taken, and is closed again.
pub(super) async fn stepping(file: &Path, read_only: bool) -> Result<SqlitePool, Failure> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(BUSY_WAIT)
        .foreign_keys(true)
        .disable_statement_logging()
        .pragma("temp_store", "MEMORY");
    let options = match read_only {
        true => options.read_only(true),
        false => options
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("secure_delete", "ON"),
    };
    let one = SqlitePoolOptions::new().max_connections(1);
    one.connect_with(options).await.map_err(Failure::new)
}

/// Opens a connection and sets it up.
pub(super) fn open_connection(file: &Path, flags: OpenFlags, set_up: &str) -> Result<Connection, Failure> {
    let connection = Connection::open_with_flags(file, flags).map_err(Failure::of_file)?;
    connection.busy_timeout(BUSY_WAIT).map_err(Failure::of_file)?;
    connection.set_prepared_statement_cache_capacity(KEPT_TEXTS);
    connection.execute_batch(set_up).map_err(Failure::of_file)?;
    Ok(connection)
}

/// What a connection has, as SQLite reports it.
pub(super) fn settings(connection: &Connection) -> Result<Vec<(&'static str, String)>, Failure> {
    let ask = |(pragma, _): &(&'static str, &str)| {
        let told = connection.query_row(pragma, [], |row| {
            let value = row.get_ref(0)?;
            value
                .as_str()
                .map(str::to_owned)
                .or_else(|_| value.as_i64().map(|number| number.to_string()))
                .map_err(Into::into)
        });
        told.map(|told| (*pragma, told)).map_err(Failure::of_file)
    };
    SETTINGS.iter().map(ask).collect()
}

/// Asks on a connection, and has each row as it comes.
pub(super) fn each_row(
    connection: &Connection,
    text: &str,
    mut each: impl FnMut(Vec<Value>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut text = connection.prepare(text).map_err(Failure::of_file)?;
    let columns = text.column_count();
    let mut asked = text.query(()).map_err(Failure::of_file)?;
    while let Some(row) = asked.next().map_err(Failure::of_file)? {
        let values = (0..columns).map(|at| value(row, at)).collect::<Result<_, _>>();
        each(values.map_err(Failure::of_file)?)?;
    }
    Ok(())
}

/// Asks on a connection.
pub(super) fn rows(connection: &Connection, sql: &Sql, args: &[Value]) -> Result<Vec<Vec<Value>>, Failure> {
    let mut text = connection.prepare_cached(&sql.for_sqlite()).map_err(Failure::of_file)?;
    let columns = text.column_count();
    let mut asked = text.query(params_from_iter(args)).map_err(Failure::of_file)?;
    let mut found = Vec::new();
    while let Some(row) = asked.next().map_err(Failure::of_file)? {
        let values = (0..columns).map(|at| value(row, at)).collect::<Result<_, _>>();
        found.push(values.map_err(Failure::of_file)?);
    }
    Ok(found)
}

fn value(row: &Row<'_>, at: usize) -> Result<Value, rusqlite::Error> {
    match row.get_ref(at)? {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(number) => Ok(Value::Int(number)),
        ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes.to_vec())),
        text @ ValueRef::Text(_) => Ok(Value::Text(text.as_str()?.to_owned())),
        other @ ValueRef::Real(_) => Err(rusqlite::Error::InvalidColumnType(at, String::new(), other.data_type())),
    }
}
