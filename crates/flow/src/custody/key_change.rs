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
use super::sign::{Keys, MIRROR, sign};
use super::slip::prove;
use super::{away, tiles};
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_ledger::Hash;
use counterfoil_ledger::checkpoint::Checkpoint;
use counterfoil_ledger::key_change::{FOLDER, KeyChange, Named};
use counterfoil_ledger::leaf::Leaf;
use counterfoil_ledger::note::{LogKey, Note};
use counterfoil_ledger::registry::LeafKind;
use counterfoil_ledger::slip::Slip;
use counterfoil_store::rows::{CheckpointRow, LeafRow};

/// Checkpoints per page.
const PAGE: usize = 16;
/// Leaves per page.
const LEAVES_PAGE: usize = 256;

/// Where the proof of a change lies.
pub(super) fn path(leaf: impl std::fmt::Display) -> String {
    format!("ledger/{FOLDER}/{leaf}")
}

/// What a leaf says of a change of the key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// Nothing.
    Nothing,
    /// It names two keys.
    Change,
    /// It names two keys, and it is not where the changes of this log are found.
    Strange,
}

/// What the leaf in a row says of a change of the key.
pub(super) fn says(flow: &Flow, row: &LeafRow) -> Says {
    // Every leaf comes this way before it is signed, and hardly one is of that kind.
    if Leaf::kind_of(&row.bytes) != Some(LeafKind::LogKeyChanged) {
        return Says::Nothing;
    }
    let installation = flow.vault().installation();
    match Leaf::decode(&row.bytes) {
        Ok(leaf) if named(flow, &leaf).is_none() => Says::Nothing,
        Ok(leaf) if leaf.subject == row.subject && row.subject == *installation.bytes() => Says::Change,
        Ok(_) => Says::Strange,
        Err(_) => Says::Nothing,
    }
}

/// The two keys that a leaf names, if it is about a change of the key.
pub(super) fn named(flow: &Flow, leaf: &Leaf) -> Option<Named> {
    Named::of(&flow.inner.settings.log_origin, leaf)
}

/// The changes that numbered leaves name, in the order of the log, each once.
pub(super) async fn changes(flow: &Flow) -> Result<Vec<(u64, Named)>, Unavailable> {
    let installation = *flow.vault().installation().bytes();
    let (mut changes, mut after): (Vec<(u64, Named)>, _) = (Vec::new(), None);
    loop {
        let rows = flow.store().leaves_of_after(installation, after, LEAVES_PAGE).await?;
        let Some(last) = rows.last() else { return Ok(changes) };
        after = Some(last.number);
        for row in &rows {
            let leaf = Leaf::decode(&row.bytes).ok();
            if let Some(keys) = leaf.and_then(|leaf| named(flow, &leaf))
                && changes.iter().all(|(_, earlier)| *earlier != keys)
            {
                changes.push((u64::try_from(row.number).map_err(away)?, keys));
            }
        }
    }
}

/// The size from which on each key but the first is in force: that of the checkpoint that both it and the one before signed, whether the rows have it or the proof beside the mirror. Whoever
/// stole the older of two keys cannot make one.
pub(super) async fn since(flow: &Flow, keys: &Keys) -> Result<Vec<Option<u64>>, Unavailable> {
    if keys.pairs().next().is_none() {
        return Ok(Vec::new());
    }
    let changes = changes(flow).await?;
    let mut since = Vec::new();
    for (before, after) in keys.pairs() {
        let change = changes
            .iter()
            .find(|(_, change)| change.before == *before && change.after == *after);
        let row = match change {
            Some((leaf, change)) => vouching(flow, *leaf, change).await?,
            None => None,
        };
        let size = row.map(|row| u64::try_from(row.size));
        since.push(size.transpose().map_err(away)?);
    }
    if since.contains(&None) {
        let proofs = proofs(flow, keys).await?;
        for (since, (before, after)) in since.iter_mut().zip(keys.pairs()) {
            let proof = proofs
                .iter()
                .find(|(change, _)| change.keys.before == *before && change.keys.after == *after);
            *since = since.or(proof.map(|(change, _)| change.checkpoint.size));
        }
    }
    Ok(since)
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
            if keys.pairs().all(|pair| pair != (&change.before, &change.after)) {
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

    /// Whether both keys signed already: that change ends before anything more is signed.
    pub(super) const fn vouched_for(&self) -> bool {
        matches!(self.stage, Stage::VouchedFor(..))
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

/// Puts the proof of the change beside the mirror, and then destroys the seed that signs nothing any more; nothing when no change has come that far, or the mirror has not.
pub(super) async fn end(flow: &Flow) -> Result<(), Unavailable> {
    let Signing { keys, stage } = Signing::now(flow).await?;
    let (Stage::VouchedFor(leaf, row), [before, _]) = (&stage, keys.held()) else {
        return Ok(());
    };
    let mirrored = flow.blobs().get(MIRROR).await?;
    let mirrored = mirrored.and_then(|note| keys.read(&note).ok());
    if mirrored.is_none_or(|mirrored| i64::try_from(mirrored.size).is_ok_and(|size| size < row.size)) {
        return Ok(());
    }
    put(flow, *leaf, row).await?;
    let public = *before.verifier().public();
    // By its number: whoever was held up until here may have been overtaken by another, and by the change after this one.
    flow.vault().log_seed_destroy(keys.held_from(), public).await?;
    tracing::info!(
        leaf,
        "the key of the log was changed; the seed of the one before is destroyed"
    );
    Ok(())
}

/// Ends a change anew of which more was signed since it ended: somebody put the old seed back, and no server looks for that.
pub(super) async fn end_again(flow: &Flow) -> Result<(), Unavailable> {
    let newest = flow.store().checkpoint_latest().await?.map_or(0, |newest| newest.size);
    match Signing::now(flow).await?.stage {
        Stage::VouchedFor(_, row) if row.size < newest => end(flow).await,
        _ => Ok(()),
    }
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

/// The proofs beside the mirror of changes between keys that the vault made, each change once and in the order of the keys, as far as one follows upon the other. What else lies
/// there is left out: `verify` tells it.
pub(super) async fn proofs(flow: &Flow, keys: &Keys) -> Result<Vec<(KeyChange, Note)>, Unavailable> {
    let mut found = Vec::new();
    for name in flow.blobs().list(&format!("ledger/{FOLDER}")).await.map_err(away)? {
        let Some(bytes) = flow.blobs().get(&name).await.map_err(away)? else {
            continue;
        };
        if let (Ok(change), Ok(slip)) = (KeyChange::read(&bytes), Slip::parse(&bytes))
            && path(change.leaf) == name
        {
            found.push((change, slip.checkpoint));
        }
    }
    found.sort_by_key(|(change, _)| change.leaf);
    let (mut proofs, mut from) = (Vec::new(), 0);
    for pair in keys.pairs() {
        let of_pair =
            |(change, _): &(KeyChange, Note)| (&change.keys.before, &change.keys.after) == pair && from <= change.leaf;
        if let Some(place) = found.iter().position(of_pair) {
            let proof = found.remove(place);
            from = proof.0.checkpoint.size;
            proofs.push(proof);
        }
    }
    Ok(proofs)
}
