//! Tiles: the tree and its entries cut into files that never change once they are full.
//!
//! The sequencer writes them as the tree grows; auditors and `verify` read them. Knows names and bytes, and leaves
//! reading and writing to its callers.
//!
//! Format: `docs/formats/checkpoint-and-tiles.md`. Source: C2SP tlog-tiles v0.1.0, read 2026-11-22.

use std::fmt;
use std::str::FromStr;

use crate::Hash;
use crate::proof::Node;
use crate::tree::{self, Frontier, leaf_hash};

/// How many hashes or entries a full tile has.
pub const TILE_WIDTH: u16 = 256;

/// The highest level of a hash tile; a tree of 2^64 entries needs no more than 7.
const LEVEL_MAX: u8 = 63;

/// What a tile is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Row {
    /// Entries: an entry bundle.
    Entries,
    /// Hashes of subtrees with 256^level entries.
    Hashes(u8),
}

impl Row {
    /// How many of its hashes or entries a tree of that size has.
    const fn count(self, size: u64) -> u64 {
        match self {
            Self::Entries => size,
            Self::Hashes(level) if level < 8 => size >> (8 * level),
            Self::Hashes(_) => 0,
        }
    }
}

/// One tile, full or partial. Its text form is its path under the log's prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// What it is made of.
    pub row: Row,
    /// Its place in the row.
    pub index: u64,
    /// How many it has: 1 to 256.
    pub width: u16,
}

impl Tile {
    /// The tile of that row and place as a tree of `size` entries has it; none when the tree does not reach there.
    pub fn at(row: Row, index: u64, size: u64) -> Option<Self> {
        let before = index.checked_mul(u64::from(TILE_WIDTH))?;
        let left = row.count(size).checked_sub(before).filter(|left| *left > 0)?;
        Some(Self {
            row,
            index,
            width: u16::try_from(left).map_or(TILE_WIDTH, |left| left.min(TILE_WIDTH)),
        })
    }

    /// The tile that a perfect subtree's hash follows from, as a tree of `size` entries has it.
    pub fn of(node: Node, size: u64) -> Option<Self> {
        let (level, first) = tile_place(node)?;
        Self::at(Row::Hashes(level), first / u64::from(TILE_WIDTH), size)
    }

    /// The hash of a perfect subtree, from the bytes of its tile (see [`Tile::of`]).
    pub fn hash_of(&self, node: Node, bytes: &[u8]) -> Option<Hash> {
        let (level, first) = tile_place(node)?;
        if self.row != Row::Hashes(level) || first / u64::from(TILE_WIDTH) != self.index {
            return None;
        }
        let start = usize::try_from(first % u64::from(TILE_WIDTH)).ok()?;
        let hashes = self.hashes(bytes).ok()?;
        hashes.get(start..start + (1 << (node.level % 8))).map(tree::root)
    }

    /// The tiles of a row that a growth from one size to another writes: those filled, then the partial one at the end.
    pub fn grown(row: Row, from: u64, to: u64) -> impl Iterator<Item = Self> {
        let width = u64::from(TILE_WIDTH);
        let (from, count) = (row.count(from), row.count(to));
        let indices = if from < count {
            from / width..count.div_ceil(width)
        } else {
            0..0
        };
        indices.filter_map(move |index| Self::at(row, index, to))
    }

    /// Whether it has all that it can have, and so will never change.
    pub const fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The hashes in a hash tile's bytes.
    ///
    /// # Errors
    /// [`TileError::WrongLength`].
    pub fn hashes<'b>(&self, bytes: &'b [u8]) -> Result<&'b [Hash], TileError> {
        match bytes.as_chunks() {
            (hashes, []) if hashes.len() == usize::from(self.width) => Ok(hashes),
            _ => Err(TileError::WrongLength(*self)),
        }
    }

    /// The entries in an entry bundle's bytes.
    ///
    /// # Errors
    /// [`TileError::WrongLength`] when there are more or fewer than the width says.
    pub fn entries<'b>(&self, bytes: &'b [u8]) -> Result<Vec<&'b [u8]>, TileError> {
        let mut entries = Vec::with_capacity(usize::from(self.width));
        let mut rest = bytes;
        while !rest.is_empty() {
            let (length, after) = rest.split_first_chunk().ok_or(TileError::WrongLength(*self))?;
            let length = usize::from(u16::from_be_bytes(*length));
            let (entry, after) = after.split_at_checked(length).ok_or(TileError::WrongLength(*self))?;
            entries.push(entry);
            rest = after;
        }
        if entries.len() == usize::from(self.width) {
            Ok(entries)
        } else {
            Err(TileError::WrongLength(*self))
        }
    }
}

/// The level of hash tiles on which a perfect subtree lies, and the first of the hashes there that it covers.
fn tile_place(node: Node) -> Option<(u8, u64)> {
    let above = node.level % 8;
    let first = node.index.checked_mul(1 << above)?;
    Some((node.level / 8, first))
}

/// The bytes of an entry bundle.
///
/// # Errors
/// [`TileError::EntryTooLong`] when an entry has more than 65,535 bytes.
pub fn bundle<E: AsRef<[u8]>>(entries: impl IntoIterator<Item = E>) -> Result<Vec<u8>, TileError> {
    let mut bytes = Vec::new();
    for entry in entries {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| TileError::EntryTooLong)?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// The path under the log's prefix, such as `tile/0/x001/x234/067` or `tile/entries/273.p/112`.
impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            Row::Entries => write!(f, "tile/entries")?,
            Row::Hashes(level) => write!(f, "tile/{level}")?,
        }
        // Groups of three digits; 2^64 has seven of them.
        let groups = (1..7)
            .rev()
            .map(|group| self.index / 1000_u64.pow(group))
            .filter(|above| *above > 0);
        for above in groups {
            write!(f, "/x{:03}", above % 1000)?;
        }
        write!(f, "/{:03}", self.index % 1000)?;
        if self.is_full() {
            Ok(())
        } else {
            write!(f, ".p/{}", self.width)
        }
    }
}

impl FromStr for Tile {
    type Err = TileError;

    fn from_str(path: &str) -> Result<Self, TileError> {
        // Reads a little more than is allowed; there is one path for a tile, so writing it again tells.
        let tile = read_path(path).ok_or(TileError::NotAPath)?;
        if tile.to_string() == path {
            Ok(tile)
        } else {
            Err(TileError::NotAPath)
        }
    }
}

fn read_path(path: &str) -> Option<Tile> {
    let (row, place) = path.strip_prefix("tile/")?.split_once('/')?;
    let row = match row {
        "entries" => Row::Entries,
        level => Row::Hashes(level.parse().ok().filter(|level| *level <= LEVEL_MAX)?),
    };
    let (groups, width) = match place.split_once(".p/") {
        Some((groups, width)) => (
            groups,
            width.parse().ok().filter(|width| (1..TILE_WIDTH).contains(width))?,
        ),
        None => (place, TILE_WIDTH),
    };
    let mut index: u64 = 0;
    for group in groups.split('/') {
        let digits: u64 = group.strip_prefix('x').unwrap_or(group).parse().ok()?;
        index = index.checked_mul(1000)?.checked_add(digits)?;
    }
    Some(Tile { row, index, width })
}

/// The right edge of the hash tiles: the partial tile of each level. What the sequencer keeps to grow a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    rows: Vec<Vec<Hash>>,
}

impl Edge {
    /// The partial tiles that the edge of a tree of `size` entries is made of.
    pub fn tiles(size: u64) -> Vec<Tile> {
        let width = u64::from(TILE_WIDTH);
        let last = |level| {
            let row = Row::Hashes(level);
            Tile::at(row, row.count(size) / width, size)
        };
        (0..8).filter_map(last).collect()
    }

    /// The edge of a tree of `size` entries, from its stored tiles. Whether it is the right one only its root can tell.
    ///
    /// # Errors
    /// [`TileError::Missing`] or [`TileError::WrongLength`].
    pub fn read(size: u64, mut read: impl FnMut(&Tile) -> Option<Vec<u8>>) -> Result<Self, TileError> {
        let mut edge = Self { size, rows: Vec::new() };
        for tile in Self::tiles(size) {
            let bytes = read(&tile).ok_or(TileError::Missing(tile))?;
            edge.row(tile.row).extend_from_slice(tile.hashes(&bytes)?);
        }
        Ok(edge)
    }

    /// How many entries the tree has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The frontier of the tree.
    pub fn frontier(&self) -> Frontier {
        let mut whole = Frontier::default();
        for (level, row) in self.rows.iter().enumerate().rev() {
            let mut part = Frontier::default();
            part.extend(row);
            whole.beside((row.len() as u64) << (8 * level), part);
        }
        whole
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        self.frontier().root()
    }

    /// Puts leaf hashes at the end and gives every hash tile to be written for it: those that filled up, lower ones
    /// before those that build on them, then the partial ones that changed.
    pub fn grow(&mut self, leaf_hashes: &[Hash]) -> Vec<(Tile, Vec<u8>)> {
        let from = self.size;
        let mut written = Vec::new();
        self.absorb(leaf_hashes, &mut |tile, hashes| {
            written.push((tile, hashes.as_flattened().to_vec()))
        });
        let changed = |tile: &Tile| tile.row.count(from) < tile.row.count(self.size);
        written.extend(self.partial().filter(|(tile, _)| changed(tile)));
        written
    }

    /// The partial tiles with their bytes.
    fn partial(&self) -> impl Iterator<Item = (Tile, Vec<u8>)> {
        let rows = Self::tiles(self.size)
            .into_iter()
            .zip(self.rows.iter().filter(|row| !row.is_empty()));
        rows.map(|(tile, row)| (tile, row.as_flattened().to_vec()))
    }

    /// Puts leaf hashes at the end; `filled` sees each tile that fills up.
    fn absorb(&mut self, leaf_hashes: &[Hash], filled: &mut impl FnMut(Tile, &[Hash])) {
        for leaf_hash in leaf_hashes {
            self.size += 1;
            let mut hash = *leaf_hash;
            for level in 0.. {
                let row = self.row(Row::Hashes(level));
                row.push(hash);
                if row.len() < usize::from(TILE_WIDTH) {
                    break;
                }
                let full = std::mem::replace(row, Vec::with_capacity(usize::from(TILE_WIDTH)));
                let index = (self.size >> (8 * (level + 1))) - 1;
                filled(
                    Tile {
                        row: Row::Hashes(level),
                        index,
                        width: TILE_WIDTH,
                    },
                    &full,
                );
                hash = tree::root(&full);
            }
        }
    }

    fn row(&mut self, row: Row) -> &mut Vec<Hash> {
        let level = match row {
            Row::Entries => 0,
            Row::Hashes(level) => usize::from(level),
        };
        if self.rows.len() <= level {
            self.rows
                .resize_with(level + 1, || Vec::with_capacity(usize::from(TILE_WIDTH)));
        }
        &mut self.rows[level]
    }
}

/// Computes the root of a tree anew from its hash tiles, all of them: each upper tile must be what the tiles below it
/// make. Reads a tile at a time.
///
/// # Errors
/// [`TileError::Missing`], [`TileError::WrongLength`], or [`TileError::Differs`] for the first tile that is wrong.
pub fn check_tiles(size: u64, mut read: impl FnMut(&Tile) -> Option<Vec<u8>>) -> Result<Hash, TileError> {
    let mut edge = Edge::default();
    for tile in Tile::grown(Row::Hashes(0), 0, size) {
        let bytes = read(&tile).ok_or(TileError::Missing(tile))?;
        let mut full = Vec::new();
        edge.absorb(tile.hashes(&bytes)?, &mut |tile, hashes| {
            full.push((tile, hashes.as_flattened().to_vec()))
        });
        for (tile, expected) in full {
            check_upper(tile, &expected, &mut read)?;
        }
    }
    for (tile, expected) in edge.partial() {
        check_upper(tile, &expected, &mut read)?;
    }
    Ok(edge.root())
}

fn check_upper(tile: Tile, expected: &[u8], read: &mut impl FnMut(&Tile) -> Option<Vec<u8>>) -> Result<(), TileError> {
    if tile.row == Row::Hashes(0) {
        return Ok(());
    }
    let found = read(&tile).ok_or(TileError::Missing(tile))?;
    if found == expected {
        Ok(())
    } else {
        Err(TileError::Differs(tile))
    }
}

/// Checks that the entry bundles of a tree are what its lowest hash tiles say. Reads a bundle at a time.
///
/// # Errors
/// [`TileError::Missing`], [`TileError::WrongLength`], or [`TileError::Differs`] for the first bundle that is wrong.
pub fn check_entries(size: u64, mut read: impl FnMut(&Tile) -> Option<Vec<u8>>) -> Result<(), TileError> {
    for tile in Tile::grown(Row::Entries, 0, size) {
        let entries = read(&tile).ok_or(TileError::Missing(tile))?;
        let below = Tile {
            row: Row::Hashes(0),
            ..tile
        };
        let hashes = read(&below).ok_or(TileError::Missing(below))?;
        let pairs = tile.entries(&entries)?.into_iter().zip(below.hashes(&hashes)?);
        if pairs.into_iter().any(|(entry, hash)| leaf_hash(entry) != *hash) {
            return Err(TileError::Differs(tile));
        }
    }
    Ok(())
}

/// Why a tile is not read or not right.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TileError {
    /// The path is not that of a tile.
    #[error("not the path of a tile")]
    NotAPath,
    /// The tile could not be had.
    #[error("{0} is missing")]
    Missing(Tile),
    /// The tile has more or less in it than it should.
    #[error("{0} has another length than it should")]
    WrongLength(Tile),
    /// The tile says something else than the tiles that it must agree with.
    #[error("{0} does not agree with the tiles below it")]
    Differs(Tile),
    /// An entry has more than 65,535 bytes.
    #[error("an entry is too long for a bundle")]
    EntryTooLong,
}
