//! SQLite: one connection that writes, a pool of connections that can only read.

use super::value::Value;
use super::{Failure, Sql};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{
    Arguments, Column, ConnectOptions, Connection, Executor, Row, Sqlite, SqliteConnection, SqlitePool, Transaction,
    TypeInfo, ValueRef,
};
use std::path::Path;
use std::time::Duration;

/// How long a connection waits for a lock held by another process, such as a backup.
const BUSY_WAIT: Duration = Duration::from_secs(10);
const READERS: u32 = 8;
/// Pages kept by the writing connection, in KiB (a negative number, as SQLite wants it). Rows found by keyed hashes lie all over their
/// indexes, so a small cache reads nearly every page anew.
const WRITE_CACHE: &str = "-32768";
/// After how many pages of 4 KiB the write-ahead log is brought into the file. Often is dear for writing, since a page that changes again
/// and again is then written again and again; seldom is dear for reading, which has to look through the log.
const CHECKPOINT_PAGES: &str = "4096";
/// Prepared texts kept by each connection; every text in every size fits.
const KEPT_TEXTS: usize = 512;

/// The pools over one file.
#[derive(Clone)]
pub(crate) struct Pools {
    pub(super) write: Option<SqlitePool>,
    pub(super) read: SqlitePool,
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(BUSY_WAIT)
        .foreign_keys(true)
        .statement_cache_capacity(KEPT_TEXTS)
        // What is sorted or joined stays in memory: no temporary file beside the database.
        .pragma("temp_store", "MEMORY")
}

/// Opens the file for writing and reading, creating it when it is not there.
pub(super) async fn open(file: &Path) -> Result<Pools, Failure> {
    let writing = options(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        .pragma("cache_size", WRITE_CACHE)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES);
    // A pool keeps trying when a new connection is refused by us, and would only say at last that none came free.
    let mut first = writing.connect().await.map_err(Failure::new)?;
    assert_settings(&mut first).await.map_err(Failure::new)?;
    first.close().await.map_err(Failure::new)?;
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(|connection, _| Box::pin(assert_settings(connection)))
        // A full disk makes SQLite end a transaction by itself, which the driver does not notice: such a connection goes.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        .connect_with(writing)
        .await
        .map_err(Failure::new)?;
    let read = readers(file).await?;
    Ok(Pools {
        write: Some(write),
        read,
    })
}

/// Opens the file for reading only.
pub(super) async fn open_read_only(file: &Path) -> Result<Pools, Failure> {
    let read = readers(file).await?;
    Ok(Pools { write: None, read })
}

async fn readers(file: &Path) -> Result<SqlitePool, Failure> {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .connect_with(options(file).read_only(true))
        .await
        .map_err(Failure::new)
}

/// What a writing connection must have, as SQLite reports it. A build or a file that does not obey is refused.
const SETTINGS: &[(&str, &str)] = &[
    ("PRAGMA foreign_keys", "1"),
    ("PRAGMA journal_mode", "wal"),
    ("PRAGMA synchronous", "2"),
    ("PRAGMA secure_delete", "1"),
    ("PRAGMA busy_timeout", "10000"),
];

/// What the connection that writes has, as SQLite reports it.
pub(super) async fn settings(pools: &Pools) -> Result<Vec<(&'static str, String)>, Failure> {
    let pool = pools.write.as_ref().unwrap_or(&pools.read);
    let mut connection = pool.acquire().await.map_err(Failure::new)?;
    let mut all = Vec::with_capacity(SETTINGS.len());
    for (pragma, _) in SETTINGS {
        let found = reported(&mut connection, pragma).await.map_err(Failure::new)?;
        all.push((*pragma, found));
    }
    Ok(all)
}

async fn reported(connection: &mut SqliteConnection, pragma: &'static str) -> Result<String, sqlx::Error> {
    let row = sqlx::query(pragma).fetch_one(connection).await?;
    row.try_get_unchecked::<String, _>(0)
        .or_else(|_| row.try_get_unchecked::<i64, _>(0).map(|n| n.to_string()))
}

async fn assert_settings(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    for (pragma, wanted) in SETTINGS {
        let found = reported(connection, pragma).await?;
        if found != *wanted {
            return Err(sqlx::Error::Configuration(
                format!("{pragma} answers {found} and must be {wanted}").into(),
            ));
        }
    }
    Ok(())
}

pub(super) async fn begin(pool: &SqlitePool) -> Result<Transaction<'static, Sqlite>, Failure> {
    // A transaction that starts by reading and then writes fails at once when another has written, whatever the wait.
    pool.begin_with("BEGIN IMMEDIATE").await.map_err(Failure::new)
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

pub(super) async fn execute<'c, E>(executor: E, sql: Sql, args: Vec<Value>) -> Result<u64, Failure>
where
    E: Executor<'c, Database = Sqlite>,
{
    let query = sqlx::query_with(sql.into_driver(), arguments(args)?);
    let done = query.execute(executor).await.map_err(Failure::new)?;
    Ok(done.rows_affected())
}

pub(super) async fn rows<'c, E>(executor: E, sql: Sql, args: Vec<Value>) -> Result<Vec<Vec<Value>>, Failure>
where
    E: Executor<'c, Database = Sqlite>,
{
    let query = sqlx::query_with(sql.into_driver(), arguments(args)?);
    let rows = query.fetch_all(executor).await.map_err(Failure::new)?;
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
