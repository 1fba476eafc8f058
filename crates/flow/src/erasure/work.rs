//! Doing what was decided: keys, then files, then rows, some at a time; then waiting until no node remembers a key.
//!
//! Every step may be repeated: a key is destroyed once however often it is asked for, a file that is gone is gone, and rows go in the
//! same transaction as the leaf that names them. Nothing here opens anything.

use super::find::{Batch, id};
use super::walk::walk;
use crate::Flow;
use crate::context::Unavailable;
use crate::filing::withdraw;
use crate::jobs::{Ended, subject};
use crate::live::event;
use crate::log;
use counterfoil_ledger::leaf::{Actor, Fact};
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::erasure::{CopyState, ErasureTarget};
use counterfoil_model::filing::FilingStep;
use counterfoil_model::{BlobId, ErasureId, FilingId, HoldId, MessageId, ReferenceId, Timestamp, TreeId};
use counterfoil_store::rows::{ErasedCopyRow, ErasedKeyRow, ErasedRow, ErasureLiveRow, ErasureRow};
use counterfoil_store::sql::Value;
use counterfoil_store::traces::Cleared;
use counterfoil_store::{Change, Claimed, CommitError, Unit, blob_name};
use counterfoil_vault::{Address, BLOB_HEADER, FORGOTTEN_AFTER, Live, PunctureError, Punctured, Run, blob_address};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How many ids one leaf names, at the most (`docs/formats/leaf.md`).
const ITEMS: usize = 200;
/// How soon to look again whether a node that is behind has caught up.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Erases what is left, or finds that there is no more to do.
pub(crate) async fn run(flow: &Flow, job: &Claimed) -> Result<Ended, Unavailable> {
    let erasure = flow.store().erasure_get(ErasureId::from_bytes(subject(job))).await?;
    let Some(erasure) = erasure else { return Ok(Ended::Done) };
    if !flow.store().erasures_live(&[erasure.id]).await?.is_empty() {
        return Ok(Ended::Done);
    }
    if walk(flow, &erasure).await? {
        // Whoever remembers keys without a lease has forgotten them by then.
        return Ok(Ended::Waits(flow.now().plus(FORGOTTEN_AFTER)));
    }
    let scrubbed = flow
        .store()
        .scrub()
        .await
        .map_err(|error| Unavailable(Box::new(error)))?;
    if !scrubbed {
        return Ok(Ended::Waits(flow.now().plus(LOOK_AGAIN)));
    }
    match flow.vault().forgotten().await.map_err(Unavailable::from)? {
        Live::Everywhere => live(flow, &erasure).await,
        Live::Waits(_) => Ok(Ended::Waits(flow.now().plus(LOOK_AGAIN))),
    }
}

/// What became of a batch.
pub(super) enum Taken {
    /// All of it is gone.
    Gone,
    /// This hold is on a part of it; its keys stand, but for those of whole trees that no hold is on.
    Held(HoldId),
}

/// Destroys the keys of a batch, then its files, then its rows.
pub(super) async fn take(flow: &Flow, erasure: &ErasureRow, batch: &Batch) -> Result<Taken, Unavailable> {
    let destroyed = match destroy(flow, batch).await {
        Ok(destroyed) => destroyed,
        Err(Undestroyed::Held(hold)) => return Ok(Taken::Held(hold)),
        Err(Undestroyed::Unavailable(error)) => return Err(error),
    };
    let at = flow.now();
    let recorded = batch.recorded();
    let copies = copies(batch, erasure.id);
    let mut unit = removal(Unit::new("erasure.take"), erasure.id, batch, &destroyed, &copies, at)?;
    unit = erased(unit, erasure.id, &recorded);
    for copy in &copies {
        unit = withdraw::ask(flow, unit, copy, at);
    }
    unit = named(unit, erasure.id, &recorded, at, destroyed.at());
    for row in batch.in_table("message") {
        if let Some(conversation) = id(row, "conversation_id") {
            let conversation = counterfoil_model::ConversationId::from_bytes(conversation);
            let message = MessageId::from_bytes(row.id);
            unit = unit.event(event::message_changed(conversation, message, at));
        }
    }
    let kept = flow.store().commit(unit).await;
    // Also when it is not known whether it was kept.
    if matches!(erasure.target, ErasureTarget::Contact | ErasureTarget::Conversation) {
        flow.inner.senders.forget_all();
    }
    match kept {
        Ok(()) => Ok(Taken::Gone),
        // Something of it came in between: it is found the next time.
        Err(CommitError::Conflict { .. }) => Err(Unavailable("it changed while it was being erased".into())),
        Err(error) => Err(error.into()),
    }
}

/// Adds the leaves that name what was erased, after its keys were destroyed at `destroyed`.
pub(super) fn named(
    unit: Unit,
    erasure: ErasureId,
    recorded: &[[u8; 16]],
    at: Timestamp,
    destroyed: Timestamp,
) -> Unit {
    recorded.chunks(ITEMS).fold(unit, |unit, items| {
        let leaf = log::leaf(LeafKind::Punctured, at, erasure.bytes(), Actor::SYSTEM).items(items.iter().copied());
        unit.leaf(leaf.fact(FactKey::HappenedAt, Fact::Int(destroyed.micros())))
    })
}

/// Why keys were not destroyed.
pub(crate) enum Undestroyed {
    /// This hold is on one of them.
    Held(HoldId),
    /// A store cannot be reached.
    Unavailable(Unavailable),
}

impl From<PunctureError> for Undestroyed {
    fn from(error: PunctureError) -> Self {
        match error {
            PunctureError::Held(holds) if !holds.is_empty() => Self::Held(holds[0]),
            error => Self::Unavailable(Unavailable(Box::new(error))),
        }
    }
}

impl From<Undestroyed> for Unavailable {
    fn from(error: Undestroyed) -> Self {
        match error {
            Undestroyed::Held(hold) => Self(format!("{hold} is on it").into()),
            Undestroyed::Unavailable(error) => error,
        }
    }
}

/// The keys of a batch, destroyed.
pub(crate) struct Destroyed {
    /// Each by itself.
    keys: Punctured,
    /// The trees of which nothing is left.
    whole: BTreeSet<TreeId>,
}

impl Destroyed {
    /// The rows of a batch, which may go.
    pub(super) fn clear(&self, batch: &Batch) -> Result<Vec<Cleared>, Unavailable> {
        let cleared = batch.rows.iter().map(|row| row.cleared(&self.keys));
        cleared
            .collect::<Result<_, _>>()
            .map_err(|error| Unavailable(Box::new(error)))
    }

    /// When the last of them was destroyed.
    pub(super) fn at(&self) -> Timestamp {
        self.keys.at()
    }
}

/// Destroys the keys of a batch, those of whole trees at the cost of one where the whole goes; then its files.
pub(crate) async fn destroy(flow: &Flow, batch: &Batch) -> Result<Destroyed, Undestroyed> {
    let whole = trees(batch);
    for tree in &whole {
        flow.vault().puncture_run(*tree, Run::ALL).await?;
    }
    let mut keys = batch.keys();
    for blob in batch.blobs() {
        // Of a file from before what is known of it shared its key, no row names that key. Without it a copy of the file would still open.
        let own = own_key(flow, blob).await.map_err(Undestroyed::Unavailable)?;
        keys.extend(own.filter(|own| !whole.contains(&own.tree)));
    }
    let keys = flow.vault().puncture(keys).await?;
    for blob in batch.blobs() {
        let removed = flow.blobs().remove_orphan(&blob_name(blob)).await;
        removed.map_err(|error| Undestroyed::Unavailable(error.into()))?;
    }
    Ok(Destroyed { keys, whole })
}

/// The key that a sealed file names in its head, if the file is here.
async fn own_key(flow: &Flow, blob: BlobId) -> Result<Option<Address>, Unavailable> {
    let head = flow.blobs().get_range(&blob_name(blob), 0..BLOB_HEADER as u64).await?;
    Ok(head.as_deref().and_then(blob_address))
}

/// Has `unit` remove the rows of a batch whose keys are destroyed: with tombstones, which keys those were, what
/// other systems hold of them, and the times of conversations that stay.
pub(crate) fn removal(
    unit: Unit,
    erasure: ErasureId,
    batch: &Batch,
    destroyed: &Destroyed,
    copies: &[ErasedCopyRow],
    at: Timestamp,
) -> Result<Unit, Unavailable> {
    let cleared = destroyed.clear(batch)?;
    let ids: Vec<[u8; 16]> = batch.conversations().iter().map(|id| *id.bytes()).collect();
    let unit = unit
        .changes(Change::erase(&cleared, at))
        .change(Change::conversations_refold(&ids));
    let unit = keys(erasure, destroyed).into_iter().fold(unit, Unit::insert);
    Ok(copies.iter().cloned().fold(unit, Unit::insert))
}

/// Has `unit` say of rows of the record that they were erased.
pub(crate) fn erased(unit: Unit, erasure: ErasureId, objects: &[[u8; 16]]) -> Unit {
    let row = |object: &[u8; 16]| ErasedRow {
        object: *object,
        erasure,
    };
    objects.iter().map(row).fold(unit, Unit::insert)
}

/// Which keys are destroyed, for whoever challenges that: a tree of which nothing stays as a whole.
pub(super) fn keys(erasure: ErasureId, destroyed: &Destroyed) -> Vec<ErasedKeyRow> {
    let row = |tree, run: Run| ErasedKeyRow {
        tree,
        first: run.first().into(),
        last: run.last().into(),
        erasure,
    };
    let Destroyed { keys, whole } = destroyed;
    let parts = keys.trees().filter(|(tree, ..)| !whole.contains(tree));
    let parts = parts.flat_map(|(tree, _, runs)| runs.iter().map(move |run| row(tree, *run)));
    whole.iter().map(|tree| row(*tree, Run::ALL)).chain(parts).collect()
}

/// The key trees that go with rows of a batch.
fn trees(batch: &Batch) -> BTreeSet<TreeId> {
    let of = ["conversation", "contact"];
    let rows = batch.rows.iter().filter(|row| of.contains(&row.trace.table.name));
    rows.filter_map(|row| id(row, "tree_id"))
        .map(TreeId::from_bytes)
        .collect()
}

/// What other systems hold of a batch, by what they last said.
pub(crate) fn copies(batch: &Batch, erasure: ErasureId) -> Vec<ErasedCopyRow> {
    let mut last: BTreeMap<[u8; 16], ([u8; 16], i64)> = BTreeMap::new();
    for step in batch.in_table("filing_step") {
        if let (Some(filing), Some(Value::Int(code))) = (id(step, "filing_id"), step.value("step")) {
            let newest = last.entry(filing).or_default();
            *newest = (*newest).max((step.id, *code));
        }
    }
    let copy = |row: &counterfoil_store::traces::Doomed| {
        let step = last.get(&row.id).and_then(|(_, code)| FilingStep::from_code(*code));
        let state = match step? {
            FilingStep::Filed => CopyState::Stands,
            FilingStep::ToBeFiled => CopyState::NotHandedOver,
            FilingStep::Refused => return None,
        };
        Some(ErasedCopyRow {
            filing: FilingId::from_bytes(row.id),
            erasure,
            reference: ReferenceId::from_bytes(id(row, "reference_id")?),
            state,
        })
    };
    batch.in_table("filing").filter_map(copy).collect()
}

/// Puts on the record that nothing here opens it any more.
async fn live(flow: &Flow, erasure: &ErasureRow) -> Result<Ended, Unavailable> {
    let at = flow.now();
    let leaf = log::leaf(LeafKind::ErasedLive, at, erasure.id.bytes(), Actor::SYSTEM);
    let row = ErasureLiveRow {
        id: erasure.id,
        recorded_at: at,
    };
    let mut unit = Unit::new("erasure.live").record(row, leaf);
    if erasure.target == ErasureTarget::Older {
        unit = unit.event(event::afresh(at));
    }
    match flow.store().commit(unit).await {
        Ok(()) | Err(CommitError::Conflict { .. }) => Ok(Ended::Done),
        Err(error) => Err(error.into()),
    }
}
