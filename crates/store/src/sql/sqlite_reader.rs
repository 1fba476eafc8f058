//! The connections that only read a file of SQLite, each on a thread of its own.
//!
//! A question is one way there and one back, however many rows it answers, and waiting for a disk holds up nobody else. A connection is
//! free again when its question is answered, also when nobody waits for that any more.

use super::snapshot::{Gathering, Snapshot, unwanted};
use super::sqlite::{each_row, open_connection, rows, settings, stepping};
use super::value::Value;
use super::{Failure, Sql};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::spawn_blocking;

/// How many questions are answered at a time. Threads are few and stay: each has a part of the allocator's memory.
const READERS: usize = 4;
const SET_UP: &str = "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY";

/// The connections. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Reading(Arc<Shared>);

type Question = Box<dyn FnOnce(&Connection) + Send>;
/// The way to a connection that answers nothing else now.
type Reader = mpsc::Sender<Question>;

struct Shared {
    file: Arc<Path>,
    turns: Arc<Semaphore>,
    idle: Mutex<Vec<Reader>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Reading {
    /// Opens the file, which must be there.
    pub(super) async fn open(file: &Path) -> Result<Self, Failure> {
        let reading = Self(Arc::new(Shared {
            file: file.into(),
            turns: Arc::new(Semaphore::new(READERS)),
            idle: Mutex::default(),
            threads: Mutex::default(),
        }));
        // What cannot be read is found now.
        reading.with(|_| Ok(())).await?;
        Ok(reading)
    }

    /// A connection that looks which steps of the tables were taken, to be closed again.
    pub(super) async fn stepping(&self) -> Result<sqlx::SqlitePool, Failure> {
        stepping(&self.0.file, true).await
    }

    /// One that has nothing to answer, or a new one.
    async fn reader(&self) -> Result<Reader, Failure> {
        if let Some(reader) = held(&self.0.idle).pop() {
            return Ok(reader);
        }
        let file = Arc::clone(&self.0.file);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = spawn_blocking(move || open_connection(&file, flags, SET_UP)).await;
        let connection = opened.map_err(|_| Failure::connection_gone())??;
        let (reader, questions) = mpsc::channel::<Question>();
        // It ends when nobody can ask any more.
        let answering = move || questions.into_iter().for_each(|question| question(&connection));
        let thread = thread::Builder::new().name("sqlite-reader".to_owned()).spawn(answering);
        held(&self.0.threads).push(thread.map_err(|_| Failure::connection_gone())?);
        Ok(reader)
    }

    async fn with<R: Send + 'static>(
        &self,
        ask: impl FnOnce(&Connection) -> Result<R, Failure> + Send + 'static,
    ) -> Result<R, Failure> {
        let shared = Arc::clone(&self.0);
        // A closed one answers nobody.
        let turn = Arc::clone(&shared.turns).acquire_owned().await;
        let turn = turn.map_err(|_| Failure::connection_gone())?;
        let reader = self.reader().await?;
        let (answer, answered) = oneshot::channel();
        let again = reader.clone();
        let question: Question = Box::new(move |connection| {
            let found = ask(connection);
            held(&shared.idle).push(again);
            drop(turn);
            // Who asked may have gone away.
            let _ = answer.send(found);
        });
        reader.send(question).map_err(|_| Failure::connection_gone())?;
        answered.await.map_err(|_| Failure::connection_gone())?
    }

    /// Asks.
    pub(super) async fn rows(&self, sql: Sql, args: Vec<Value>) -> Result<Vec<Vec<Value>>, Failure> {
        self.with(move |connection| rows(connection, &sql, &args)).await
    }

    /// Asks several questions of one moment: within one transaction that only reads. The write-ahead log keeps what is older until it ends.
    pub(super) async fn at_one_moment(
        &self,
        texts: Vec<&'static str>,
        to: tokio::sync::mpsc::Sender<Snapshot>,
    ) -> Result<(), Failure> {
        self.with(move |connection| {
            connection.execute_batch("BEGIN").map_err(Failure::of_file)?;
            let mut all = texts.into_iter().enumerate();
            let handed_on = all.try_for_each(|(table, text)| {
                let mut gathering = Gathering::of(table);
                each_row(connection, text, |row| match gathering.add(row) {
                    Some(some) => to.blocking_send(some).map_err(unwanted),
                    None => Ok(()),
                })?;
                gathering
                    .rest()
                    .map_or(Ok(()), |some| to.blocking_send(some).map_err(unwanted))
            });
            // Nothing was written; what matters is that the connection is free again.
            connection.execute_batch("ROLLBACK").map_err(Failure::of_file)?;
            handed_on
        })
        .await
    }

    /// Has a text prepared.
    pub(super) async fn prepare(&self, sql: Sql) -> Result<(), Failure> {
        let prepare = move |connection: &Connection| {
            let prepared = connection.prepare_cached(&sql.for_sqlite());
            prepared.map(drop).map_err(Failure::of_file)
        };
        self.with(prepare).await
    }

    /// What a connection has, as SQLite reports it.
    pub(super) async fn settings(&self) -> Result<Vec<(&'static str, String)>, Failure> {
        self.with(settings).await
    }

    /// Waits for the questions under way and answers no more.
    pub(super) async fn close(&self) {
        let all = u32::try_from(READERS).unwrap_or(u32::MAX);
        if let Ok(turns) = self.0.turns.acquire_many(all).await {
            self.0.turns.close();
            drop(turns);
        }
        held(&self.0.idle).clear();
        let threads = std::mem::take(&mut *held(&self.0.threads));
        // One that broke off has closed its connection all the same.
        let ended = move || threads.into_iter().for_each(|thread| drop(thread.join()));
        let _ = spawn_blocking(ended).await;
    }
}
