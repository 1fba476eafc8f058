//! Putting the log back where it was lost with its place: tiles, mirror and the vault's head, made anew from rows that were brought from a backup.
//!
//! Only for a new place. Where a mirror is, the sequencer goes on from it, and nothing here touches that.

use super::sequence::LogFault;
use super::{away, key_change, sign, tiles};
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_ledger::Hash;
use counterfoil_ledger::tile::Edge;

/// The name of the mirrored checkpoint: where there is one, a log is.
pub const MIRROR: &str = sign::MIRROR;

/// Makes tiles, mirror and the vault's head anew, up to the newest checkpoint that the rows have.
///
/// # Errors
/// [`Unavailable`], also when the leaves do not give the root that was signed.
pub async fn put_back(flow: &Flow) -> Result<(), Unavailable> {
    let Some(row) = flow.store().checkpoint_latest().await? else {
        return Ok(());
    };
    let signed = sign::read(flow, row.note.as_bytes()).await?.map_err(away)?;
    let mut edge = Edge::default();
    tiles::grow(flow, &mut edge, signed.size).await?;
    if edge.root() != signed.root {
        return Err(LogFault::Forked { size: signed.size }.into());
    }
    flow.blobs().put(MIRROR, row.note.into_bytes()).await?;
    key_change::put_back(flow).await?;
    flow.vault().head_put(signed.size, signed.root).await.map_err(away)
}

/// The root of the log's first `size` entries, as the leaves in the database give it; `None` when there are not as many.
///
/// # Errors
/// [`Unavailable`] when they cannot be read.
pub async fn root_at(flow: &Flow, size: u64) -> Result<Option<Hash>, Unavailable> {
    let head = flow.store().log_head().await.map_err(away)?;
    if u64::try_from(head.size).map_err(away)? < size {
        return Ok(None);
    }
    Ok(Some(tiles::grown(flow, Edge::default(), size).await?.root()))
}
