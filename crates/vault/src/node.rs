//! The lease of a node: until when it may open, and which punctures have reached what it remembers.
//!
//! Several processes may remember opened trees while one of them destroys keys. So every puncture is numbered in the transaction that writes
//! it; a node reads what is new, drops it from memory, and writes into its lease row how far it has come. An erasure is *live* once every
//! node whose lease runs has come that far. A node that could not renew its lease for 20 seconds opens nothing any more, and its row
//! counts for 30, so that clocks may differ by ten.
//!
//! A process without a lease, such as a command that looks, remembers a tree for two seconds only, and an erasure is live no sooner.

use crate::epoch::EpochStage;
use crate::key_store::{EpochRow, NodeRow};
use crate::puncture::Punctured;
use crate::vault::{Vault, VaultError};
use counterfoil_model::{NodeId, Timestamp};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a lease row counts after it was renewed.
const LEASE: Duration = Duration::from_secs(30);
/// How long the node itself goes on opening after it was renewed.
const OPENS: Duration = Duration::from_secs(20);
/// How long a node remembers a tree.
const REMEMBERED: Duration = Duration::from_secs(60);
/// How long a process without a lease remembers a tree.
const REMEMBERED_WITHOUT: Duration = Duration::from_secs(2);
/// After how long whoever has no lease has forgotten a key that was destroyed.
pub const FORGOTTEN_AFTER: Duration = REMEMBERED_WITHOUT;
/// Punctures that are read at a time.
const PAGE: i64 = 500;

/// What this process knows of its own lease.
#[derive(Default)]
pub(crate) struct Lease(Mutex<Option<Held>>);

impl Lease {
    fn held(&self) -> MutexGuard<'_, Option<Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone, Copy)]
struct Held {
    node: NodeId,
    started_at: Timestamp,
    /// The last puncture that was dropped from memory.
    dropped: i64,
    /// Up to which epoch the root keys were seen destroyed here.
    gone: i64,
    until: Until,
}

/// The end of something by both clocks: the steady one cannot be set back, the other does not stand still while a machine is suspended.
#[derive(Clone, Copy)]
struct Until {
    steady: Duration,
    wall: Timestamp,
}

/// Whether an erasure has reached every memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Live {
    /// Nothing can open it any more.
    Everywhere,
    /// These nodes may still remember its key. None, while a process without a lease may.
    Waits(Vec<NodeId>),
}

/// A node as its lease row tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Which.
    pub id: NodeId,
    /// When it started.
    pub started_at: Timestamp,
    /// When it last renewed its lease.
    pub renewed_at: Timestamp,
    /// Whether its lease still runs.
    pub leased: bool,
    /// How many punctures it has not dropped from its memory yet.
    pub behind: i64,
}

impl Vault {
    /// Registers this process as `node` and renews its lease, once the punctures of others are dropped from its memory. To be called every few
    /// seconds; from the first call on the vault opens only while the lease runs.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`]: the lease then runs out unless a later call renews it.
    pub async fn node_renew(&self, node: NodeId) -> Result<(), VaultError> {
        let (steady, wall) = (self.clock().monotonic(), self.clock().wall());
        let known = *self.lease().held();
        let gone = known.map_or(0, |held| held.gone);
        let row = |started_at, dropped| NodeRow {
            id: node,
            started_at,
            renewed_at: wall,
            leased_until: wall.plus(LEASE),
            dropped,
            opens: self.opens(),
            gone,
        };
        let (started_at, dropped) = match known {
            Some(held) if self.runs(held.until) => (held.started_at, self.punctures_drop(held.dropped).await?),
            _ => {
                let started_at = known.map_or(wall, |held| held.started_at);
                let dropped = known.map_or(0, |held| held.dropped);
                // The row stands before anything is remembered: whoever punctures from here on waits for this node.
                self.node_put(row(started_at, dropped)).await?;
                let head = self.keys().puncture_head().await.map_err(VaultError::Unavailable)?;
                self.forget_all().await;
                self.epochs_reload().await?;
                (started_at, head)
            }
        };
        self.node_put(row(started_at, dropped)).await?;
        *self.lease().held() = Some(Held {
            node,
            started_at,
            dropped,
            gone,
            until: Until {
                steady: steady + OPENS,
                wall: wall.plus(OPENS),
            },
        });
        Ok(())
    }

    /// Follows the epochs as they are turned elsewhere: reads those that changed, and destroys the root keys of retired ones here. To be called before
    /// each renewal, whose row then tells the others.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`], [`VaultError::Altered`], [`VaultError::RootKey`], [`VaultError::OtherProvider`], [`VaultError::StillThere`]: the
    /// others then go on waiting for this node.
    pub async fn epochs_follow(&self) -> Result<(), VaultError> {
        let rows = self.keys().epochs().await.map_err(VaultError::Unavailable)?;
        let known = {
            let epochs = self.epochs();
            // Of a made one the root key may have been brought here meanwhile.
            let made = |row: &&EpochRow| row.state == EpochStage::Made.code();
            let lookups = self.lookup_keys();
            epochs.rows() == rows
                && rows.iter().filter(made).all(|row| epochs.key(row.number).is_some())
                && rows.last().is_none_or(|row| lookups.has(row.number))
        };
        if !known {
            self.epochs_reload().await?;
        }
        let gone = self.epochs_destroy().await?;
        if let Some(held) = self.lease().held().as_mut() {
            held.gone = held.gone.max(gone);
        }
        Ok(())
    }

    /// Drops the punctures of others from memory between two renewals.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn node_catch_up(&self) -> Result<(), VaultError> {
        let Some(held) = *self.lease().held() else {
            return Ok(());
        };
        let head = self.keys().puncture_head().await.map_err(VaultError::Unavailable)?;
        if head > held.dropped {
            self.node_renew(held.node).await?;
        }
        Ok(())
    }

    /// Gives the lease back: nothing is remembered any more, and nobody need wait for this node.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`]: the row then counts until its lease has run out.
    pub async fn node_end(&self) -> Result<(), VaultError> {
        let Some(held) = self.lease().held().take() else {
            return Ok(());
        };
        self.forget_all().await;
        let removed = self.keys().node_remove(held.node).await;
        removed.map(drop).map_err(VaultError::Unavailable)
    }

    /// Whether what was punctured can still be opened from the memory of any process.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn live(&self, punctured: &Punctured) -> Result<Live, VaultError> {
        let rows = self.keys().nodes().await.map_err(VaultError::Unavailable)?;
        let now = self.clock().wall();
        let behind = rows
            .iter()
            .filter(|row| row.leased_until > now && row.dropped < punctured.number);
        let behind: Vec<NodeId> = behind.map(|row| row.id).collect();
        if behind.is_empty() && now.since(punctured.at) >= REMEMBERED_WITHOUT {
            Ok(Live::Everywhere)
        } else {
            Ok(Live::Waits(behind))
        }
    }

    /// Whether every node that holds a lease has dropped all that was punctured so far. Whoever has none has forgotten it
    /// [`FORGOTTEN_AFTER`] the puncture, which the caller has waited for.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn forgotten(&self) -> Result<Live, VaultError> {
        let number = self.keys().puncture_head().await.map_err(VaultError::Unavailable)?;
        let at = self.clock().wall().minus(REMEMBERED_WITHOUT);
        self.live(&Punctured::up_to(number, at)).await
    }

    /// All nodes that have a lease row, by the time they started.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn nodes(&self) -> Result<Vec<Node>, VaultError> {
        let head = self.keys().puncture_head().await.map_err(VaultError::Unavailable)?;
        let rows = self.keys().nodes().await.map_err(VaultError::Unavailable)?;
        let now = self.clock().wall();
        Ok(rows
            .into_iter()
            .map(|row| Node {
                id: row.id,
                started_at: row.started_at,
                renewed_at: row.renewed_at,
                leased: row.leased_until > now,
                behind: (head - row.dropped).max(0),
            })
            .collect())
    }

    /// Removes the rows of nodes and punctures that were done with before `before`.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn nodes_sweep(&self, before: Timestamp) -> Result<(), VaultError> {
        self.keys().nodes_sweep(before).await.map_err(VaultError::Unavailable)
    }

    /// Makes sure that this process may open now. After a lease ran out, because the machine slept or was too busy, it is renewed first.
    /// Never to be called with a tree locked: renewing drops them all.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`], [`VaultError::LeaseRanOut`]: it could not be renewed.
    pub(crate) async fn may_open(&self) -> Result<(), VaultError> {
        let held = *self.lease().held();
        if let Some(held) = held.filter(|held| !self.runs(held.until)) {
            self.node_renew(held.node).await?;
        }
        self.may_still_open()
    }

    /// The same where a tree is locked: what was waited for may have taken longer than the lease.
    pub(crate) fn may_still_open(&self) -> Result<(), VaultError> {
        match *self.lease().held() {
            Some(held) if !self.runs(held.until) => Err(VaultError::LeaseRanOut),
            _ => Ok(()),
        }
    }

    /// How long an opened tree or secret is used before it is read again.
    pub(crate) fn remembers_for(&self) -> Duration {
        match *self.lease().held() {
            Some(_) => REMEMBERED,
            None => REMEMBERED_WITHOUT,
        }
    }

    /// The newest epoch of which both the key and the lookup key are here, 0 when there is none.
    fn opens(&self) -> i64 {
        let lookups = self.lookup_keys();
        self.epochs().here().find(|epoch| lookups.has(*epoch)).unwrap_or(0)
    }

    fn runs(&self, until: Until) -> bool {
        self.clock().monotonic() < until.steady && self.clock().wall() < until.wall
    }

    async fn node_put(&self, row: NodeRow) -> Result<(), VaultError> {
        let put = self.keys().node_put(row).await;
        put.map(drop).map_err(VaultError::Unavailable)
    }

    /// Drops from memory what was punctured after the puncture `after`; the last one.
    async fn punctures_drop(&self, mut after: i64) -> Result<i64, VaultError> {
        loop {
            let rows = self.keys().punctures(after, PAGE).await;
            let rows = rows.map_err(VaultError::Unavailable)?;
            let Some(last) = rows.last() else { return Ok(after) };
            after = last.number;
            for row in &rows {
                match row.tree {
                    Some(tree) => self.forget(&[tree]).await,
                    None => self.forget_secrets().await?,
                }
            }
        }
    }

    async fn forget_all(&self) {
        self.trees().forget_all().await;
        self.intake().lock().await.forget();
    }

    /// A secret was destroyed: the keys of days are read again, and so are the epochs and the lookup keys.
    async fn forget_secrets(&self) -> Result<(), VaultError> {
        self.intake().lock().await.forget();
        self.epochs_reload().await
    }
}
