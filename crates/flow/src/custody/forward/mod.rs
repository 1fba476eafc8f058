//! Bringing the log of an older database forward from its mirror, before anything is served from it again.
//!
//! ```text
//! mirror   what is signed there, read and compared ─► entries put behind the head, which stays
//! replay   what was erased, ended, held and released since: again; then the hashes by which rows are found
//! erasures which leaves tell of erasures whose records are lost
//! lost     what the log knows and the rows lack, by kind
//!          ─► one transaction: the head moves, nobody is in, nothing is sent twice, copies elsewhere are asked for again, the leaf `restored`
//! ```
//!
//! For an installation that does not run, whose records were put back from a backup or a snapshot while its sealed files with the mirrored log stayed. Each step may
//! be repeated, so that one that broke off is begun anew; until the last of them the database is one that was rolled back, which is never served. What is brought
//! is what was signed; nothing is taken from a mirror that does not give its own signed root.

pub(super) mod erasures;

mod lost;
mod mirror;
mod replay;

use super::sequence::{LogFault, drain};
use super::start::StartRefusal;
use super::{away, tiles};
use crate::Flow;
use crate::backup::Backup;
use crate::context::Unavailable;
use crate::filing::withdraw;
use crate::jobs::JobKind;
use crate::log;
use crate::lookup::renew::renew;
use counterfoil_ledger::leaf::{Actor as LeafActor, Fact, Leaf};
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::{ErasureId, HoldId};
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::rows::CheckpointRow;
use counterfoil_store::{Change, CommitError, Unit};
use counterfoil_vault::HeadError;
use mirror::Behind;
use std::ops::Range;

/// How many addresses of each key tree are passed over where the vault may be an older one: more than any has used since.
pub(crate) const PASSED_OVER: u32 = 1 << 20;

/// What was brought forward.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forwarded {
    /// The leaves that the database lacked: the first of them, and the first that it lacks no more. Empty when it lacked only that they were signed.
    pub leaves: Range<u64>,
    /// What was done again.
    pub replayed: Replayed,
    /// What the log knows and the rows lack: what people call one of them, and how many.
    pub lost: Vec<(&'static str, u64)>,
}

/// What was done since, done again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// How many records had come back with the rows and are erased again.
    pub erased: u64,
    /// How many records say again that something ended: an erasure, a hold, somebody's access, a gate.
    pub ended: u64,
    /// Erasures that were decided since and that the log does not call live, each with the id of what it is of, if that is here: they are to be decided anew.
    pub undone: Vec<(ErasureId, Option<String>)>,
    /// Holds that were placed since and stand, each with the id of what it holds, if that is here: the vault has them, and on whose word they stand is lost.
    pub holds: Vec<(HoldId, Option<String>)>,
    /// Key epochs whose root key was destroyed since.
    pub epochs_destroyed: Vec<i64>,
}

/// Why the log was not brought forward. What was done may be repeated.
#[derive(Debug, thiserror::Error)]
pub enum ForwardError {
    /// The actor may not.
    #[error("this is not for you to decide")]
    Refused,
    /// There is nothing to bring it from.
    #[error(
        "there is no mirrored log in the place of sealed files: where that is lost too, restore a whole backup into an empty place"
    )]
    NoMirror,
    /// Database, mirror and vault do not tell one story.
    #[error(transparent)]
    Start(StartRefusal),
    /// The entries in the mirror are not those that were signed.
    #[error(
        "the mirrored log has not all of the {size} leaves that it signs, or one of them was altered; nothing was taken from it. Put the log's folder back from a copy"
    )]
    MirrorAltered {
        /// Leaves that are signed.
        size: u64,
    },
    /// An entry is none that this version reads.
    #[error("leaf {number} of the mirrored log was written by a later version: use that one")]
    Unreadable {
        /// Which.
        number: u64,
    },
    /// Something else writes.
    #[error("something else wrote to the log meanwhile: stop every server of this installation, and begin anew")]
    Moved,
    /// A store cannot be reached.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<StartRefusal> for ForwardError {
    fn from(refusal: StartRefusal) -> Self {
        match refusal {
            StartRefusal::Unavailable(error) => Self::Unavailable(error),
            refusal => Self::Start(refusal),
        }
    }
}

/// Brings the log in the database forward to what its mirror signs, and does again what the leaves in between say was erased or ended; `backup` is
/// what the rows were restored from, if they were. `None`, and nothing changed, when the database is not behind.
///
/// # Errors
/// See [`ForwardError`].
pub async fn forward(flow: &Flow, actor: &Actor, backup: Option<&Backup>) -> Result<Option<Forwarded>, ForwardError> {
    let granted = may(actor, Action::BackUp).map_err(|_| ForwardError::Refused)?;
    let Some(behind) = mirror::behind(flow).await? else {
        return Ok(None);
    };
    mirror::bring(flow, &behind).await?;
    mirror::tidy(flow, behind.signed.size).await?;
    let replayed = replay::replay(flow, behind.leaves()).await?;
    // The vault may have destroyed the lookup key of that time.
    renew(flow).await?;
    let lost = lost::count(flow, behind.leaves()).await?;
    vault(flow, &behind).await?;
    let rows = lost.iter().map(|(_, rows)| rows).sum();
    let leaf = leaf(flow, log::actor(granted.actor()), &behind, backup)?.count(rows);
    settle(flow, &behind, leaf).await?;
    let scrubbed = flow.store().scrub().await;
    scrubbed.map_err(away)?;
    drain(flow).await?;
    Ok(Some(Forwarded {
        leaves: behind.leaves(),
        replayed,
        lost,
    }))
}

/// Has the vault know the log as it was signed. One that does not know it yet may be older than what was sealed with its keys.
async fn vault(flow: &Flow, behind: &Behind) -> Result<(), ForwardError> {
    let (size, root) = (behind.signed.size, behind.signed.root);
    let head = flow.vault().head().await.map_err(away)?;
    if head.is_none_or(|head| head.size < size) {
        let passed = flow.vault().pass_over(PASSED_OVER).await;
        passed.map_err(Unavailable::from)?;
    }
    match flow.vault().head_put(size, root).await {
        Err(HeadError::Behind) => Err(ForwardError::Moved),
        put => Ok(put.map_err(away)?),
    }
}

/// Moves the head, and has the rows be fit to go on from: all of it or nothing.
async fn settle(flow: &Flow, behind: &Behind, leaf: Leaf) -> Result<(), ForwardError> {
    let at = flow.now();
    let mut unit = Unit::new("log.forwarded");
    if !behind.leaves().is_empty() {
        let from = tiles::signed(behind.leaves().start)?;
        let grown = tiles::frontier(flow, behind.head.frontier.clone(), behind.signed.size).await?;
        if grown.root() != behind.signed.root {
            return Err(Unavailable::from(LogFault::Forked {
                size: behind.signed.size,
            })
            .into());
        }
        debug_assert_eq!(from, behind.head.size, "the log goes on where the database ends");
        unit = unit.change(Change::log_forward(&behind.head, &grown));
    }
    unit = unit
        .change(Change::jobs_begun(JobKind::Dispatch.name(), at))
        .changes(Change::nobody_is_in(at))
        .insert(CheckpointRow {
            size: tiles::signed(behind.signed.size)?,
            note: behind.note.clone(),
        })
        .leaf(leaf);
    for row in mirror::vouching(flow, behind).await? {
        unit = unit.insert(row);
    }
    let unit = withdraw::ask_for_the_rest(flow, unit, at).await?;
    match flow.store().commit(unit).await {
        Ok(()) => Ok(()),
        Err(CommitError::Conflict { .. }) => Err(ForwardError::Moved),
        Err(error) => Err(Unavailable::from(error).into()),
    }
}

/// What says so on the log: about the installation, since it is by this that `verify` finds which leaves it accounts for. It gets the count of the rows
/// that were lost, so that no more can go unnoticed later.
fn leaf(flow: &Flow, actor: LeafActor, behind: &Behind, backup: Option<&Backup>) -> Result<Leaf, Unavailable> {
    let subject = *flow.vault().installation().bytes();
    let mut leaf = log::leaf(LeafKind::Restored, flow.now(), &subject, actor);
    if let Some(backup) = backup {
        leaf = leaf
            .object(backup.data)
            .object(backup.vault)
            .follows(*backup.id.bytes())
            .fact(FactKey::Epoch, Fact::Int(backup.epoch))
            .fact(FactKey::HappenedAt, Fact::Int(backup.taken_at.micros()));
    }
    let Range { start, end } = behind.leaves();
    if start < end {
        leaf = leaf
            .fact(FactKey::First, Fact::Int(tiles::signed(start)?))
            .fact(FactKey::Last, Fact::Int(tiles::signed(end - 1)?));
    }
    Ok(leaf
        .fact(FactKey::TreeSize, Fact::Int(tiles::signed(behind.signed.size)?))
        .fact(FactKey::Root, Fact::Hash(behind.signed.root)))
}
