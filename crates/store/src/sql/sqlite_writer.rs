//! The one connection that writes a file of SQLite, and its transactions.
//!
//! It answers where it is asked, without a way to another thread and back for each statement: the writer of units, who has a thread of its
//! own, works on it right there; anybody else has each step done on a thread where waiting for a disk holds up nobody. It never opens
//! a transaction that reads first and writes later.

use super::sqlite::{SETTINGS, open_connection, rows, settings};
use super::value::Value;
use super::{Failure, Sql};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params_from_iter};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::spawn_blocking;

/// How the connection is set up. The cache is in KiB (a negative number, as SQLite wants it); a larger one takes memory and makes nothing quicker,
/// since the operating system has the pages too. The write-ahead log is brought into the file after so many pages of 4 KiB: often is
/// dear, since a page that changes again and again is then written again and again; seldom has whoever waits behind it wait long.
/// What is sorted or joined stays in memory: no temporary file beside the database.
const SET_UP: &str = "PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; \
    PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 2048";

/// The connection. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Writing {
    file: Arc<Path>,
    connection: Arc<Mutex<Option<Connection>>>,
}

/// A transaction on it. Dropped without a commit, it leaves nothing.
pub(crate) struct Transaction {
    held: OwnedMutexGuard<Option<Connection>>,
    spot: Spot,
    ended: bool,
}

/// Where the steps of a transaction are done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Spot {
    /// On the thread that asks, which has nothing else to do.
    Here,
    /// On one that may wait.
    Elsewhere,
}

impl Spot {
    /// Does `work` with the connection. It is gone when whoever asked does not wait for the end; the next one opens another.
    async fn with<R: Send + 'static>(
        self,
        held: &mut Option<Connection>,
        work: impl FnOnce(&mut Connection) -> Result<R, Failure> + Send + 'static,
    ) -> Result<R, Failure> {
        let Some(mut connection) = held.take() else {
            return Err(Failure::connection_gone());
        };
        let (connection, answer) = match self {
            Self::Here => {
                let answer = work(&mut connection);
                (connection, answer)
            }
            Self::Elsewhere => spawn_blocking(move || {
                let answer = work(&mut connection);
                (connection, answer)
            })
            .await
            .map_err(|_| Failure::connection_gone())?,
        };
        *held = Some(connection);
        answer
    }
}

impl Writing {
    /// Opens the file for writing, creating it when it is not there.
    pub(super) async fn open(file: &Path) -> Result<Self, Failure> {
        let writing = Self {
            file: file.into(),
            connection: Arc::default(),
        };
        drop(writing.connection().await?);
        Ok(writing)
    }

    async fn connection(&self) -> Result<OwnedMutexGuard<Option<Connection>>, Failure> {
        let mut held = Arc::clone(&self.connection).lock_owned().await;
        if held.is_none() {
            let file = Arc::clone(&self.file);
            let opened = spawn_blocking(move || open(&file)).await;
            *held = Some(opened.map_err(|_| Failure::connection_gone())??);
        }
        Ok(held)
    }

    /// A connection that takes the steps to newer tables, to be closed again.
    pub(super) async fn stepping(&self) -> Result<sqlx::SqlitePool, Failure> {
        super::sqlite::stepping(&self.file, false).await
    }

    /// Begins a transaction whose steps are done at `spot`.
    pub(super) async fn begin(&self, spot: Spot) -> Result<Transaction, Failure> {
        let mut begun = Transaction {
            held: self.connection().await?,
            spot,
            ended: false,
        };
        // A transaction that starts by reading and then writes fails at once when another has written, whatever the wait.
        begun.execute("BEGIN IMMEDIATE".into(), Vec::new()).await?;
        Ok(begun)
    }

    /// Asks outside any transaction.
    pub(super) async fn rows(&self, sql: Sql) -> Result<Vec<Vec<Value>>, Failure> {
        let mut held = self.connection().await?;
        let ask = move |connection: &mut Connection| rows(connection, &sql, &[]);
        Spot::Elsewhere.with(&mut held, ask).await
    }

    /// Has a text prepared.
    pub(super) async fn prepare(&self, sql: Sql) -> Result<(), Failure> {
        let mut held = self.connection().await?;
        let prepare = move |connection: &mut Connection| {
            let prepared = connection.prepare_cached(&sql.for_sqlite());
            prepared.map(drop).map_err(Failure::of_file)
        };
        Spot::Elsewhere.with(&mut held, prepare).await
    }

    /// What the connection has, as SQLite reports it.
    pub(super) async fn settings(&self) -> Result<Vec<(&'static str, String)>, Failure> {
        let mut held = self.connection().await?;
        Spot::Elsewhere.with(&mut held, |connection| settings(connection)).await
    }

    pub(super) async fn close(&self) {
        if let Some(connection) = self.connection.lock().await.take() {
            // The last one to close brings the write-ahead log in. What fails here is found at the next opening.
            let _ = spawn_blocking(move || drop(connection)).await;
        }
    }
}

impl Transaction {
    /// Runs a text; how many rows it touched.
    pub(super) async fn execute(&mut self, sql: Sql, args: Vec<Value>) -> Result<u64, Failure> {
        let execute = move |connection: &mut Connection| execute(connection, &sql, &args);
        self.spot.with(&mut self.held, execute).await
    }

    /// The same without taking the arguments, which are copied only for another thread.
    pub(super) async fn execute_with(&mut self, sql: Sql, args: &[&Value]) -> Result<u64, Failure> {
        match (self.spot, self.held.as_ref()) {
            (Spot::Here, Some(connection)) => execute(connection, &sql, args),
            _ => self.execute(sql, args.iter().copied().cloned().collect()).await,
        }
    }

    /// Asks within it.
    pub(super) async fn rows(&mut self, sql: Sql, args: Vec<Value>) -> Result<Vec<Vec<Value>>, Failure> {
        let ask = move |connection: &mut Connection| rows(connection, &sql, &args);
        self.spot.with(&mut self.held, ask).await
    }

    pub(super) async fn commit(mut self) -> Result<(), Failure> {
        let committed = self.execute("COMMIT".into(), Vec::new()).await;
        if committed.is_err() {
            // The reason why it could not be kept is told, not why it could not be taken back.
            drop(self.rollback().await);
            return committed.map(drop);
        }
        self.ended = true;
        Ok(())
    }

    pub(super) async fn rollback(mut self) -> Result<(), Failure> {
        self.execute("ROLLBACK".into(), Vec::new()).await?;
        self.ended = true;
        Ok(())
    }
}

impl Drop for Transaction {
    /// A connection of which it is not known whether a transaction goes on is not used again. A full disk makes SQLite end one by itself.
    fn drop(&mut self) {
        if !self.ended {
            drop(self.held.take());
        }
    }
}

fn execute<'a>(
    connection: &Connection,
    sql: &Sql,
    args: impl IntoIterator<Item = &'a (impl ToSql + 'a)>,
) -> Result<u64, Failure> {
    let mut text = connection.prepare_cached(&sql.for_sqlite()).map_err(Failure::of_file)?;
    let touched = text.execute(params_from_iter(args)).map_err(Failure::of_file)?;
    Ok(touched as u64)
}

fn open(file: &Path) -> Result<Connection, Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = open_connection(file, flags, SET_UP)?;
    for ((pragma, wanted), (_, found)) in SETTINGS.iter().zip(settings(&connection)?) {
        if found != *wanted {
            return Err(Failure::setting(format!(
                "{pragma} answers {found} and must be {wanted}"
            )));
        }
    }
    Ok(connection)
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Null => ValueRef::Null,
        }))
    }
}
