//! What the mirror has and the database lacks: compared with the signature before any of it is taken, then put behind the head page by page.

use super::ForwardError;
use crate::Flow;
use crate::context::Unavailable;
use crate::custody::key_change::proofs;
use crate::custody::start::{self, Memory, Remembered, StartRefusal, goes_on};
use crate::custody::tiles::{get, path, signed, stored_edge};
use crate::custody::{away, sign};
use counterfoil_ledger::checkpoint::Checkpoint;
use counterfoil_ledger::leaf::Leaf;
use counterfoil_ledger::tile::{Row, TILE_WIDTH, Tile, bundle};
use counterfoil_ledger::tree::leaf_hash;
use counterfoil_store::SequenceError;
use counterfoil_store::read::LogHead;
use counterfoil_store::rows::CheckpointRow;
use std::ops::Range;

const WIDTH: u64 = TILE_WIDTH as u64;
/// Leaves per page; whole bundles.
const PAGE: u64 = 8 * WIDTH;

/// A database that is behind its mirror.
pub(super) struct Behind {
    /// The log as the database has it.
    pub(super) head: LogHead,
    /// As the mirror signs it.
    pub(super) signed: Checkpoint,
    /// The note that says so.
    pub(super) note: String,
}

impl Behind {
    /// The leaves that the database lacks.
    pub(super) fn leaves(&self) -> Range<u64> {
        let there = u64::try_from(self.head.size).unwrap_or(u64::MAX);
        there.min(self.signed.size)..self.signed.size
    }
}

/// Compares what database, mirror and vault say; `None` when the database is not behind. Changes nothing.
pub(super) async fn behind(flow: &Flow) -> Result<Option<Behind>, ForwardError> {
    let Some(note) = flow.blobs().get(sign::MIRROR).await.map_err(away)? else {
        return Err(ForwardError::NoMirror);
    };
    let altered = |by| StartRefusal::Altered { by };
    let mirrored = sign::read(flow, &note).await?;
    let mirrored = mirrored.map_err(|error| start::refusal(Memory::Mirror, &error))?;
    let note = String::from_utf8(note.to_vec()).map_err(|_| altered(Memory::Mirror))?;
    let head = match flow.store().log_head().await {
        Err(SequenceError::Damaged) => return Err(StartRefusal::Damaged.into()),
        head => head.map_err(away)?,
    };
    let behind = Behind {
        head,
        signed: mirrored,
        note,
    };
    let (vault, newest) = (start::vault(flow).await?, start::checkpoint(flow).await?);
    let newest_size = newest.as_ref().map_or(0, |newest| newest.size);
    if let Some(vault) = &vault {
        // Whatever was erased between the two would come back with it.
        if start::missed(flow, vault.size, newest_size).await? > 1 {
            return Err(StartRefusal::Older {
                by: Memory::Vault,
                size: vault.size,
                signed: newest_size,
            }
            .into());
        }
        if vault.size > behind.signed.size {
            return Err(StartRefusal::Older {
                by: Memory::Mirror,
                size: behind.signed.size,
                signed: vault.size,
            }
            .into());
        }
    }
    compare(flow, &behind, vault.as_ref(), newest.as_ref()).await?;
    Ok((newest_size < behind.signed.size).then_some(behind))
}

/// Sees to it that there is one history: that of the database goes on in the mirror up to the root that is signed there, by way of all that was signed in between.
async fn compare(
    flow: &Flow,
    behind: &Behind,
    vault: Option<&Remembered>,
    newest: Option<&Remembered>,
) -> Result<(), ForwardError> {
    let (head, mirrored) = (&behind.head, &behind.signed);
    let Range { start, end } = behind.leaves();
    let there = u64::try_from(head.size).map_err(away)?;
    let forked = |size, by| Err(StartRefusal::Forked { size, by }.into());
    for Remembered { by, size, root } in [vault, newest].into_iter().flatten() {
        if *size <= there && !goes_on(flow, *size, *root, head, there).await? {
            return forked(*size, *by);
        }
    }
    if start == end {
        return match goes_on(flow, mirrored.size, mirrored.root, head, there).await? {
            true => Ok(()),
            false => forked(mirrored.size, Memory::Mirror),
        };
    }
    let mut tree = head.frontier.clone();
    let mut differs = None;
    let proofs = proofs(flow, &sign::Keys::now(flow).await?).await?;
    let mut forged = None;
    while tree.size() < end {
        for entry in page(flow, tree.size(), end).await? {
            tree.append(leaf_hash(&entry));
            let of_change = |checkpoint: &Checkpoint| checkpoint.size == tree.size() && checkpoint.root != tree.root();
            if proofs.iter().any(|(change, _)| of_change(&change.checkpoint)) {
                forged = forged.or(Some(tree.size()));
            }
            if let Some(vault) = vault.filter(|vault| vault.size == tree.size() && vault.root != tree.root()) {
                differs = Some(vault.size);
            }
        }
    }
    if tree.root() != mirrored.root {
        // The tiles tell whose fault it is: they give the root of the database, or they do not.
        return match stored_edge(flow, start, end).await? {
            Ok(edge) if edge.root() == head.root => Err(ForwardError::MirrorAltered { size: end }),
            Ok(_) => forked(start, Memory::Mirror),
            Err(_) => Err(ForwardError::MirrorAltered { size: end }),
        };
    }
    match (differs, forged) {
        (Some(size), _) => forked(size, Memory::Vault),
        // What two keys of the log signed, the tree of a mirror that only one of them signed must have.
        (None, Some(size)) => forked(size, Memory::Mirror),
        (None, None) => Ok(()),
    }
}

/// Puts the entries that the database lacks behind its head.
pub(super) async fn bring(flow: &Flow, behind: &Behind) -> Result<(), ForwardError> {
    let Range { mut start, end } = behind.leaves();
    while start < end {
        let mut entries = Vec::new();
        for (number, entry) in (start..).zip(page(flow, start, end).await?) {
            let leaf = Leaf::decode(&entry).map_err(|_| ForwardError::Unreadable { number })?;
            entries.push((leaf.subject, entry));
        }
        let next = start + entries.len() as u64;
        match flow.store().log_put_behind(signed(start)?, entries).await {
            Err(SequenceError::Fenced) => return Err(ForwardError::Moved),
            put => put.map_err(away)?,
        }
        start = next;
    }
    Ok(())
}

/// The checkpoints in between by which one key of the log vouched for the next: what they prove must not be lost with the rows.
pub(super) async fn vouching(flow: &Flow, behind: &Behind) -> Result<Vec<CheckpointRow>, ForwardError> {
    let newest = flow.store().checkpoint_latest().await.map_err(Unavailable::from)?;
    let newest = newest.map_or(0, |newest| newest.size);
    let mut rows = Vec::new();
    let there = u64::try_from(behind.head.size).map_err(away)?;
    for (change, note) in proofs(flow, &sign::Keys::now(flow).await?).await? {
        let Checkpoint { size: at, root, .. } = change.checkpoint;
        let size = signed(at)?;
        // Those beyond what the rows have were compared on the way.
        let same = at > there || newest >= size || goes_on(flow, at, root, &behind.head, there).await?;
        if newest < size && at < behind.signed.size && same {
            let note = note.to_string();
            rows.push(CheckpointRow { size, note });
        }
    }
    Ok(rows)
}

/// Some of the entries from `from` on of the log that has `size` of them.
async fn page(flow: &Flow, from: u64, size: u64) -> Result<Vec<Vec<u8>>, ForwardError> {
    let to = size.min(from - from % PAGE + PAGE);
    let mut entries = Vec::new();
    let mut at = from;
    while at < to {
        let of = at / WIDTH;
        let due = Tile::at(Row::Entries, of, size).ok_or(ForwardError::MirrorAltered { size })?;
        let whole = stored(flow, due, |tile, bytes| {
            let whole = tile.entries(bytes).ok()?;
            Some(whole.iter().map(|entry| entry.to_vec()).collect::<Vec<_>>())
        });
        let whole = whole.await?.ok_or(ForwardError::MirrorAltered { size })?;
        let skipped = usize::try_from(at % WIDTH).map_err(away)?;
        entries.extend(whole.into_iter().take(due.width.into()).skip(skipped));
        at = to.min((of + 1) * WIDTH);
    }
    Ok(entries)
}

/// What `read` makes of a tile that is due, or of the full one that took its place in a pass that was never signed.
async fn stored<T>(flow: &Flow, due: Tile, read: impl Fn(&Tile, &[u8]) -> Option<T>) -> Result<Option<T>, Unavailable> {
    let full = Tile {
        width: TILE_WIDTH,
        ..due
    };
    for tile in [due, full] {
        if let Some(bytes) = get(flow, &tile).await? {
            return Ok(read(&tile, &bytes));
        }
    }
    Ok(None)
}

/// Takes away what a pass wrote that was never signed: those leaves are lost, and others take their numbers.
pub(super) async fn tidy(flow: &Flow, size: u64) -> Result<(), Unavailable> {
    for name in flow.blobs().list("ledger").await.map_err(away)? {
        let Some(tile) = name.strip_prefix("ledger/").and_then(|tile| tile.parse::<Tile>().ok()) else {
            continue;
        };
        let due = Tile::at(tile.row, tile.index, size);
        if due.is_some_and(|due| tile.width <= due.width) {
            continue;
        }
        if let Some(due) = due
            && get(flow, &due).await?.is_none()
            && let Some(bytes) = stored(flow, due, |tile, bytes| beginning(tile, bytes, due.width)).await?
        {
            flow.blobs().put(&path(&due), bytes).await.map_err(away)?;
        }
        flow.blobs().remove_orphan(&name).await.map_err(away)?;
    }
    Ok(())
}

/// The bytes of the tile that has the first of what `tile` has.
fn beginning(tile: &Tile, bytes: &[u8], width: u16) -> Option<Vec<u8>> {
    match tile.row {
        Row::Entries => bundle(tile.entries(bytes).ok()?.into_iter().take(width.into())).ok(),
        Row::Hashes(_) => {
            let hashes = tile.hashes(bytes).ok()?.get(..width.into())?;
            Some(hashes.as_flattened().to_vec())
        }
    }
}
