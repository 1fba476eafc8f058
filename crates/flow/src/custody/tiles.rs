//! The log's tiles and entry bundles as objects, written as the tree grows and read again when a sequencer starts.
//!
//! A tile that is written again has the same bytes, so whatever broke off can be repeated. What an auditor may have been told of by a
//! checkpoint stays until the full tile is there.

use super::away;
use super::key_change::{Says, says};
use super::sequence::LogFault;
use crate::Flow;
use crate::context::Unavailable;
use bytes::Bytes;
use counterfoil_ledger::Hash;
use counterfoil_ledger::leaf::Leaf;
use counterfoil_ledger::tile::{Edge, Row, TILE_WIDTH, Tile, TileError, bundle};
use counterfoil_ledger::tree::{Frontier, leaf_hash};
use counterfoil_store::rows::LeafRow;
use std::collections::HashMap;
use std::ops::Range;

/// Leaves per page when the tree is grown; whole tiles.
const PAGE: u64 = 16 * TILE_WIDTH as u64;

/// Where a tile lies.
pub(super) fn path(tile: &Tile) -> String {
    format!("ledger/{tile}")
}

/// The bytes of a tile, if it is there.
pub(super) async fn get(flow: &Flow, tile: &Tile) -> Result<Option<Bytes>, Unavailable> {
    flow.blobs().get(&path(tile)).await.map_err(away)
}

/// Grows `edge` to `size` from the leaves in the database, writing bundles and tiles on the way; when it returns all are durable. What the
/// leaves say of changes of the log's key, and the first that is strange.
pub(super) async fn grow(flow: &Flow, edge: &mut Edge, size: u64) -> Result<(bool, Option<u64>), Unavailable> {
    let (mut changes, mut strange) = (false, None);
    while edge.size() < size {
        let from = edge.size();
        let to = size.min(from - from % PAGE + PAGE);
        // The last bundle so far is written anew with what it had.
        let start = from - from % u64::from(TILE_WIDTH);
        let rows = leaves(flow, start, to).await?;
        for tile in Tile::grown(Row::Entries, from, to) {
            let first = index(tile.index * u64::from(TILE_WIDTH) - start)?;
            let entries = rows[first..first + usize::from(tile.width)]
                .iter()
                .map(|row| &row.bytes);
            let bytes = bundle(entries).map_err(away)?;
            put(flow, &tile, bytes).await?;
        }
        let new = &rows[index(from - start)?..];
        for (number, row) in (from..).zip(new) {
            match says(flow, row) {
                Says::Nothing => {}
                Says::Change => changes = true,
                Says::Strange => strange = strange.or(Some(number)),
            }
        }
        let hashes: Vec<Hash> = new.iter().map(|row| row.hash).collect();
        let mut grown = edge.clone();
        for (tile, bytes) in grown.grow(&hashes) {
            put(flow, &tile, bytes).await?;
        }
        drop_partial(flow, from, to).await?;
        *edge = grown;
    }
    Ok((changes, strange))
}

/// The edge of the tree of `size` entries, from its tiles, or from the leaves when the tiles do not give `root`.
pub(super) async fn edge(flow: &Flow, size: u64, root: Hash) -> Result<Edge, Unavailable> {
    match stored_edge(flow, size, size).await? {
        Ok(edge) if edge.root() == root => return Ok(edge),
        _ => tracing::warn!("the stored tiles do not give the signed root; the tree is made anew from the leaves"),
    }
    // What lies in the store stays as it is for `verify` to find.
    let edge = grown(flow, Edge::default(), size).await?;
    if edge.root() == root {
        Ok(edge)
    } else {
        Err(LogFault::Forked { size }.into())
    }
}

/// An edge grown to `size` from the leaves in the database. Nothing is written.
pub(super) async fn grown(flow: &Flow, mut edge: Edge, size: u64) -> Result<Edge, Unavailable> {
    while edge.size() < size {
        let to = size.min(edge.size() + PAGE);
        let hashes: Vec<Hash> = leaves(flow, edge.size(), to)
            .await?
            .iter()
            .map(|row| row.hash)
            .collect();
        edge.grow(&hashes);
    }
    Ok(edge)
}

/// The edge of the tree at `size` as the stored tiles give it, which reach to `reached` or further.
pub(super) async fn stored_edge(flow: &Flow, size: u64, reached: u64) -> Result<Result<Edge, TileError>, Unavailable> {
    let mut found: HashMap<Tile, Vec<u8>> = HashMap::new();
    for tile in Edge::tiles(size) {
        let bytes = match get(flow, &tile).await? {
            Some(bytes) => Some(bytes),
            // A partial tile is the beginning of the later one that took its place.
            None => later(flow, &tile, reached).await?,
        };
        let width = usize::from(tile.width) * size_of::<Hash>();
        if let Some(bytes) = bytes.filter(|bytes| bytes.len() >= width) {
            found.insert(tile, bytes[..width].to_vec());
        }
    }
    Ok(Edge::read(size, |tile| found.remove(tile)))
}

/// The bytes of the tile that took the place of this partial one, in a log that reaches to `reached` or further.
pub(super) async fn later(flow: &Flow, tile: &Tile, reached: u64) -> Result<Option<Bytes>, Unavailable> {
    let full = Tile {
        width: TILE_WIDTH,
        ..*tile
    };
    for later in Tile::at(tile.row, tile.index, reached).into_iter().chain([full]) {
        if let Some(bytes) = get(flow, &later).await? {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

/// A frontier grown to `size` from the leaves in the database, as their bytes give it.
pub(super) async fn frontier(flow: &Flow, mut tree: Frontier, size: u64) -> Result<Frontier, Unavailable> {
    while tree.size() < size {
        let to = size.min(tree.size() + PAGE);
        for row in leaves(flow, tree.size(), to).await? {
            tree.append(leaf_hash(&row.bytes));
        }
    }
    Ok(tree)
}

/// Leaves by number, a page at a time.
pub(super) struct Pages(Range<u64>);

/// All of these leaves, which must be there.
pub(super) const fn each(numbers: Range<u64>) -> Pages {
    Pages(numbers)
}

impl Pages {
    /// The next page, without those that do not read; `None` after the last.
    pub(super) async fn next(&mut self, flow: &Flow) -> Result<Option<Vec<Leaf>>, Unavailable> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let to = self.0.end.min(self.0.start + PAGE);
        let rows = leaves(flow, self.0.start, to).await?;
        self.0.start = to;
        Ok(Some(
            rows.iter().filter_map(|row| Leaf::decode(&row.bytes).ok()).collect(),
        ))
    }
}

/// Leaves by number, all of them.
pub(super) async fn leaves(flow: &Flow, from: u64, to: u64) -> Result<Vec<LeafRow>, Unavailable> {
    let numbers = signed(from)?..signed(to)?;
    let rows = flow.store().leaves(numbers.clone()).await?;
    // Numbers are the primary key and come in order, so the right count means that none is missing.
    let whole = u64::try_from(rows.len()).is_ok_and(|count| count == to - from);
    if whole {
        Ok(rows)
    } else {
        Err(LogFault::LeavesMissing { from, to }.into())
    }
}

async fn put(flow: &Flow, tile: &Tile, bytes: Vec<u8>) -> Result<(), Unavailable> {
    flow.blobs().put(&path(tile), bytes).await.map_err(away)
}

/// Removes the partial tiles whose full tile was written when the tree grew.
async fn drop_partial(flow: &Flow, from: u64, to: u64) -> Result<(), Unavailable> {
    let rows = (0..8).map(Row::Hashes).chain([Row::Entries]);
    for row in rows {
        for full in Tile::grown(row, from, to).filter(Tile::is_full) {
            for name in flow.blobs().list(&format!("{}.p", path(&full))).await.map_err(away)? {
                flow.blobs().remove_orphan(&name).await.map_err(away)?;
            }
        }
    }
    Ok(())
}

pub(super) fn signed(number: u64) -> Result<i64, Unavailable> {
    i64::try_from(number).map_err(away)
}

fn index(number: u64) -> Result<usize, Unavailable> {
    usize::try_from(number).map_err(away)
}
