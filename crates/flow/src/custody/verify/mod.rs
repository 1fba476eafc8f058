//! Computing everything anew and comparing it with what is stored.
//!
//! ```text
//! log        leaves, one by one: bytes ─► hash ─► tree; every tile, bundle, checkpoint, the mirror and the vault's head
//! records    every row has its leaf and the leaf's digest; every leaf that records a row has its row, one that says it was erased, or a
//!            restore behind it that accounts for it
//!   contents   every sealed value opens where it stands and is what its leaf commits to
//!   folds      every column that may change is what the records say
//!   blobs      every file is there, has its digest and opens
//! vault      every epoch, secret, tree and head opens
//! ```
//!
//! Reads in pages and keeps no more than one; may run beside a server that works. What it finds it tells and does not mend.

mod blobs;
mod contents;
mod folds;
mod gone;
mod key_changes;
mod log;
mod lost;
mod records;
mod report;
mod signed;
mod tiles;
mod vault;

pub(in crate::custody) use contents::RECORDED;
pub use report::{BlobCount, Difference, LogCount, TableCount, VaultCount, VerifyReport, What};

use crate::Flow;
use crate::context::Unavailable;
use crate::log as leaves;
use counterfoil_ledger::leaf::Actor;
use counterfoil_ledger::registry::{LeafKind, Purpose};
use counterfoil_model::LeafId;
use counterfoil_store::{ReadError, Unit};

/// How much is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerifyScope {
    /// Log, records, contents, files and keys.
    Everything,
    /// The log alone: leaves, tiles, checkpoints, mirror and the vault's head. Opens nothing sealed.
    Log,
}

/// What is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The leaves with their tiles and checkpoints.
    Log,
    /// The rows of a table.
    Records(&'static str),
    /// The objects in the blob store.
    Objects,
    /// The rows of the vault store.
    Keys,
}

/// How far a verification has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being read.
    pub stage: Stage,
    /// How much of it has been read.
    pub done: u64,
    /// How much there is, where that is known beforehand.
    pub of: Option<u64>,
}

/// One verification on its way.
struct Run<'a> {
    flow: &'a Flow,
    report: VerifyReport,
    progress: &'a mut (dyn FnMut(Progress) + Send),
    opened: u64,
    gone: gone::Gone,
    lost: lost::Lost,
}

impl Run<'_> {
    fn differs(
        &mut self,
        place: impl Into<String>,
        table: &'static str,
        id: impl Into<String>,
        column: Option<&'static str>,
        what: What,
    ) {
        self.report.differs(Difference {
            place: place.into(),
            table,
            id: id.into(),
            column,
            what,
        });
    }

    /// Turns a row that no program of ours can have written into a difference; the rest of its part stays unread.
    fn readable(&mut self, checked: Result<(), Unavailable>) -> Result<(), Unavailable> {
        let Err(error) = checked else { return Ok(()) };
        let Some(ReadError::Impossible { table, column }) = error.0.downcast_ref() else {
            return Err(error);
        };
        self.differs(
            format!("a row of table {table}"),
            table,
            "unreadable",
            Some(column),
            What::Altered,
        );
        self.report.note(format!(
            "Table {table} cannot be read to its end; what comes after that row was not compared."
        ));
        Ok(())
    }

    fn at(&mut self, stage: Stage, done: u64, of: Option<u64>) {
        (self.progress)(Progress { stage, done, of });
    }
}

/// Verifies what `scope` says and reports every difference with its place; `progress` is called about once a page.
///
/// What was opened on the way is one leaf of the log with its count, unless the store is open for reading only.
///
/// # Errors
/// [`Unavailable`] when something could not be read at all; differences are not errors.
pub async fn verify(
    flow: &Flow,
    scope: VerifyScope,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<VerifyReport, Unavailable> {
    let mut run = Run {
        flow,
        report: VerifyReport::begun(flow.now()),
        progress: &mut progress,
        opened: 0,
        gone: gone::Gone::default(),
        lost: lost::Lost::read(flow).await?,
    };
    let checked = log::check(&mut run, scope).await;
    run.readable(checked)?;
    if scope == VerifyScope::Everything {
        for recorded in RECORDED {
            let checked = records::check(&mut run, recorded).await;
            run.readable(checked)?;
        }
        lost::tell(&mut run);
        let checked = blobs::orphans(&mut run).await;
        run.readable(checked)?;
        vault::check(&mut run).await?;
        run.report.note(
            "Sessions, links, tokens, jobs, drafts, marks and deliveries under way are not records: they come and go, and were \
             not compared.",
        );
        leave(&mut run).await?;
    } else {
        run.report
            .note("Only the log was looked at; rows, files and keys were not.");
    }
    run.report.ended_at = flow.now();
    Ok(run.report)
}

/// Leaves the one leaf of the run.
async fn leave(run: &mut Run<'_>) -> Result<(), Unavailable> {
    if run.flow.store().is_read_only() {
        run.report
            .note("The store is open for reading only, so this run left no leaf of its own.");
        return Ok(());
    }
    let at = run.flow.now();
    let id = LeafId::new(at, run.flow.random());
    let leaf = leaves::leaf(LeafKind::MachineRun, at, id.bytes(), Actor::SYSTEM)
        .purpose(Purpose::Check)
        .count(run.opened);
    Ok(run.flow.store().commit(Unit::new("custody.verify").leaf(leaf)).await?)
}
