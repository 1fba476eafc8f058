//! Draining the spool: what was acknowledged while the database was away goes into it, oldest first.
//!
//! Files first, so that they are there when their message is recorded; then the posts of the oldest segment; and only when the
//! database has all of them does the segment go. A crash in between does some of it again, which changes nothing.

use super::accept::put;
use super::door::IntakeDoor;
use super::early;
use crate::Flow;
use crate::background::Step;
use crate::context::Unavailable;
use futures_util::stream::{self, StreamExt, TryStreamExt};

/// How many posts wait for the writer at a time; it groups them.
const SIDE_BY_SIDE: usize = 512;

/// Moves the oldest segment, or finds that there is none.
pub(crate) async fn step(flow: Flow) -> Result<Step, Unavailable> {
    let Some(door) = flow.intake() else {
        return Ok(Step::Idle);
    };
    early::hand_over(&flow, door).await?;
    let Some(oldest) = door.spool().oldest().await? else {
        if door.is_spooling() {
            probe(&flow, door).await?;
        }
        return Ok(Step::Idle);
    };
    let mut refused = Vec::new();
    let mut moved = 0_u64;
    {
        let posts = oldest
            .posts
            .clone()
            .into_iter()
            .map(|post| (flow.store().clone(), post));
        let mut kept = stream::iter(posts)
            .map(|(store, post)| async move { put(&store, &post).await.map(|kept| (post, kept)) })
            .buffered(SIDE_BY_SIDE);
        while let Some((post, kept)) = kept.try_next().await? {
            // The database answers: new posts may go to it, while older ones still follow.
            door.spools(false);
            moved += 1;
            if !kept {
                refused.push(post);
            }
        }
    }
    door.spool().done(oldest, refused).await?;
    metrics::counter!("counterfoil_spool_drained_total").increment(moved);
    tracing::info!(posts = moved, "posts went from the spool into the database");
    Ok(Step::More)
}

/// Whether the database answers again, when nothing waits in the spool.
async fn probe(flow: &Flow, door: &IntakeDoor) -> Result<(), Unavailable> {
    flow.store().event_head().await?;
    door.spools(false);
    Ok(())
}

impl From<counterfoil_store::SpoolError> for Unavailable {
    fn from(error: counterfoil_store::SpoolError) -> Self {
        Self(Box::new(error))
    }
}
