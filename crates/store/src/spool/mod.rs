//! The spool: where acknowledged posts wait, sealed and on disk, while the database cannot take them (`docs/formats/spool.md`).
//!
//! ```text
//! append ─► writer: one write and one sync for all who wait ─► segment ─► only then the answer to the provider
//! oldest ─► a closed segment, read and checked ─► into the database ─► done: the segment goes
//! ```
//!
//! In a message's way it stands beside the database, for the time that this is away. It takes sealed posts only, opens nothing, and
//! forgets an entry only when told that the database has it.

mod disk;
mod files;
mod frame;
mod state;
mod writer;

#[cfg(feature = "faults")]
pub use disk::SpoolFault;
pub use files::SpooledFile;
pub use frame::SpooledPost;
pub use state::SpoolDepth;

use crate::blobs::{BlobError, Blobs};
use crate::place::{OpenError, hold, make_folder};
use disk::Disk;
use state::State;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use writer::Order;

/// How many posts may wait for the thread that writes.
const QUEUE: usize = 1_024;

/// Why the spool did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SpoolError {
    /// It holds as much as it may; nothing was kept.
    #[error("the spool holds as much as it may")]
    Full,
    /// The disk did not do what was asked. Whether an entry was kept is not known.
    #[error("the spool's disk did not do what was asked")]
    Disk(#[source] Arc<std::io::Error>),
    /// The folder of files did not do what was asked.
    #[error("the folder of spooled files did not do what was asked")]
    Files(#[source] Arc<BlobError>),
    /// The spool is closed; nothing was kept.
    #[error("the spool is closed")]
    Closed,
}

impl From<std::io::Error> for SpoolError {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(Arc::new(error))
    }
}

impl From<BlobError> for SpoolError {
    fn from(error: BlobError) -> Self {
        Self::Files(Arc::new(error))
    }
}

/// The spool of this process. Cheap to clone.
#[derive(Clone)]
pub struct Spool {
    shared: Arc<Shared>,
    orders: mpsc::Sender<Order>,
}

struct Shared {
    disk: Disk,
    state: State,
    files: Blobs,
    limit_bytes: u64,
}

/// The oldest posts of the spool, on their way into the database.
pub struct Oldest {
    segment: u64,
    /// In order of arrival.
    pub posts: Vec<SpooledPost>,
}

impl Spool {
    /// Opens the spool in `folder`, which this process then holds alone, and looks at what lies there. It takes `limit_bytes` at most.
    ///
    /// # Errors
    /// [`OpenError::Folder`], [`OpenError::Busy`] when another process works in it.
    pub fn open(folder: &Path, limit_bytes: u64) -> Result<Self, OpenError> {
        let unusable = |source| OpenError::Folder {
            path: folder.to_owned(),
            source,
        };
        make_folder(folder)?;
        let held = hold(&folder.join("spool.lock"))?;
        let (disk, state) = (Disk::new(folder), State::default());
        survey(&disk, &state, Survey::Keep).map_err(unusable)?;
        let files = Blobs::in_folder(folder)?;
        let (orders, waiting) = mpsc::channel(QUEUE);
        let shared = Arc::new(Shared {
            disk,
            state,
            files,
            limit_bytes,
        });
        files::survey(folder, &shared.state).map_err(unusable)?;
        let working = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("spool".to_owned())
            .spawn(move || writer::run(&working, held, waiting))
            .map_err(unusable)?;
        Ok(Self { shared, orders })
    }

    /// Looks at what lies in `folder` without touching it, beside a process that may be working there. Empty when there is none.
    ///
    /// # Errors
    /// What the disk says.
    pub fn look(folder: &Path) -> std::io::Result<SpoolDepth> {
        let state = State::default();
        if folder.exists() {
            let disk = Disk::new(folder);
            survey(&disk, &state, Survey::Look)?;
            files::survey(folder, &state)?;
        }
        Ok(state.depth())
    }

    /// Keeps a post; when this returns, it is on disk.
    ///
    /// # Errors
    /// See [`SpoolError`].
    pub async fn append(&self, post: SpooledPost) -> Result<(), SpoolError> {
        let (answer, answered) = oneshot::channel();
        let order = Order::Append(post, answer);
        self.orders.send(order).await.map_err(|_| SpoolError::Closed)?;
        answered.await.unwrap_or(Err(SpoolError::Closed))
    }

    /// Keeps what was handed over and lets go of the folder; later posts are refused.
    pub async fn close(&self) {
        let (answer, answered) = oneshot::channel();
        if self.orders.send(Order::Stop(answer)).await.is_ok() {
            // A thread that is gone has let go already.
            let _ = answered.await;
        }
    }

    /// How much lies in it.
    pub fn depth(&self) -> SpoolDepth {
        self.shared.state.depth()
    }

    /// Whether every post was handed on.
    pub fn is_empty(&self) -> bool {
        self.shared.state.is_empty()
    }

    /// The oldest posts, read back and checked. What does not verify is set aside and counted. `None` when there is none.
    ///
    /// # Errors
    /// See [`SpoolError`].
    pub async fn oldest(&self) -> Result<Option<Oldest>, SpoolError> {
        if self.shared.state.is_empty() {
            return Ok(None);
        }
        let segment = match self.shared.state.oldest_closed() {
            Some(segment) => segment,
            None => {
                let (answer, answered) = oneshot::channel();
                let order = Order::Close(answer);
                self.orders.send(order).await.map_err(|_| SpoolError::Closed)?;
                answered.await.map_err(|_| SpoolError::Closed)?;
                match self.shared.state.oldest_closed() {
                    Some(segment) => segment,
                    None => return Ok(None),
                }
            }
        };
        let posts = self.blocking(move |shared| shared.read(segment)).await?;
        Ok(Some(Oldest { segment, posts }))
    }

    /// The database has all of these but `refused`, which it will not take: they are set aside, the rest goes.
    ///
    /// # Errors
    /// See [`SpoolError`].
    pub async fn done(&self, oldest: Oldest, refused: Vec<SpooledPost>) -> Result<(), SpoolError> {
        self.blocking(move |shared| shared.done(oldest.segment, &refused)).await
    }

    /// Orders the next round of writing to fail.
    #[cfg(feature = "faults")]
    pub fn order_fault(&self, fault: SpoolFault) {
        self.shared.disk.order(fault);
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> std::io::Result<T> + Send + 'static,
    ) -> Result<T, SpoolError> {
        let shared = Arc::clone(&self.shared);
        let done = tokio::task::spawn_blocking(move || work(&shared)).await;
        Ok(done.map_err(std::io::Error::other)??)
    }
}

impl Shared {
    fn read(&self, segment: u64) -> std::io::Result<Vec<SpooledPost>> {
        let (reading, bytes) = self.disk.read(segment)?;
        let Some(reading) = reading else {
            // Not of this version: nothing is known of it but that it must not be lost.
            self.disk
                .keep_damaged(segment, &bytes, std::slice::from_ref(&(0..bytes.len())))?;
            tell(
                segment,
                "a segment of the spool is not of this version and was set aside",
            );
            self.state.set_aside(self.disk.aside()?);
            return Ok(Vec::new());
        };
        if !reading.damaged.is_empty() {
            self.disk.keep_damaged(segment, &bytes, &reading.damaged)?;
            tell(segment, "a part of the spool does not verify and was set aside");
            self.state.set_aside(self.disk.aside()?);
        }
        if reading.torn > 0 {
            tracing::info!(
                segment,
                bytes = reading.torn,
                "the torn end of a segment of the spool was left out"
            );
        }
        Ok(reading.posts)
    }

    fn done(&self, segment: u64, refused: &[SpooledPost]) -> std::io::Result<()> {
        if !refused.is_empty() {
            let mut entries = Vec::new();
            for post in refused {
                post.write(segment, &mut entries);
            }
            self.disk.keep_refused(segment, &entries)?;
            tell(
                segment,
                "posts of the spool that the database does not take were set aside",
            );
            self.state.set_aside(self.disk.aside()?);
        }
        self.disk.remove(segment)?;
        self.state.removed(segment);
        Ok(())
    }
}

fn tell(segment: u64, what: &'static str) {
    metrics::counter!("counterfoil_spool_aside_total").increment(1);
    tracing::error!(segment, "{what}");
}

/// How a folder is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Survey {
    /// By the process that works in it: what is empty goes.
    Keep,
    /// From beside: nothing is touched, and a segment that goes meanwhile is none.
    Look,
}

fn survey(disk: &Disk, state: &State, how: Survey) -> std::io::Result<()> {
    for number in disk.segments()? {
        let (reading, bytes) = match disk.read(number) {
            Err(error) if how == Survey::Look && error.kind() == std::io::ErrorKind::NotFound => continue,
            read => read?,
        };
        let reading = reading.unwrap_or_default();
        if how == Survey::Keep && reading.posts.is_empty() && reading.damaged.is_empty() && reading.torn > 0 {
            // The very beginning of a segment, cut: nobody was told that anything is in it.
            state.found(number, 0, 0, None);
            state.removed(number);
            disk.remove(number)?;
            continue;
        }
        let oldest = reading.posts.iter().map(|post| post.received_at).min();
        state.found(number, reading.posts.len() as u64, bytes.len() as u64, oldest);
    }
    state.set_aside(disk.aside()?);
    Ok(())
}
