//! The change of the log's key: which key signs when, and what proves a change.
//!
//! ```text
//! the leaf that names both keys is in the tree ─► the first checkpoint with it, signed by both ─► its proof beside the mirror ─► the old seed destroyed
//! ```
//!
//! The operator's command makes the next seed and leaves the leaf (see `rotate`); all else the sequencer does on its way, so that it is finished by whichever node leads
//! next when one breaks off. A leaf that names a key that the vault does not have is signed by nobody: whoever can write to the database could have put it there.
//!
//! Format: `docs/formats/checkpoint-and-tiles.md`.

use super::sequence::LogFault;
use super::sign::{Keys, sign};
use super::slip::prove;
use super::{away, tiles};
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_ledger::Hash;
use counterfoil_ledger::checkpoint::Checkpoint;
use counterfoil_ledger::key_change::{FOLDER, KeyChange, Named};
use counterfoil_ledger::leaf::Leaf;
use counterfoil_ledger::note::{LogKey, Note};
use counterfoil_ledger::slip::Slip;
use counterfoil_store::rows::{CheckpointRow, LeafRow};

/// Checkpoints per page.
const PAGE: usize = 16;

/// Where the proof of a change lies.
pub(super) fn path(leaf: u64) -> String {
    format!("ledger/{FOLDER}/{leaf}")
}

/// Whether a leaf says that the key is changed.
pub(super) fn is_change(flow: &Flow, row: &LeafRow) -> bool {
    row.subject == *flow.vault().installation().bytes()
        && Leaf::decode(&row.bytes).is_ok_and(|leaf| named(flow, &leaf).is_some())
}

/// The two keys that a leaf names, if it is about a change of the key.
pub(super) fn named(flow: &Flow, leaf: &Leaf) -> Option<Named> {
    Named::of(&flow.inner.settings.log_origin, leaf)
}

/// The changes that numbered leaves name, in the order of the log, each once.
pub(super) async fn changes(flow: &Flow) -> Result<Vec<(u64, Named)>, Unavailable> {
    let rows = flow
        .store()
        .leaves_of_all(&[*flow.vault().installation().bytes()])
        .await?;
    let mut changes: Vec<(u64, Named)> = Vec::new();
    for row in rows {
        let leaf = Leaf::decode(&row.bytes).ok();
        if let Some(keys) = leaf.and_then(|leaf| named(flow, &leaf)) {
            changes.push((u64::try_from(row.number).map_err(away)?, keys));
        }
    }
    changes.sort_by_key(|(leaf, _)| *leaf);
    let mut first: Vec<(u64, Named)> = Vec::new();
    for change in changes {
        if first.iter().all(|(_, keys)| *keys != change.1) {
            first.push(change);
        }
    }
    Ok(first)
}

/// How far the change to a second key has come.
enum Stage {
    /// There is one key, or a second that no leaf names.
    None,
    /// This leaf names it.
    Named(u64),
    /// And this checkpoint is signed by both.
    VouchedFor(u64, CheckpointRow),
}

/// Who signs.
pub(super) struct Signing {
    pub(super) keys: Keys,
    stage: Stage,
}

impl Signing {
    /// Who signs by what the log says and the vault has now.
    pub(super) async fn now(flow: &Flow) -> Result<Self, Unavailable> {
        let keys = Keys::now(flow).await?;
        let changes = changes(flow).await?;
        for (leaf, change) in &changes {
            let joined = keys
                .known()
                .zip(keys.known().skip(1))
                .any(|(before, after)| change.before == *before && change.after == *after);
            if !joined {
                return Err(LogFault::UnknownKey { leaf: *leaf }.into());
            }
        }
        let stage = match (keys.held(), changes.last()) {
            ([_, next], Some((leaf, change))) if change.after == *next.verifier() => {
                match vouching(flow, *leaf, change).await? {
                    Some(row) => Stage::VouchedFor(*leaf, row),
                    None => Stage::Named(*leaf),
                }
            }
            _ => Stage::None,
        };
        Ok(Self { keys, stage })
    }

    /// Signs size and root, which must be durable.
    pub(super) fn sign(&self, size: u64, root: Hash) -> Result<Note, Unavailable> {
        let held = self.keys.held();
        let by: &[LogKey] = match (&self.stage, held) {
            (Stage::Named(leaf), _) if *leaf < size => held,
            (Stage::VouchedFor(..), [_, next @ ..]) => next,
            (Stage::None | Stage::Named(_), [first, ..]) => std::slice::from_ref(first),
            _ => held,
        };
        sign(by, size, root)
    }

    /// Whether a log that is signed up to `size` has a change that is to be brought to its end.
    pub(super) fn ends(&self, size: u64) -> bool {
        match self.stage {
            Stage::None => false,
            Stage::Named(leaf) => leaf < size,
            Stage::VouchedFor(..) => true,
        }
    }
}

/// The first checkpoint with leaf `leaf` that both keys signed.
async fn vouching(flow: &Flow, leaf: u64, change: &Named) -> Result<Option<CheckpointRow>, Unavailable> {
    let mut after = tiles::signed(leaf)?;
    loop {
        let rows = flow.store().checkpoint_list(after, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(None) };
        after = last.size;
        let both = |row: &CheckpointRow| {
            Note::parse(row.note.as_bytes()).is_ok_and(|note| {
                let signed = |key| Checkpoint::verify(&note, key, &[]).is_ok();
                signed(&change.before) && signed(&change.after)
            })
        };
        if let Some(row) = rows.into_iter().find(both) {
            return Ok(Some(row));
        }
    }
}

/// Puts the proof of the change beside the mirror, and then destroys the seed that signs nothing any more; nothing when no change has come that far.
pub(super) async fn end(flow: &Flow) -> Result<(), Unavailable> {
    let Signing { keys, stage } = Signing::now(flow).await?;
    let (Stage::VouchedFor(leaf, row), [before, _]) = (&stage, keys.held()) else {
        return Ok(());
    };
    put(flow, *leaf, row).await?;
    flow.vault().log_seed_destroy(*before.verifier().public()).await?;
    tracing::info!(
        leaf,
        "the key of the log was changed; the seed of the one before is destroyed"
    );
    Ok(())
}

/// Puts the proof of every change there whose checkpoint the rows have: for a place that lost them.
pub(super) async fn put_back(flow: &Flow) -> Result<(), Unavailable> {
    for (leaf, change) in changes(flow).await? {
        if let Some(row) = vouching(flow, leaf, &change).await? {
            put(flow, leaf, &row).await?;
        }
    }
    Ok(())
}

async fn put(flow: &Flow, leaf: u64, row: &CheckpointRow) -> Result<(), Unavailable> {
    let size = u64::try_from(row.size).map_err(away)?;
    let newest = flow.store().checkpoint_latest().await?;
    let reached = newest.map_or(Ok(size), |newest| u64::try_from(newest.size));
    let slip = Slip {
        item: *flow.vault().installation().bytes(),
        leaves: vec![prove(flow, leaf, size, reached.map_err(away)?).await?],
        checkpoint: Note::parse(row.note.as_bytes()).map_err(away)?,
    };
    KeyChange::of(&slip).map_err(away)?;
    flow.blobs().put(&path(leaf), slip.to_string().into_bytes()).await?;
    Ok(())
}

/// The proofs of changes that lie beside the mirror, in the order of their leaves. One that proves nothing is left out: `verify` tells it.
pub(super) async fn proofs(flow: &Flow) -> Result<Vec<(KeyChange, Note)>, Unavailable> {
    let mut proofs = Vec::new();
    for name in flow.blobs().list(&format!("ledger/{FOLDER}")).await.map_err(away)? {
        let Some(bytes) = flow.blobs().get(&name).await.map_err(away)? else {
            continue;
        };
        if let (Ok(change), Ok(slip)) = (KeyChange::read(&bytes), Slip::parse(&bytes)) {
            proofs.push((change, slip.checkpoint));
        }
    }
    proofs.sort_by_key(|(change, _)| change.leaf);
    Ok(proofs)
}
