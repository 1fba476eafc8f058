//! SQLite: one connection that writes, a pool of connections that can only read.

use super::value::Value;
use super::{Failure, Sql};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{
    Arguments, Column, ConnectOptions, Connection, Executor, Row, Sqlite, SqliteConnection, SqlitePool, TypeInfo,
    ValueRef,
};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};

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
    pub(super) write: Option<Writing>,
    pub(super) read: SqlitePool,
}

/// The one connection that writes. It stays at hand between transactions: a pool looks at a connection whenever it comes back, and the next
/// transaction would wait for that.
#[derive(Clone)]
pub(crate) struct Writing {
    pool: SqlitePool,
    at_hand: Arc<Mutex<Option<PoolConnection<Sqlite>>>>,
}

/// A transaction of the connection that writes.
pub(crate) struct Transaction {
    connection: Held,
    ended: bool,
}

type Held = OwnedMutexGuard<Option<PoolConnection<Sqlite>>>;

const AT_HAND: &str = "the connection is put in its place before it is given out";

impl Writing {
    async fn connection(&self) -> Result<Held, Failure> {
        let mut held = Arc::clone(&self.at_hand).lock_owned().await;
        if held.is_none() {
            *held = Some(self.pool.acquire().await.map_err(Failure::new)?);
        }
        Ok(held)
    }

    /// The pool, for what is done before the first transaction.
    pub(super) fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// Begins a transaction.
    pub(super) async fn begin(&self) -> Result<Transaction, Failure> {
        let mut begun = Transaction {
            connection: self.connection().await?,
            ended: false,
        };
        // A transaction that starts by reading and then writes fails at once when another has written, whatever the wait.
        begun.run("BEGIN IMMEDIATE").await?;
        Ok(begun)
    }

    /// Asks outside any transaction.
    pub(super) async fn rows(&self, sql: Sql) -> Result<Vec<Vec<Value>>, Failure> {
        let mut held = self.connection().await?;
        rows(&mut **held.as_mut().expect(AT_HAND), sql, Vec::new()).await
    }

    /// Has a text prepared.
    pub(super) async fn prepare(&self, sql: Sql) -> Result<(), Failure> {
        let mut held = self.connection().await?;
        let connection = held.as_mut().expect(AT_HAND);
        let prepared = connection.prepare(sql.into_driver()).await;
        prepared.map(drop).map_err(Failure::new)
    }

    pub(super) async fn close(&self) {
        drop(self.at_hand.lock().await.take());
        self.pool.close().await;
    }
}

impl Transaction {
    /// The connection that it runs on.
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect(AT_HAND)
    }

    async fn run(&mut self, sql: &'static str) -> Result<(), Failure> {
        execute(self.connection(), sql.into(), Vec::new()).await.map(drop)
    }

    pub(super) async fn commit(mut self) -> Result<(), Failure> {
        let committed = self.run("COMMIT").await;
        if committed.is_err() {
            // The reason why it could not be kept is told, not why it could not be taken back.
            drop(self.rollback().await);
            return committed;
        }
        self.ended = true;
        committed
    }

    pub(super) async fn rollback(mut self) -> Result<(), Failure> {
        self.run("ROLLBACK").await?;
        self.ended = true;
        Ok(())
    }
}

impl Drop for Transaction {
    /// A connection of which it is not known whether a transaction goes on is not used again. A full disk makes SQLite end one by itself.
    fn drop(&mut self) {
        if !self.ended
            && let Some(mut connection) = self.connection.take()
        {
            connection.close_on_drop();
        }
    }
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
        // A connection to a file does not break off by itself; asking first costs a way there and back.
        .test_before_acquire(false)
        .after_connect(|connection, _| Box::pin(assert_settings(connection)))
        .connect_with(writing)
        .await
        .map_err(Failure::new)?;
    let read = readers(file).await?;
    let write = Writing {
        pool: write,
        at_hand: Arc::default(),
    };
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
        .test_before_acquire(false)
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
    let mut all = Vec::with_capacity(SETTINGS.len());
    for (pragma, _) in SETTINGS {
        let found = match &pools.write {
            Some(writing) => {
                let mut held = writing.connection().await?;
                reported(held.as_mut().expect(AT_HAND), pragma).await
            }
            None => {
                let mut connection = pools.read.acquire().await.map_err(Failure::new)?;
                reported(&mut connection, pragma).await
            }
        };
        all.push((*pragma, found.map_err(Failure::new)?));
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
