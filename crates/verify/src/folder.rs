//! The whole log, from its folder.
//!
//! ```text
//! bundle ─► leaves ─► hashes ─┬─ the hash tile beside it
//!                             └─► tree ─► every tile above ─► root ─ the signed checkpoint
//! ```
//!
//! Reads one bundle and one tile at a time. What is there and has no place in the tree of the checkpoint is a difference too, so each byte
//! of each file counts. Never says what is right when it cannot know: then it names both.
//!
//! Format: `docs/formats/checkpoint-and-tiles.md`.

mod report;
mod tree;

pub use report::FolderReport;

use std::path::Path;

use counterfoil_ledger::Hash;
use counterfoil_ledger::checkpoint::{Checkpoint, CheckpointError, Verified};
use counterfoil_ledger::key_change::{FOLDER, KeyChange, Named};
use counterfoil_ledger::leaf::{Leaf, LeafError};
use counterfoil_ledger::note::{Note, NoteError};
use counterfoil_ledger::tile::{Row, TILE_WIDTH, Tile};
use counterfoil_ledger::tree::leaf_hash;

use crate::files::Files;
use crate::outside::Outside;
use crate::{Difference, Keys, Unchecked, What, keys};
use tree::Candidates;

/// Where the checkpoint lies.
const CHECKPOINT: &str = "checkpoint";

/// Checks everything in the folder of a log, and that it contains the trees of the `earlier` checkpoints; `seen` is given each leaf with
/// its place, in order.
///
/// Differences are not errors: they stand in the report.
///
/// # Errors
/// [`Unchecked`] when something cannot be read, or when there is no log.
pub fn check(
    folder: &Path,
    keys: &Keys,
    earlier: &[Checkpoint],
    mut seen: impl FnMut(u64, &Leaf),
) -> Result<FolderReport, Unchecked> {
    let files = Files::of(folder);
    let present = files.list()?;
    let (keys, wrong) = keys.found(&files)?;
    let mut report = FolderReport::of(keys.log.given());
    report.keys(&keys.log);
    wrong.into_iter().for_each(|wrong| report.differs(wrong));
    let mut run = Run {
        files,
        earlier: earlier.iter().cloned().map(Earlier::kept).collect(),
        keys,
        named: Vec::new(),
        report,
    };
    run.earlier.extend(run.keys.log.changes().iter().map(|change| Earlier {
        checkpoint: change.checkpoint.clone(),
        change: Some(change.leaf),
    }));
    let Some(bytes) = run.files.read(CHECKPOINT)? else {
        if !present.iter().any(|path| path.starts_with("tile/")) {
            return Err(Unchecked::NoLog);
        }
        run.differs(CHECKPOINT, None, What::Missing);
        return Ok(run.report);
    };
    let (note, verified) = match believed(&bytes, &run.keys) {
        Ok(believed) => believed,
        Err(what) => {
            run.differs(CHECKPOINT, None, what);
            return Ok(run.report);
        }
    };
    run.report.outside = Some(Outside::of(&note, &verified, &run.keys));
    run.report.signed(&verified.checkpoint);
    run.tree(&verified.checkpoint, &mut seen)?;
    run.changes(&note);
    for later in std::mem::take(&mut run.earlier) {
        if later.checkpoint.size > verified.checkpoint.size {
            run.differs(later.path(), Some(later.checkpoint.size), What::CutShort);
        }
    }
    for path in &present {
        run.place(path, verified.checkpoint.size)?;
    }
    Ok(run.report)
}

/// An earlier checkpoint of the log, that somebody kept.
///
/// # Errors
/// [`Unchecked::NotRead`] when the log's key did not sign it.
pub fn earlier(bytes: &[u8], keys: &Keys) -> Result<Checkpoint, Unchecked> {
    let note = Note::parse(bytes).map_err(CheckpointError::Note);
    note.and_then(|note| Checkpoint::verify(&note, keys.signer(&note), &keys.known()))
        .map(|verified| verified.checkpoint)
        .map_err(|error| Unchecked::NotRead("the earlier checkpoint", error.into()))
}

/// The checkpoint, if the log's key signed it and it is spelled in the one way.
fn believed(bytes: &[u8], keys: &Keys) -> Result<(Note, Verified), What> {
    let note = Note::parse(bytes).map_err(|_| What::Altered)?;
    if note.to_string().as_bytes() != bytes {
        return Err(What::Altered);
    }
    let verified = Checkpoint::verify(&note, keys.signer(&note), &keys.known()).map_err(|error| match error {
        CheckpointError::NotSignedByLog
        | CheckpointError::AnotherOrigin
        | CheckpointError::Note(NoteError::Unknown) => What::NotSigned,
        CheckpointError::Note(_) | CheckpointError::NotACheckpoint => What::Altered,
    })?;
    Ok((note, verified))
}

/// One check on its way.
struct Run {
    files: Files,
    /// Earlier checkpoints to whose size the tree has not come yet.
    earlier: Vec<Earlier>,
    keys: Keys,
    /// The changes of the log's key that leaves name.
    named: Vec<(u64, Named)>,
    report: FolderReport,
}

/// A checkpoint whose tree the log must contain.
struct Earlier {
    checkpoint: Checkpoint,
    /// The leaf of the change of the key that it proves; none of one that somebody kept.
    change: Option<u64>,
}

impl Earlier {
    const fn kept(checkpoint: Checkpoint) -> Self {
        Self {
            checkpoint,
            change: None,
        }
    }

    fn path(&self) -> String {
        self.change.map_or_else(|| CHECKPOINT.to_owned(), keys::path)
    }
}

impl Run {
    fn differs(&mut self, path: impl Into<String>, leaf: Option<u64>, what: What) {
        self.report.differs(Difference {
            path: path.into(),
            leaf,
            what,
        });
    }

    /// Grows the tree anew from the bottom and compares all of it.
    fn tree(&mut self, signed: &Checkpoint, seen: &mut impl FnMut(u64, &Leaf)) -> Result<(), Unchecked> {
        let size = signed.size;
        let mut candidates = Some(Candidates::default());
        let mut disagreeing: Vec<(Tile, u64)> = Vec::new();
        for bundle in Tile::grown(Row::Entries, 0, size) {
            let beside = Tile {
                row: Row::Hashes(0),
                ..bundle
            };
            let first = bundle.index * u64::from(TILE_WIDTH);
            let by_leaves = self.leaves(&bundle, first, seen)?;
            let by_tile = self.hashes(&beside)?;
            let (tile, leaves) = match (&by_tile, &by_leaves) {
                (Some(tile), Some(leaves)) => (tile, leaves),
                (Some(one), None) | (None, Some(one)) => (one, one),
                (None, None) => {
                    // Nothing tells what stood here; what is above cannot be made anew.
                    candidates = None;
                    continue;
                }
            };
            if let Some(at) = (first..).zip(tile.iter().zip(leaves)).find(|(_, (a, b))| a != b) {
                disagreeing.push((bundle, at.0));
            }
            let Some(candidates) = &mut candidates else { continue };
            self.earlier(candidates, first, tile);
            for (upper, wanted) in candidates.grow(tile, leaves) {
                if upper.row != Row::Hashes(0) && Tile::at(upper.row, upper.index, size) == Some(upper) {
                    self.upper(&upper, &wanted)?;
                }
            }
        }
        let root = |hash: Hash| hash == signed.root;
        let (by_tiles, by_leaves) = match &candidates {
            Some(candidates) => (root(candidates.root_by_tiles()), root(candidates.root_by_leaves())),
            None => (false, false),
        };
        for (bundle, leaf) in disagreeing {
            let beside = Tile {
                row: Row::Hashes(0),
                ..bundle
            };
            match (by_tiles, by_leaves) {
                (true, _) => self.differs(bundle.to_string(), Some(leaf), What::Altered),
                (false, true) => self.differs(beside.to_string(), Some(leaf), What::Altered),
                (false, false) => self.differs(bundle.to_string(), Some(leaf), What::Disagrees),
            }
        }
        if candidates.is_some() && !by_tiles && !by_leaves {
            self.differs(CHECKPOINT, None, What::AnotherRoot);
        }
        Ok(())
    }

    /// Compares earlier checkpoints whose size is reached with these hashes, which begin with leaf `first`.
    fn earlier(&mut self, candidates: &Candidates, first: u64, hashes: &[Hash]) {
        let reached = first + hashes.len() as u64;
        let due = |earlier: &mut Earlier| earlier.checkpoint.size > 0 && earlier.checkpoint.size <= reached;
        let due: Vec<Earlier> = self.earlier.extract_if(.., due).collect();
        for earlier in due {
            let more = usize::try_from(earlier.checkpoint.size - first).expect("at most a tile's width");
            if candidates.root_after(&hashes[..more]) != earlier.checkpoint.root {
                self.differs(earlier.path(), Some(earlier.checkpoint.size), What::AnotherHistory);
            } else if earlier.change.is_none() {
                self.report.earlier += 1;
            }
        }
    }

    /// The hashes of the leaves of a bundle, each of which is read.
    fn leaves(
        &mut self,
        bundle: &Tile,
        first: u64,
        seen: &mut impl FnMut(u64, &Leaf),
    ) -> Result<Option<Vec<Hash>>, Unchecked> {
        let Some(bytes) = self.files.tile(bundle)? else {
            self.differs(bundle.to_string(), None, What::Missing);
            return Ok(None);
        };
        let Ok(entries) = bundle.entries(&bytes) else {
            self.differs(bundle.to_string(), None, What::Altered);
            return Ok(None);
        };
        let mut hashes = Vec::with_capacity(entries.len());
        for (index, entry) in (first..).zip(entries) {
            hashes.push(leaf_hash(entry));
            match Leaf::decode(entry) {
                Ok(leaf) => {
                    self.report.leaves += 1;
                    if let Some(named) = Named::of(self.keys.log.given().name(), &leaf) {
                        self.named.push((index, named));
                    }
                    seen(index, &leaf);
                }
                Err(LeafError::UnknownVersion(_)) => self.report.later += 1,
                Err(_) => self.differs(bundle.to_string(), Some(index), What::NotALeaf),
            }
        }
        self.report.files += 1;
        Ok(Some(hashes))
    }

    /// Each change of the log's key that a leaf names must be proven, or be a repetition; the newest may be just on its way.
    fn changes(&mut self, newest: &Note) {
        let named = std::mem::take(&mut self.named);
        for (place, (leaf, keys)) in named.iter().enumerate() {
            let proven = |change: &KeyChange| change.leaf == *leaf && change.keys == *keys;
            let repeats = named[..place].iter().any(|(_, earlier)| earlier == keys);
            let signed = |key| Checkpoint::verify(newest, key, &[]).is_ok();
            // Only the key in force may vouch on its way, and only beyond the last change: another could be one that was stolen since.
            let joins = match self.keys.log.changes().last() {
                Some(last) => last.keys.after == keys.before && last.checkpoint.size <= *leaf,
                None => [&keys.before, &keys.after].contains(&self.keys.log.given()),
            };
            let on_its_way = joins && signed(&keys.before) && signed(&keys.after);
            let path = keys::path(*leaf);
            let told = self.report.differences.iter().any(|difference| difference.path == path);
            if !repeats && !on_its_way && !told && !self.keys.log.changes().iter().any(proven) {
                self.differs(path, None, What::NotVouchedFor);
            }
        }
    }

    /// The hashes of a tile of the lowest row.
    fn hashes(&mut self, tile: &Tile) -> Result<Option<Vec<Hash>>, Unchecked> {
        let Some(bytes) = self.files.tile(tile)? else {
            self.differs(tile.to_string(), None, What::Missing);
            return Ok(None);
        };
        let Ok(hashes) = tile.hashes(&bytes) else {
            self.differs(tile.to_string(), None, What::Altered);
            return Ok(None);
        };
        self.report.files += 1;
        Ok(Some(hashes.to_vec()))
    }

    /// Compares a tile above the lowest row with what it should be, by the tiles or by the leaves.
    fn upper(&mut self, tile: &Tile, wanted: &[Vec<u8>]) -> Result<(), Unchecked> {
        match self.files.tile(tile)? {
            None => self.differs(tile.to_string(), None, What::Missing),
            Some(bytes) if wanted.contains(&bytes) => self.report.files += 1,
            Some(_) => self.differs(tile.to_string(), None, What::Altered),
        }
        Ok(())
    }

    /// Whether a file that is there belongs there. An older partial tile must be the beginning of the one that took its place.
    fn place(&mut self, path: &str, size: u64) -> Result<(), Unchecked> {
        if !self.files.is_plain(path) {
            self.differs(path, None, What::Surplus);
            return Ok(());
        }
        if path == CHECKPOINT {
            self.report.files += 1;
            return Ok(());
        }
        if self
            .keys
            .log
            .changes()
            .iter()
            .any(|change| keys::path(change.leaf) == path)
        {
            self.report.files += 1;
            return Ok(());
        }
        if path.starts_with(FOLDER) && self.report.differences.iter().any(|told| told.path == path) {
            return Ok(());
        }
        let Ok(tile) = path.parse::<Tile>() else {
            self.differs(path, None, What::Surplus);
            return Ok(());
        };
        match Tile::at(tile.row, tile.index, size) {
            Some(due) if due == tile => Ok(()),
            Some(due) if due.width > tile.width => self.older(&tile, &due),
            _ if matches!(tile.row, Row::Hashes(8..)) => {
                self.differs(path, None, What::Surplus);
                Ok(())
            }
            _ => {
                self.differs(path, None, What::Later);
                Ok(())
            }
        }
    }

    fn older(&mut self, tile: &Tile, due: &Tile) -> Result<(), Unchecked> {
        let (Some(old), Some(now)) = (self.files.tile(tile)?, self.files.tile(due)?) else {
            // That the later one is missing was told already.
            return Ok(());
        };
        let whole = match tile.row {
            Row::Hashes(_) => tile.hashes(&old).is_ok(),
            Row::Entries => tile.entries(&old).is_ok(),
        };
        if whole && now.starts_with(&old) {
            self.report.files += 1;
        } else {
            self.differs(tile.to_string(), None, What::Altered);
        }
        Ok(())
    }
}
