//! The tree as it is made anew: by the lowest hash tiles, and by the leaves too once the two disagree. The root tells which of them is right.

use counterfoil_ledger::Hash;
use counterfoil_ledger::tile::{Edge, Tile};

/// The tree by its tiles, and by its leaves where they say something else.
#[derive(Default)]
pub(super) struct Candidates {
    by_tiles: Edge,
    by_leaves: Option<Edge>,
}

impl Candidates {
    /// Puts the hashes of one tile at the end. Gives each tile of the tree that came to be, with the one or two things that may be in it.
    pub(super) fn grow(&mut self, tile: &[Hash], leaves: &[Hash]) -> Vec<(Tile, Vec<Vec<u8>>)> {
        if self.by_leaves.is_none() && tile != leaves {
            self.by_leaves = Some(self.by_tiles.clone());
        }
        let mut grown: Vec<(Tile, Vec<Vec<u8>>)> = self
            .by_tiles
            .grow(tile)
            .into_iter()
            .map(|(tile, bytes)| (tile, vec![bytes]))
            .collect();
        if let Some(by_leaves) = &mut self.by_leaves {
            // The same number of hashes makes the same tiles in the same order.
            for ((_, may_be), (_, bytes)) in grown.iter_mut().zip(by_leaves.grow(leaves)) {
                may_be.push(bytes);
            }
        }
        grown
    }

    /// The root that the tree by its tiles would have with these hashes at its end.
    pub(super) fn root_after(&self, hashes: &[Hash]) -> Hash {
        let mut edge = self.by_tiles.clone();
        edge.grow(hashes);
        edge.root()
    }

    pub(super) fn root_by_tiles(&self) -> Hash {
        self.by_tiles.root()
    }

    pub(super) fn root_by_leaves(&self) -> Hash {
        self.by_leaves.as_ref().unwrap_or(&self.by_tiles).root()
    }
}
