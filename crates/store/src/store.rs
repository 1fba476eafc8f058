//! The store itself: opening, committing units of work, closing.

use crate::bell::Bell;
use crate::faults::Faults;
use crate::mint::Mint;
use crate::place::{Held, OpenError, Place};
use crate::queues::{Queues, Waiting};
use crate::read::release_all;
use crate::shown::Shown;
use crate::sql::migrate::DATA;
use crate::sql::{Database, Failure};
use crate::tell::{self, Tell};
use crate::unit::Unit;
use crate::writer::{self, CommitError, Engine};
use counterfoil_model::{Clock, Random, Timestamp};
use std::sync::Arc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// The most units that wait for a writer, and the most posts; whoever comes then waits or is refused.
const QUEUE: usize = 4_096;

/// All data but the keys and the blobs. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    engine: Arc<Engine>,
    posts: mpsc::Sender<Waiting>,
    queue: mpsc::Sender<Waiting>,
    closing: Arc<watch::Sender<bool>>,
    tasks: Arc<Mutex<Vec<JoinHandle<()>>>>,
    read_only: bool,
}

impl Store {
    /// Opens the store at `place`, makes its tables or brings them up to date, and starts its writers.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(place: &Place, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Self, OpenError> {
        let (database, held) = place.open("data", DATA).await?;
        if held.alone() {
            let released = release_all(&database, clock.wall()).await;
            released.map_err(OpenError::Engine)?;
        }
        Ok(Self::start(database, held, clock, random, false))
    }

    /// Opens the store for reading only, beside a server that may be running. Every commit answers unavailable.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open_read_only(
        place: &Place,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, OpenError> {
        let (database, held) = place.open_read_only("data", DATA).await?;
        Ok(Self::start(database, held, clock, random, true))
    }

    fn start(database: Database, held: Held, clock: Arc<dyn Clock>, random: Arc<dyn Random>, read_only: bool) -> Self {
        let writers = database.writers();
        let engine = Arc::new(Engine {
            database,
            bell: Bell::new(),
            tell: Tell::new(random.as_ref()),
            mint: Mint::new(Arc::clone(&clock), random),
            clock,
            faults: Faults::default(),
            shown: Shown::default(),
            _held: held,
        });
        let (posts, waiting_posts) = mpsc::channel(QUEUE);
        let (queue, waiting) = mpsc::channel(QUEUE);
        let closing = watch::Sender::new(false);
        let mut tasks: Vec<_> = Queues::for_writers(writers, waiting_posts, waiting)
            .into_iter()
            .map(|queues| {
                let writing = writer::run(Arc::clone(&engine), queues, closing.subscribe());
                engine.database.spawn_writer(writing)
            })
            .collect();
        tasks.push(tokio::spawn(tell::tell(Arc::clone(&engine), closing.subscribe())));
        tasks.push(tokio::spawn(tell::hear(Arc::clone(&engine), closing.subscribe())));
        Self {
            engine,
            posts,
            queue,
            closing: Arc::new(closing),
            tasks: Arc::new(Mutex::new(tasks)),
            read_only,
        }
    }

    /// Keeps a unit of work, all of it or nothing, and returns once it is on disk. Waits when many others wait.
    ///
    /// # Errors
    /// See [`CommitError`].
    pub async fn commit(&self, unit: Unit) -> Result<(), CommitError> {
        let (waiting, answer) = waiting(unit)?;
        self.queue.send(waiting).await.map_err(|_| CommitError::Closed)?;
        answer.await.unwrap_or(Err(CommitError::Closed))
    }

    /// The same for a post of the provider: goes before all else that waits, and refuses with [`CommitError::Full`] at once when too many
    /// other posts wait.
    ///
    /// # Errors
    /// See [`CommitError`].
    pub async fn commit_post(&self, unit: Unit) -> Result<(), CommitError> {
        let (waiting, answer) = waiting(unit)?;
        self.posts.try_send(waiting).map_err(|refused| match refused {
            TrySendError::Full(_) => CommitError::Full,
            TrySendError::Closed(_) => CommitError::Closed,
        })?;
        answer.await.unwrap_or(Err(CommitError::Closed))
    }

    /// Whether it was opened for reading only.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// What rings after each commit.
    pub fn bell(&self) -> &Bell {
        &self.engine.bell
    }

    /// Has the engine prepare every statement of the store, in every size; the number of texts. For tests and `doctor`.
    ///
    /// # Errors
    /// The name of the first statement that the engine refuses, and why.
    pub async fn prepare_all(&self) -> Result<usize, (String, Failure)> {
        crate::statements::prepare_all(&self.engine.database).await
    }

    /// What the engine reports about its durability, on a connection that writes where there is one: its own question and its answer. For
    /// tests and `doctor`.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn engine_settings(&self) -> Result<Vec<(&'static str, String)>, Failure> {
        self.engine.database.settings().await
    }

    /// What the engine's own clock says, for `doctor` to compare; `None` where the engine is part of this process.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn engine_clock(&self) -> Result<Option<Timestamp>, Failure> {
        self.engine.database.clock().await
    }

    /// Orders the next commit to fail.
    #[cfg(feature = "faults")]
    pub fn order_fault(&self, fault: crate::faults::Fault) {
        self.engine.faults.order(None, fault);
    }

    /// Orders the next commit of a unit of work of this name to fail, and with it those that share its transaction.
    #[cfg(feature = "faults")]
    pub fn order_fault_in(&self, unit: &'static str, fault: crate::faults::Fault) {
        self.engine.faults.order(Some(unit), fault);
    }

    /// Brings what was overwritten or deleted out of the files of the engine as far as it lets us: on SQLite, out of the write-ahead log. Whether
    /// that was done; a reader may be in the way.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn scrub(&self) -> Result<bool, Failure> {
        self.engine.database.scrub().await
    }

    /// Finishes what waits and closes all connections.
    pub async fn close(&self) {
        let _ = self.closing.send(true);
        let tasks = std::mem::take(&mut *self.tasks.lock().await);
        for task in tasks {
            // A task that panicked has already been reported by the panic hook.
            let _ = task.await;
        }
        self.engine.shown.close().await;
        self.engine.database.close().await;
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn database(&self) -> &Database {
        &self.engine.database
    }
}

type Answer = oneshot::Receiver<Result<(), CommitError>>;

fn waiting(mut unit: Unit) -> Result<(Waiting, Answer), CommitError> {
    if let Some(error) = unit.broken.take() {
        return Err(CommitError::Leaf(Arc::new(error)));
    }
    let (answer, answered) = oneshot::channel();
    Ok((Waiting { unit, answer }, answered))
}
