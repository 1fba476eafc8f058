//! Tiles and entry bundles as they lie in the store, compared with what the leaves make.
//!
//! What must be there is what the newest signed size has; older partial tiles may still be there and must then be the beginning of it.

use super::Run;
use super::report::What;
use crate::context::Unavailable;
use crate::custody::key_change::changes;
use crate::custody::sequence::LEAD;
use crate::custody::tiles::{get, path};
use crate::custody::{away, key_change, sign};
use bytes::Bytes;
use counterfoil_ledger::Hash;
use counterfoil_ledger::tile::{Edge, Row, TILE_WIDTH, Tile};
use counterfoil_ledger::tree::leaf_hash;
use std::collections::{BTreeMap, BTreeSet};

const WIDTH: u64 = TILE_WIDTH as u64;

/// The sizes between which tiles are there.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    /// The greatest size that was signed: its tiles must be there.
    pub(super) signed: u64,
    /// The size of the log: its tiles may be there already.
    pub(super) reached: u64,
}

/// A tile that must be there, as it is stored: itself, or the later one that took its place before that was signed.
struct Stored {
    tile: Tile,
    bytes: Option<Bytes>,
}

impl Stored {
    async fn read(run: &mut Run<'_>, row: Row, index: u64, sizes: Sizes) -> Result<Option<Self>, Unavailable> {
        let Some(tile) = Tile::at(row, index, sizes.signed) else {
            return Ok(None);
        };
        if let Some(bytes) = get(run.flow, &tile).await? {
            return Ok(Some(Self {
                tile,
                bytes: Some(bytes),
            }));
        }
        if let Some(later) = Tile::at(row, index, sizes.reached).filter(|later| *later != tile)
            && let Some(bytes) = get(run.flow, &later).await?
        {
            return Ok(Some(Self {
                tile: later,
                bytes: Some(bytes),
            }));
        }
        Ok(Some(Self { tile, bytes: None }))
    }

    fn hashes(&self) -> Option<&[Hash]> {
        self.tile.hashes(self.bytes.as_ref()?).ok()
    }

    fn entries(&self) -> Option<Vec<&[u8]>> {
        self.tile.entries(self.bytes.as_ref()?).ok()
    }

    /// Tells whether it is `right`.
    fn tell(&self, run: &mut Run<'_>, right: bool) {
        let what = match (&self.bytes, right) {
            (None, _) => What::Missing,
            (Some(_), false) => What::Altered,
            (Some(_), true) => {
                run.report.log.tiles += 1;
                return;
            }
        };
        tell(run, &self.tile, what);
    }
}

fn tell(run: &mut Run<'_>, tile: &Tile, what: What) {
    let one = if tile.row == Row::Entries {
        "entry bundle"
    } else {
        "tile"
    };
    run.differs(format!("{one} {tile} of the log"), "object", path(tile), None, what);
}

/// Up to 256 leaves that share a tile and a bundle.
pub(super) struct Group {
    pub(super) first: u64,
    pub(super) end: u64,
    tile: Option<Stored>,
    bundle: Option<Stored>,
}

impl Group {
    /// The group that begins with leaf `first`, a multiple of 256.
    pub(super) async fn read(run: &mut Run<'_>, first: u64, sizes: Sizes) -> Result<Self, Unavailable> {
        Ok(Self {
            first,
            end: sizes.reached.min(first + WIDTH),
            tile: Stored::read(run, Row::Hashes(0), first / WIDTH, sizes).await?,
            bundle: Stored::read(run, Row::Entries, first / WIDTH, sizes).await?,
        })
    }

    /// The hashes that the objects tell: the tile's, and where it has none the bundle's.
    pub(super) fn told(&self) -> Vec<Hash> {
        let mut told = self
            .tile
            .as_ref()
            .and_then(Stored::hashes)
            .map(<[Hash]>::to_vec)
            .unwrap_or_default();
        let entries = self.bundle.as_ref().and_then(Stored::entries).unwrap_or_default();
        told.extend(entries.iter().skip(told.len()).map(|entry| leaf_hash(entry)));
        told
    }

    /// Compares both objects with the hashes that go into the tree.
    pub(super) fn compare(&self, run: &mut Run<'_>, hashes: &[Hash]) {
        if let Some(tile) = &self.tile {
            tile.tell(run, tile.hashes().is_some_and(|told| hashes.starts_with(told)));
        }
        if let Some(bundle) = &self.bundle {
            let own = |entries: Vec<&[u8]>| {
                entries
                    .iter()
                    .zip(hashes)
                    .all(|(entry, hash)| leaf_hash(entry) == *hash)
            };
            bundle.tell(run, bundle.entries().is_some_and(own));
        }
    }
}

/// The tiles above the lowest, as the tree grows.
pub(super) struct Uppers {
    sizes: Sizes,
    /// The newest tile of each row.
    newest: BTreeMap<Row, (Tile, Vec<u8>)>,
    finished: bool,
}

impl Uppers {
    pub(super) fn new(sizes: Sizes) -> Self {
        Self {
            sizes,
            newest: BTreeMap::new(),
            finished: false,
        }
    }

    /// Compares what a group of leaves made of the rows above, now that the tree has `size` leaves.
    pub(super) async fn compare(
        &mut self,
        run: &mut Run<'_>,
        size: u64,
        grown: Vec<(Tile, Vec<u8>)>,
    ) -> Result<(), Unavailable> {
        for (tile, bytes) in grown.into_iter().filter(|(tile, _)| tile.row > Row::Hashes(0)) {
            let due = Tile::at(tile.row, tile.index, self.sizes.signed) == Some(tile);
            if tile.is_full() && due {
                self.one(run, &tile, &bytes).await?;
            }
            self.newest.insert(tile.row, (tile, bytes));
        }
        // Rows above the lowest change only with whole groups, so this is how they were when it was signed.
        if !self.finished && size / WIDTH >= self.sizes.signed / WIDTH {
            self.finished = true;
            for tile in Edge::tiles(self.sizes.signed)
                .into_iter()
                .filter(|tile| tile.row > Row::Hashes(0))
            {
                if let Some((_, bytes)) = self
                    .newest
                    .get(&tile.row)
                    .filter(|(newest, _)| *newest == tile)
                    .cloned()
                {
                    self.one(run, &tile, &bytes).await?;
                }
            }
        }
        Ok(())
    }

    async fn one(&self, run: &mut Run<'_>, tile: &Tile, bytes: &[u8]) -> Result<(), Unavailable> {
        if let Some(stored) = Stored::read(run, tile.row, tile.index, self.sizes).await? {
            stored.tell(
                run,
                stored.bytes.as_ref().is_some_and(|stored| stored.starts_with(bytes)),
            );
        }
        Ok(())
    }
}

/// Looks at every other object of the log: older partial tiles must be the beginning of those that took their place, and nothing else may be
/// there.
pub(super) async fn others(run: &mut Run<'_>, sizes: Sizes) -> Result<(), Unavailable> {
    let mut now = None;
    let names = run.flow.blobs().list("ledger").await.map_err(away)?;
    // A change is numbered before its proof is put there, so none that is listed is missed.
    let proofs: BTreeSet<String> = changes(run.flow)
        .await?
        .iter()
        .map(|(leaf, _)| key_change::path(leaf))
        .collect();
    for name in names {
        if name == sign::MIRROR {
            continue;
        }
        let Some(tile) = name.strip_prefix("ledger/").and_then(|tile| tile.parse::<Tile>().ok()) else {
            // What is wrong with the proof of a change is told where the keys are.
            if proofs.contains(&name) {
                continue;
            }
            run.differs(format!("object {name}"), "object", name.clone(), None, What::Surplus);
            continue;
        };
        match Tile::at(tile.row, tile.index, sizes.signed) {
            Some(due) if due == tile => {}
            Some(due) if due.width > tile.width => older(run, &tile, due, sizes).await?,
            // Written for a size that is not signed yet: the next pass writes it again, or a pass since we began wrote it.
            _ => {
                let reached = match now {
                    Some(reached) => reached,
                    None => *now.insert(reached(run).await?),
                };
                if Tile::at(tile.row, tile.index, reached).is_none_or(|last| last.width < tile.width) {
                    tell(run, &tile, What::Surplus);
                }
            }
        }
    }
    Ok(())
}

async fn older(run: &mut Run<'_>, tile: &Tile, due: Tile, sizes: Sizes) -> Result<(), Unavailable> {
    let Some(later) = Stored::read(run, due.row, due.index, sizes).await? else {
        return Ok(());
    };
    // It may have been removed since it was listed.
    let Some(bytes) = get(run.flow, tile).await? else {
        return Ok(());
    };
    let old = Stored {
        tile: *tile,
        bytes: Some(bytes),
    };
    let right = match tile.row {
        Row::Hashes(_) => old
            .hashes()
            .zip(later.hashes())
            .is_some_and(|(old, later)| later.starts_with(old)),
        Row::Entries => old
            .entries()
            .zip(later.entries())
            .is_some_and(|(old, later)| later.starts_with(&old)),
    };
    // When the later one is missing or altered, that is told already, and there is nothing to compare with.
    let comparable = later.hashes().is_some() || later.entries().is_some();
    if comparable {
        old.tell(run, right);
    }
    Ok(())
}

/// How many leaves there are now.
async fn reached(run: &Run<'_>) -> Result<u64, Unavailable> {
    let scan = run.flow.store().log_scan(LEAD).await?;
    Ok(scan.and_then(|scan| u64::try_from(scan.leaves).ok()).unwrap_or(0))
}
