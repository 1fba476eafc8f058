//! The sequencer: extends the tree and signs. Leaves and events have their numbers from the units that brought them; those that wait
//! from before get theirs here.
//!
//! ```text
//! lease ─► number (one transaction) ─► bundles and tiles ─► checkpoint ─► mirror ─► the vault's head
//! ```
//!
//! One node at a time holds the lease. A node that was paused may come back in the middle of a pass that another has overtaken, so every
//! step checks by itself: the append and the checkpoint in the database by the fencing number, the mirror by the version that was
//! read, the vault's head by only growing; a tile is the same whoever writes it. Each step only repeats or carries on what the one
//! before made durable, so that a pass that broke off anywhere is finished by the next one. What is signed is never taken back:
//! the tree in memory grows from the last signed root and from nothing else.

use super::key_change::{self, Signing};
use super::{away, sign, start, tiles};
use crate::Flow;
use crate::background::Step;
use crate::context::Unavailable;
use crate::nodes::lead::{ASK, Lead};
use counterfoil_ledger::Hash;
use counterfoil_ledger::tile::Edge;
use counterfoil_ledger::tree::EMPTY_ROOT;
use counterfoil_store::SequenceError;
use counterfoil_store::Version;
use std::time::Duration;
use tokio::sync::Mutex;

/// What the leader leads in, and the name of its lease.
pub(super) const LEAD: &str = "sequencer";
/// The most leaves, and the most events, that get their numbers in one pass: no longer than a post may wait behind it.
const BATCH: usize = 4_096;
/// Passes do not follow one another faster, so that what happens together is numbered together.
const PACE: Duration = Duration::from_millis(25);
/// Nor this fast when there is much to number: each pass keeps everybody else from writing.
const BUSY_PACE: Duration = Duration::from_millis(100);
/// From how many leaves on there is much.
const MUCH: usize = 256;
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
    /// A leaf says that the log's key is changed for one that the vault does not have, or from one that does not sign.
    #[error(
        "leaf {leaf} names a key for the log that this vault did not make; nothing is signed with it in it. Run `counterfoil verify`"
    )]
    UnknownKey {
        /// Which.
        leaf: u64,
    },
    /// Another node signed in between.
    #[error("another node has taken over the signing of the log")]
    Overtaken,
}

impl From<LogFault> for Unavailable {
    fn from(fault: LogFault) -> Self {
        Self(Box::new(fault))
    }
}

/// The sequencer of this node, whether it leads or not.
pub(crate) struct Sequencer(Mutex<State>);

impl Default for Sequencer {
    fn default() -> Self {
        Self(Mutex::new(State {
            lead: Lead::of(LEAD),
            work: Work::default(),
        }))
    }
}

struct State {
    lead: Lead,
    work: Work,
}

/// What the leader keeps in memory.
#[derive(Default)]
struct Work {
    /// The fencing number of the last pass.
    fence: Option<i64>,
    /// The tree as far as its tiles are written.
    edge: Option<Edge>,
    /// Who signs; only a leaf that this node has not passed yet changes that while it leads.
    signing: Option<Signing>,
    /// The size up to which checkpoint, mirror and vault are known to agree.
    told: Option<u64>,
    /// The mirror as this node wrote or read it last.
    mirrored: Option<Version>,
    /// When the last pass began.
    passed_at: Option<Duration>,
    /// How many leaves it numbered.
    numbered: usize,
    /// When the last checkpoint was signed.
    signed_at: Option<Duration>,
}

/// One pass of the sequencer, if this node holds the lease or can take it.
pub(crate) async fn step(flow: Flow) -> Result<Step, Unavailable> {
    let mut state = flow.inner.sequencer.0.lock().await;
    let step = pass(&flow, &mut state).await?;
    let now = flow.inner.clock.monotonic();
    let rest = state.work.signed_at.and_then(|at| (at + SIGNING).checked_sub(now));
    match rest.filter(|rest| !rest.is_zero()) {
        Some(_) if step == Step::More => Ok(step),
        Some(rest) => Ok(Step::Until(rest)),
        None => publish_or_forget(&flow, &mut state.work).await.map(|()| step),
    }
}

/// Gives what waits its numbers. [`Step::More`] when there was more than a pass may take.
async fn pass(flow: &Flow, state: &mut State) -> Result<Step, Unavailable> {
    pace(flow, &mut state.work).await;
    let fence = state.lead.fence(flow).await?;
    if state.work.fence != fence {
        // Somebody else leads or has led; what is in memory is stale.
        state.work = Work {
            fence,
            ..Work::default()
        };
    }
    let Some(fence) = fence else {
        return Ok(Step::Until(ASK));
    };
    let sequenced = match flow.store().sequence(fence, BATCH).await {
        Err(SequenceError::Fenced) => {
            state.lead.lost();
            state.work = Work::default();
            return Ok(Step::More);
        }
        result => result.map_err(away)?,
    };
    state.work.numbered = sequenced.as_ref().map_or(0, |pass| pass.leaves);
    Ok(match sequenced {
        Some(pass) if pass.leaves.max(pass.events) >= BATCH => Step::More,
        _ => Step::Idle,
    })
}

/// Publishes, if this node holds the lease; after a failure the next pass begins from what is stored.
async fn publish_or_forget(flow: &Flow, work: &mut Work) -> Result<(), Unavailable> {
    let Some(fence) = work.fence else {
        return Ok(());
    };
    let published = publish(flow, work, fence).await;
    if published.is_err() {
        work.edge = None;
        work.signing = None;
        work.told = None;
        work.mirrored = None;
    }
    published
}

/// Brings tiles, checkpoint, mirror and the vault's head to the head of the log.
async fn publish(flow: &Flow, work: &mut Work, fence: i64) -> Result<(), Unavailable> {
    let head = flow.store().log_head().await.map_err(away)?;
    let size = u64::try_from(head.size).map_err(away)?;
    if work.told == Some(size) {
        return Ok(());
    }
    let mut signing = match work.signing.take() {
        Some(signing) => signing,
        None => Signing::now(flow).await?,
    };
    let newest = flow.store().checkpoint_latest().await?;
    let signed = newest
        .as_ref()
        .map(|row| signing.keys.read(row.note.as_bytes()))
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
    let mut edge = match work.edge.take() {
        Some(edge) => edge,
        None => {
            // Whoever begins to sign makes sure first that nothing was signed that the database no longer knows.
            start::agree(flow).await.map_err(away)?;
            // The pass before may have broken off between them; they must never be behind by more than one checkpoint.
            if let Some(row) = &newest {
                tell(flow, work, &signing.keys, &row.note, signed_size, signed_root).await?;
            }
            tiles::edge(flow, signed_size, signed_root).await?
        }
    };
    if signing.vouched_for() {
        // What the new key signs alone must not be there before the proof of why it may.
        key_change::end(flow).await?;
        signing = Signing::now(flow).await?;
    }
    match tiles::grow(flow, &mut edge, size).await? {
        (_, Some(leaf)) => return Err(LogFault::UnknownKey { leaf }.into()),
        (true, None) => signing = Signing::now(flow).await?,
        (false, None) => {}
    }
    if edge.root() != head.root {
        return Err(LogFault::Forked { size }.into());
    }
    let note = match newest {
        Some(row) if signed_size == size => row.note,
        _ if size == 0 => {
            work.edge = Some(edge);
            work.signing = Some(signing);
            work.told = Some(size);
            return Ok(());
        }
        _ => {
            let note = signing.sign(size, head.root)?.to_string();
            match flow.store().checkpoint_put(fence, head.size, &note).await {
                Err(SequenceError::Fenced) => return Err(LogFault::Overtaken.into()),
                kept => kept.map_err(away)?,
            }
            note
        }
    };
    tell(flow, work, &signing.keys, &note, size, head.root).await?;
    if signing.ends(size) {
        key_change::end(flow).await?;
        signing = Signing::now(flow).await?;
    }
    work.signing = Some(signing);
    work.signed_at = Some(flow.inner.clock.monotonic());
    metrics::gauge!("log_size").set(size as f64);
    work.edge = Some(edge);
    work.told = Some(size);
    Ok(())
}

/// Mirrors a checkpoint and has the vault keep its size and root.
async fn tell(
    flow: &Flow,
    work: &mut Work,
    keys: &sign::Keys,
    note: &str,
    size: u64,
    root: Hash,
) -> Result<(), Unavailable> {
    mirror(flow, work, keys, note, size).await?;
    flow.vault().head_put(size, root).await.map_err(away)
}

/// Mirrors a checkpoint in the place of an earlier one, never of a later one.
async fn mirror(flow: &Flow, work: &mut Work, keys: &sign::Keys, note: &str, size: u64) -> Result<(), Unavailable> {
    let read = match work.mirrored.take() {
        Some(version) => Some(version),
        None => match flow.blobs().get_version(sign::MIRROR).await? {
            None => None,
            Some((there, _)) if keys.read(&there).map_err(away)?.size > size => {
                return Err(LogFault::Overtaken.into());
            }
            Some((_, version)) => Some(version),
        },
    };
    let put = flow
        .blobs()
        .replace(sign::MIRROR, read.as_ref(), note.as_bytes().to_vec());
    work.mirrored = Some(put.await?.ok_or(LogFault::Overtaken)?);
    Ok(())
}

/// Waits until the last pass is long enough ago.
async fn pace(flow: &Flow, work: &mut Work) {
    let wanted = if work.numbered < MUCH { PACE } else { BUSY_PACE };
    let now = flow.inner.clock.monotonic();
    if let Some(rest) = work
        .passed_at
        .and_then(|at| (at + wanted).checked_sub(now))
        .filter(|rest| !rest.is_zero())
    {
        flow.inner.clock.sleep(rest).await;
    }
    work.passed_at = Some(flow.inner.clock.monotonic());
}

/// Numbers and signs all that waits, then gives the lease back, so that another node need not wait for its end. What a server does
/// last, and a command that wrote without a server.
///
/// # Errors
/// [`Unavailable`] when a pass broke off; the next one carries on from there.
pub async fn drain(flow: &Flow) -> Result<(), Unavailable> {
    let mut state = flow.inner.sequencer.0.lock().await;
    while pass(flow, &mut state).await? == Step::More {}
    publish_or_forget(flow, &mut state.work).await?;
    state.work = Work::default();
    state.lead.give_back(flow).await
}
