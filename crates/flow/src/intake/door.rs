//! The intake door: all that is needed to take a post in, apart from every database.
//!
//! ```text
//! shelf   the intake kit: who may post, and the key to seal to
//! store   the database, while it answers; a gate has none
//! spool   the disk, while it does not
//! ```
//!
//! It is there before the databases are and stays when they go. It can verify, seal and keep; it can open nothing.

use super::early::Early;
use super::fresh::Fresh;
use super::shelf::{IntakeKit, KitReport, KitShelf, ShelfError};
use bytes::Bytes;
use counterfoil_model::{Clock, ConnectionId, Random, Timestamp};
use counterfoil_store::{Spool, SpoolDepth, Store};
use std::sync::Arc;
use tokio::sync::{Notify, watch};

/// What a door is made of.
pub struct DoorParts {
    /// The kit.
    pub shelf: KitShelf,
    /// The spool.
    pub spool: Spool,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness fit for keys.
    pub random: Arc<dyn Random>,
}

/// The way in, whatever the databases do. Cheap to clone.
#[derive(Clone)]
pub struct IntakeDoor {
    inner: Arc<Inner>,
}

struct Inner {
    shelf: KitShelf,
    spool: Spool,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    store: watch::Sender<Option<Store>>,
    /// Whether posts stay in the spool, because the database is not there or did not take one; on a gate, because no full node did.
    spooling: watch::Sender<bool>,
    early: Early,
    fresh: Arc<Fresh>,
    /// Rings when a post went to the spool.
    came: Notify,
}

/// How intake stands, for health, measures and commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntakeReport {
    /// Whether posts go to the spool.
    pub spooling: bool,
    /// What lies in it.
    pub depth: SpoolDepth,
    /// How long the oldest post has been there, in seconds.
    pub oldest_seconds: u64,
    /// The kit, if there is one.
    pub kit: Option<KitReport>,
}

impl IntakeDoor {
    /// A door with its kit and spool, and no database yet.
    pub fn new(parts: DoorParts) -> Self {
        Self {
            inner: Arc::new(Inner {
                shelf: parts.shelf,
                spool: parts.spool,
                clock: parts.clock,
                random: parts.random,
                store: watch::Sender::new(None),
                spooling: watch::Sender::new(true),
                early: Early::default(),
                fresh: Arc::default(),
                came: Notify::new(),
            }),
        }
    }

    /// Posts that were just made durable in the database.
    pub(crate) fn fresh(&self) -> Arc<Fresh> {
        Arc::clone(&self.inner.fresh)
    }

    /// The database is here: posts go to it from now on. [`Flow::run`](crate::Flow::run) does this, and brings what waits in the spool
    /// there.
    pub fn admit(&self, store: Store) {
        self.inner.store.send_replace(Some(store));
        self.spools(false);
    }

    /// The database goes: posts go to the spool from now on.
    pub fn dismiss(&self) {
        self.spools(true);
        self.inner.store.send_replace(None);
    }

    /// Reads the kit that lies on the shelf.
    ///
    /// # Errors
    /// See [`ShelfError`].
    pub fn load(&self) -> Result<(), ShelfError> {
        self.shelf().load()
    }

    /// Fetches files of spooled posts while the database is away, until `stop` turns true.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        self.inner.early.run(self, stop).await;
    }

    /// Whether posts go to the spool.
    pub fn is_spooling(&self) -> bool {
        *self.inner.spooling.borrow()
    }

    /// How intake stands; also counts it for the measures.
    pub fn report(&self) -> IntakeReport {
        let depth = self.spool().depth();
        let now = self.now();
        let oldest_seconds = depth.oldest.map_or(0, |oldest| now.since(oldest).as_secs());
        #[expect(clippy::cast_precision_loss, reason = "a measure need not be exact beyond 2^52")]
        for (name, value) in [
            ("counterfoil_spool_posts", depth.posts),
            ("counterfoil_spool_bytes", depth.bytes),
            ("counterfoil_spool_files", depth.files),
            ("counterfoil_spool_oldest_seconds", oldest_seconds),
            ("counterfoil_spool_aside", depth.aside),
            ("counterfoil_intake_spooling", u64::from(self.is_spooling())),
        ] {
            metrics::gauge!(name).set(value as f64);
        }
        IntakeReport {
            spooling: self.is_spooling(),
            depth,
            oldest_seconds,
            kit: self.shelf().report(),
        }
    }

    /// Lets go of the spool's folder.
    pub async fn close(&self) {
        self.dismiss();
        self.spool().close().await;
    }

    /// The kit.
    pub fn shelf(&self) -> &KitShelf {
        &self.inner.shelf
    }

    pub(crate) fn kit(&self) -> Option<Arc<IntakeKit>> {
        self.inner.shelf.kit()
    }

    /// What lies on this node's disk until the database has it.
    pub fn spool(&self) -> &Spool {
        &self.inner.spool
    }

    /// The database, when posts may go to it.
    pub(crate) fn database(&self) -> Option<Store> {
        if self.is_spooling() {
            return None;
        }
        self.inner.store.borrow().clone()
    }

    /// Posts go to the spool from now on, or no more.
    pub(crate) fn spools(&self, spooling: bool) {
        let changed = self
            .inner
            .spooling
            .send_if_modified(|now| std::mem::replace(now, spooling) != spooling);
        if changed {
            if spooling {
                tracing::warn!("posts cannot be handed on; they are kept in the spool");
            } else {
                tracing::info!("posts are handed on");
            }
        }
    }

    /// Turns true while posts go to the spool.
    pub(crate) fn spooling(&self) -> watch::Receiver<bool> {
        self.inner.spooling.subscribe()
    }

    /// Wakes whoever brings spooled posts into the database.
    pub(crate) fn ring(&self) {
        self.inner.came.notify_one();
        if let Some(store) = self.inner.store.borrow().as_ref() {
            store.bell().deliveries.ring();
        }
    }

    /// Waits until a post has gone to the spool since this was last waited for.
    pub(crate) async fn has_come(&self) {
        self.inner.came.notified().await;
    }

    /// Whether nothing that was received until then is left in the spool.
    pub(crate) fn has_handed_on(&self, received_at: Timestamp) -> bool {
        self.spool().depth().oldest.is_none_or(|oldest| oldest > received_at)
    }

    /// Has the files of a spooled post fetched, before the provider lets go of them.
    pub(crate) fn fetch_early(&self, connection: ConnectionId, received_at: Timestamp, body: &Bytes) {
        self.inner.early.wish(connection, received_at, body);
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.clock.wall()
    }

    pub(crate) fn random(&self) -> &dyn Random {
        self.inner.random.as_ref()
    }
}
