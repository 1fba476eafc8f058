//! One node among others: which of them does what only one may do at a time, and which of them live.
//!
//! Nodes share the two databases and the blob store and nothing else. Nothing here knows what a node does with its lead.

pub(crate) mod alive;
pub(crate) mod lead;

use crate::Flow;
use crate::context::Unavailable;
pub use counterfoil_vault::Node;

/// All nodes of this installation that have a lease row, by the time they started. A row goes when its node stops in order, else a day
/// after its lease ran out.
///
/// # Errors
/// [`Unavailable`].
pub async fn nodes(flow: &Flow) -> Result<Vec<Node>, Unavailable> {
    Ok(flow.vault().nodes().await?)
}
