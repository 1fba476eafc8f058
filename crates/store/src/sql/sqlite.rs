//! SQLite: one connection that writes, a pool of connections that can only read.

use super::sqlite_writer::{BUSY_WAIT, KEPT_TEXTS, SETTINGS, Writing};
use super::value::Value;
use super::{Failure, Sql};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Arguments, Column, ConnectOptions, Row, Sqlite, SqlitePool, TypeInfo, ValueRef};
use std::path::Path;

const READERS: u32 = 4;

/// The connections to one file.
#[derive(Clone)]
pub(crate) struct Pools {
    pub(super) write: Option<Writing>,
    pub(super) read: SqlitePool,
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(BUSY_WAIT)
        .foreign_keys(true)
        .statement_cache_capacity(KEPT_TEXTS)
        .disable_statement_logging()
        // What is sorted or joined stays in memory: no temporary file beside the database.
        .pragma("temp_store", "MEMORY")
}

/// Opens the file for writing and reading, creating it when it is not there.
pub(super) async fn open(file: &Path) -> Result<Pools, Failure> {
    let write = Some(Writing::open(file).await?);
    let read = readers(file).await?;
    Ok(Pools { write, read })
}

/// A connection that takes the steps to newer tables, and is closed again.
pub(super) async fn stepping(file: &Path) -> Result<SqlitePool, Failure> {
    let stepping = options(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON");
    let one = SqlitePoolOptions::new().max_connections(1);
    one.connect_with(stepping).await.map_err(Failure::new)
}

/// Opens the file for reading only.
pub(super) async fn open_read_only(file: &Path) -> Result<Pools, Failure> {
    let read = readers(file).await?;
    Ok(Pools { write: None, read })
}

async fn readers(file: &Path) -> Result<SqlitePool, Failure> {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .test_before_acquire(false)
        .connect_with(options(file).read_only(true))
        .await
        .map_err(Failure::new)
}

/// What a connection that only reads has, as SQLite reports it.
pub(super) async fn settings(read: &SqlitePool) -> Result<Vec<(&'static str, String)>, Failure> {
    let mut all = Vec::with_capacity(SETTINGS.len());
    for (pragma, _) in SETTINGS {
        let row = sqlx::query(*pragma).fetch_one(read).await.map_err(Failure::new)?;
        let told = row
            .try_get_unchecked::<String, _>(0)
            .or_else(|_| row.try_get_unchecked::<i64, _>(0).map(|n| n.to_string()));
        all.push((*pragma, told.map_err(Failure::new)?));
    }
    Ok(all)
}

fn arguments(args: Vec<Value>) -> Result<SqliteArguments, Failure> {
    let mut arguments = SqliteArguments::default();
    for arg in args {
        match arg {
            Value::Int(number) => arguments.add(number),
            Value::Bytes(bytes) => arguments.add(bytes),
            Value::Text(text) => arguments.add(text),
            Value::Null => arguments.add(None::<i64>),
        }
        .map_err(|error| Failure::new(sqlx::Error::Encode(error)))?;
    }
    Ok(arguments)
}

pub(super) async fn rows(read: &SqlitePool, sql: Sql, args: Vec<Value>) -> Result<Vec<Vec<Value>>, Failure> {
    let query = sqlx::query_with::<Sqlite, _>(sql.into_driver(), arguments(args)?);
    let rows = query.fetch_all(read).await.map_err(Failure::new)?;
    rows.iter().map(values).collect()
}

fn values(row: &SqliteRow) -> Result<Vec<Value>, Failure> {
    (0..row.len())
        .map(|at| value(row, at))
        .collect::<Result<_, _>>()
        .map_err(Failure::new)
}

fn value(row: &SqliteRow, at: usize) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(at)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let kind = raw.type_info();
    match kind.name() {
        "INTEGER" => row.try_get_unchecked(at).map(Value::Int),
        "BLOB" => row.try_get_unchecked(at).map(Value::Bytes),
        "TEXT" => row.try_get_unchecked(at).map(Value::Text),
        other => Err(sqlx::Error::ColumnDecode {
            index: row.column(at).name().to_owned(),
            source: format!("a column may not be {other}").into(),
        }),
    }
}
