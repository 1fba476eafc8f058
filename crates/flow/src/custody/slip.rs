//! The slip of one item: its life, from leaves alone, with the proof of each against the newest checkpoint.
//!
//! ```text
//! newest checkpoint ─► the item's first leaf ─► every leaf after it that belongs to its trail ─► proofs from tiles ─► checked ─► slip
//! ```
//!
//! The rows of the item are not asked, so it makes no difference whether they are still there. Opens nothing sealed, writes nothing, and
//! hands out no slip that it has not checked as a stranger would.
//!
//! Format: `docs/formats/slip.md`.

use super::{away, sign, tiles};
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_ledger::leaf::Leaf;
use counterfoil_ledger::life::{Life, Trail};
use counterfoil_ledger::note::{Note, VerifierKey};
use counterfoil_ledger::proof::{Node, inclusion, inclusion_nodes};
use counterfoil_ledger::slip::{LEAVES_MAX, ProvenLeaf, Slip};
use counterfoil_ledger::tile::Tile;
use counterfoil_ledger::{Hash, Id};
use std::collections::HashMap;

/// Leaves per page.
const PAGE: u64 = 4_096;

/// A slip, and what it tells.
#[derive(Debug)]
pub struct SlipMade {
    /// The slip.
    pub slip: Slip,
    /// Its leaves, read and proven.
    pub life: Life,
    /// The key that a stranger checks it with.
    pub key: VerifierKey,
    /// How many more leaves of the item are there and not signed yet: the next slip has them.
    pub unsigned: u64,
}

/// Why there is no slip.
#[derive(Debug, thiserror::Error)]
pub enum SlipRefusal {
    /// No leaf tells of it.
    #[error("the log knows nothing of that id")]
    NotFound,
    /// Its first leaf is there and not signed yet.
    #[error("it is recorded and not signed yet: try again in a moment, while a server runs")]
    NotSigned,
    /// More leaves belong to it than a slip may hold.
    #[error("more than {LEAVES_MAX} leaves belong to it, too many for a slip: hand out the whole log")]
    TooLong,
    /// What is stored does not give the signed root.
    #[error("the stored log does not prove what was signed; run `counterfoil verify`")]
    NotProven(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Something did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Makes the slip of an item against the newest checkpoint.
///
/// # Errors
/// [`SlipRefusal`].
pub async fn slip(flow: &Flow, item: Id) -> Result<SlipMade, SlipRefusal> {
    let newest = flow.store().checkpoint_latest().await.map_err(Unavailable::from)?;
    let Some(first) = first(flow, item).await? else {
        let waiting = flow
            .store()
            .leaves_pending_of(&[item])
            .await
            .map_err(Unavailable::from)?;
        return Err(if waiting.is_empty() {
            SlipRefusal::NotFound
        } else {
            SlipRefusal::NotSigned
        });
    };
    let Some(newest) = newest else {
        return Err(SlipRefusal::NotSigned);
    };
    let damaged = |error: Box<dyn std::error::Error + Send + Sync>| SlipRefusal::NotProven(error);
    let keys = sign::Keys::now(flow).await?;
    let signed = keys
        .read(newest.note.as_bytes())
        .map_err(|error| damaged(error.into()))?;
    if first >= signed.size {
        return Err(SlipRefusal::NotSigned);
    }

    let head = flow.store().log_head().await.map_err(away)?;
    let reached = u64::try_from(head.size).map_err(away)?;
    let (entries, unsigned) = trail(flow, item, first, signed.size, reached).await?;
    let mut hashes = Hashes {
        flow,
        size: signed.size,
        reached: signed.size,
        tiles: HashMap::new(),
    };
    let mut leaves = Vec::with_capacity(entries.len());
    for (index, entry) in entries {
        let hashes = hashes.proof(index).await?;
        leaves.push(ProvenLeaf { index, entry, hashes });
    }
    let checkpoint = Note::parse(newest.note.as_bytes()).map_err(|error| damaged(error.into()))?;
    let key = keys
        .signer(&checkpoint)
        .cloned()
        .map_err(|error| damaged(error.into()))?;
    let slip = Slip {
        item,
        leaves,
        checkpoint,
    };
    let life = slip.verify(&key, &[]).map_err(|error| damaged(error.into()))?;
    Ok(SlipMade {
        slip,
        life,
        key,
        unsigned,
    })
}

/// One leaf of the log, with its proof against the tree of `size` entries; what is signed has come to `reached`.
pub(super) async fn prove(flow: &Flow, index: u64, size: u64, reached: u64) -> Result<ProvenLeaf, Unavailable> {
    let leaf = tiles::leaves(flow, index, index + 1).await?.pop();
    let mut hashes = Hashes {
        flow,
        size,
        reached,
        tiles: HashMap::new(),
    };
    let hashes = hashes.proof(index).await.map_err(away)?;
    Ok(ProvenLeaf {
        index,
        entry: leaf.map(|leaf| leaf.bytes).unwrap_or_default(),
        hashes,
    })
}

/// The number of the first leaf about an item.
async fn first(flow: &Flow, item: Id) -> Result<Option<u64>, Unavailable> {
    let numbers = flow.store().leaf_numbers_of(&[item]).await?;
    let first = numbers.first().map(|(_, number)| u64::try_from(*number));
    first.transpose().map_err(away)
}

/// The numbered leaves of the item's trail up to `size`, and how many more there are up to `reached`.
async fn trail(
    flow: &Flow,
    item: Id,
    first: u64,
    size: u64,
    reached: u64,
) -> Result<(Vec<(u64, Vec<u8>)>, u64), SlipRefusal> {
    let (mut trail, mut entries, mut unsigned) = (Trail::of(item), Vec::new(), 0);
    let mut from = first;
    while from < reached {
        let to = reached.min(from + PAGE);
        for (number, row) in (from..).zip(tiles::leaves(flow, from, to).await?) {
            let leaf = Leaf::decode(&row.bytes).map_err(|error| SlipRefusal::NotProven(error.into()))?;
            match (trail.takes(&leaf), number < size) {
                (false, _) => {}
                (true, false) => unsigned += 1,
                (true, true) if entries.len() == LEAVES_MAX => return Err(SlipRefusal::TooLong),
                (true, true) => entries.push((number, row.bytes)),
            }
        }
        from = to;
    }
    Ok((entries, unsigned))
}

/// The hashes of the signed tree, from its tiles; each tile is read once.
struct Hashes<'f> {
    flow: &'f Flow,
    size: u64,
    /// The size that the stored tiles have come to.
    reached: u64,
    tiles: HashMap<Tile, Vec<u8>>,
}

impl Hashes<'_> {
    async fn proof(&mut self, index: u64) -> Result<Vec<Hash>, SlipRefusal> {
        let wrong = |error| SlipRefusal::NotProven(Box::new(error));
        for node in inclusion_nodes(index, self.size).map_err(wrong)? {
            if let Some(tile) = Tile::of(node, self.size)
                && !self.tiles.contains_key(&tile)
                && let Some(bytes) = self.read(&tile).await?
            {
                self.tiles.insert(tile, bytes);
            }
        }
        let hash = |node: Node| {
            let tile = Tile::of(node, self.size)?;
            tile.hash_of(node, self.tiles.get(&tile)?)
        };
        inclusion(index, self.size, hash).map_err(wrong)
    }

    /// A tile as the signed size has it: itself, or the beginning of the later one that took its place.
    async fn read(&self, tile: &Tile) -> Result<Option<Vec<u8>>, Unavailable> {
        if let Some(bytes) = tiles::get(self.flow, tile).await? {
            return Ok(Some(bytes.to_vec()));
        }
        let bytes = tiles::later(self.flow, tile, self.reached).await?;
        let width = usize::from(tile.width) * size_of::<Hash>();
        Ok(bytes.and_then(|bytes| bytes.get(..width).map(<[u8]>::to_vec)))
    }
}
