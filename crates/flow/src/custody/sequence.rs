//! The sequencer: gives waiting leaves and events their numbers, extends the tree, and signs.
//!
//! ```text
//! lease ─► number (one transaction) ─► bundles and tiles ─► checkpoint ─► mirror ─► the vault's head
//! ```
//!
//! One node at a time holds the lease; the append checks its fencing number. Each step only repeats or carries on what the one
//! before made durable, so that a pass that broke off anywhere is finished by the next one. What is signed is never taken back:
//! the tree in memory grows from the last signed root and from nothing else.

use super::{away, sign, start, tiles};
use crate::Flow;
use crate::background::Step;
use crate::context::Unavailable;
use counterfoil_ledger::Hash;
use counterfoil_ledger::note::Note;
use counterfoil_ledger::tile::Edge;
use counterfoil_ledger::tree::EMPTY_ROOT;
use counterfoil_store::read::SequenceError;
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};

/// The lease that the sequencer holds.
pub(super) const LEASE: &str = "sequencer";
/// How long a lease holds without being renewed: how long the log stands still when a node dies.
const HOLD: Duration = Duration::from_secs(10);
/// The most leaves, and the most events, that get their numbers in one pass.
const BATCH: usize = 4_096;
/// Passes do not follow one another faster, so that what happens together is numbered together.
const PACE: Duration = Duration::from_millis(25);
/// Nor do checkpoints: under work one is signed this often, and the numbers do not wait for it.
const SIGNING: Duration = Duration::from_millis(500);

/// The log does not agree with itself: nothing more is signed until somebody has looked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogFault {
    /// Leaves are missing between two numbers.
    #[error("leaves from {from} to {to} are not all there; run `counterfoil verify`")]
    LeavesMissing {
        /// The first.
        from: u64,
        /// After the last.
        to: u64,
    },
    /// The leaves give another root than the one that was signed or kept.
    #[error("the leaves up to {size} do not give the root that is kept; run `counterfoil verify`")]
    Forked {
        /// The size of the tree.
        size: u64,
    },
    /// The log ends before what was signed.
    #[error("{size} leaves are there and {signed} were signed; run `counterfoil verify`")]
    Behind {
        /// How many there are.
        size: u64,
        /// How many were signed.
        signed: u64,
    },
}

impl From<LogFault> for Unavailable {
    fn from(fault: LogFault) -> Self {
        Self(Box::new(fault))
    }
}

/// What the holder of the lease keeps in memory.
#[derive(Default)]
pub(crate) struct Sequencer(Mutex<State>);

#[derive(Default)]
struct State {
    lease: Option<Lease>,
    /// The tree as far as its tiles are written.
    edge: Option<Edge>,
    /// The size up to which checkpoint, mirror and vault are known to agree.
    told: Option<u64>,
    /// When the last pass began.
    passed_at: Option<Duration>,
    /// When the last checkpoint was signed.
    signed_at: Option<Duration>,
}

struct Lease {
    fence: i64,
    renew_at: Duration,
}

/// One pass of the sequencer, if this node holds the lease or can take it.
pub(crate) async fn step(flow: Flow) -> Result<Step, Unavailable> {
    let mut state = flow.inner.sequencer.0.lock().await;
    let step = pass(&flow, &mut state).await?;
    let now = flow.inner.clock.monotonic();
    let rest = state.signed_at.and_then(|at| (at + SIGNING).checked_sub(now));
    match rest.filter(|rest| !rest.is_zero() && state.lease.is_some()) {
        Some(_) if step == Step::More => Ok(step),
        Some(rest) => Ok(Step::Until(rest)),
        None => publish_or_forget(&flow, &mut state).await.map(|()| step),
    }
}

/// Gives what waits its numbers. [`Step::More`] when there was more than a pass may take.
async fn pass(flow: &Flow, state: &mut MutexGuard<'_, State>) -> Result<Step, Unavailable> {
    pace(flow, state).await;
    let Some(fence) = lease(flow, state).await? else {
        // Somebody else leads; what is in memory grows stale.
        **state = State::default();
        return Ok(Step::Until(HOLD / 4));
    };
    let sequenced = match flow.store().sequence(fence, BATCH).await {
        Err(SequenceError::Fenced) => {
            **state = State::default();
            return Ok(Step::More);
        }
        result => result.map_err(away)?,
    };
    let full = |waiting: usize| waiting >= BATCH;
    Ok(match sequenced {
        Some(pass) if full(pass.leaves.len()) || full(pass.events.len()) => Step::More,
        _ => Step::Idle,
    })
}

/// Publishes, if this node holds the lease; after a failure the next pass begins from what is stored.
async fn publish_or_forget(flow: &Flow, state: &mut MutexGuard<'_, State>) -> Result<(), Unavailable> {
    if state.lease.is_none() {
        return Ok(());
    }
    let published = publish(flow, state).await;
    if published.is_err() {
        state.edge = None;
        state.told = None;
    }
    published
}

/// Brings tiles, checkpoint, mirror and the vault's head to the head of the log.
async fn publish(flow: &Flow, state: &mut MutexGuard<'_, State>) -> Result<(), Unavailable> {
    let head = flow.store().log_head().await.map_err(away)?;
    let size = u64::try_from(head.size).map_err(away)?;
    if state.told == Some(size) {
        return Ok(());
    }
    let key = sign::key(flow)?;
    let newest = flow.store().checkpoint_latest().await?;
    let signed = newest
        .as_ref()
        .map(|row| sign::read(key.verifier(), row.note.as_bytes()))
        .transpose()
        .map_err(away)?;
    let (signed_size, signed_root) = signed.map_or((0, EMPTY_ROOT), |signed| (signed.size, signed.root));
    if signed_size > size {
        return Err(LogFault::Behind {
            size,
            signed: signed_size,
        }
        .into());
    }
    let mut edge = match state.edge.take() {
        Some(edge) => edge,
        None => {
            // Whoever begins to sign makes sure first that nothing was signed that the database no longer knows.
            start::agree(flow).await.map_err(away)?;
            tiles::edge(flow, signed_size, signed_root).await?
        }
    };
    tiles::grow(flow, &mut edge, size).await?;
    if edge.root() != head.root {
        return Err(LogFault::Forked { size }.into());
    }
    let note = match newest {
        Some(row) if signed_size == size => row.note,
        _ if size == 0 => {
            state.edge = Some(edge);
            state.told = Some(size);
            return Ok(());
        }
        _ => {
            let note = sign::sign(&key, size, head.root)?.to_string();
            flow.store().checkpoint_put(head.size, &note).await?;
            note
        }
    };
    tell(flow, &note, size, head.root).await?;
    state.signed_at = Some(flow.inner.clock.monotonic());
    metrics::gauge!("log_size").set(size as f64);
    state.edge = Some(edge);
    state.told = Some(size);
    Ok(())
}

/// Mirrors a checkpoint and has the vault keep its size and root.
async fn tell(flow: &Flow, note: &str, size: u64, root: Hash) -> Result<(), Unavailable> {
    debug_assert!(Note::parse(note.as_bytes()).is_ok());
    flow.blobs()
        .put(sign::MIRROR, note.as_bytes().to_vec())
        .await
        .map_err(away)?;
    flow.vault().head_put(size, root).await.map_err(away)
}

/// The fencing number of the lease, if this node holds it now.
async fn lease(flow: &Flow, state: &mut MutexGuard<'_, State>) -> Result<Option<i64>, Unavailable> {
    let now = flow.inner.clock.monotonic();
    if let Some(lease) = &mut state.lease {
        if now < lease.renew_at {
            return Ok(Some(lease.fence));
        }
        if flow
            .store()
            .lease_renew(LEASE, flow.inner.node, lease.fence, HOLD)
            .await?
        {
            lease.renew_at = now + HOLD / 3;
            return Ok(Some(lease.fence));
        }
        **state = State::default();
    }
    let fence = flow.store().lease_take(LEASE, flow.inner.node, HOLD).await?;
    state.lease = fence.map(|fence| Lease {
        fence,
        renew_at: now + HOLD / 3,
    });
    Ok(fence)
}

/// Waits until the last pass is long enough ago.
async fn pace(flow: &Flow, state: &mut MutexGuard<'_, State>) {
    let now = flow.inner.clock.monotonic();
    if let Some(rest) = state
        .passed_at
        .and_then(|at| (at + PACE).checked_sub(now))
        .filter(|rest| !rest.is_zero())
    {
        flow.inner.clock.sleep(rest).await;
    }
    state.passed_at = Some(flow.inner.clock.monotonic());
}

/// Numbers and signs all that waits, then gives the lease back, so that another node need not wait for its end. What a server does
/// last, and a command that wrote without a server.
///
/// # Errors
/// [`Unavailable`] when a pass broke off; the next one carries on from there.
pub async fn drain(flow: &Flow) -> Result<(), Unavailable> {
    let mut state = flow.inner.sequencer.0.lock().await;
    while pass(flow, &mut state).await? == Step::More {}
    publish_or_forget(flow, &mut state).await?;
    if let Some(lease) = std::mem::take(&mut *state).lease {
        flow.store().lease_release(LEASE, flow.inner.node, lease.fence).await?;
    }
    Ok(())
}
