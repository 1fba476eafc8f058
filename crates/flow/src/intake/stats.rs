//! What came in, counted by kind: every item is accounted for.

use crate::Flow;
use crate::context::Unavailable;
use counterfoil_store::rows::ItemOutcome;
use serde::Serialize;
use std::collections::BTreeMap;

/// What became of the items of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct KindCount {
    /// Recorded as messages and ticks.
    pub recorded: u64,
    /// Kept whole: not understood, or for a number that is not set up, or not handled yet.
    pub kept: u64,
    /// Seen before; nothing was changed.
    pub repeated: u64,
}

/// What came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IntakeStats {
    /// Posts that were acknowledged.
    pub posts: u64,
    /// Posts whose items are still to be recorded.
    pub waiting: u64,
    /// Posts that lie in this node's spool and are not among the others yet.
    pub spooled: u64,
    /// Of these, posts that could not be recorded so far and are tried again later.
    pub postponed: u64,
    /// By kind of item; the names are those of the `whatsapp` crate.
    pub kinds: BTreeMap<String, KindCount>,
}

/// Counts what came in.
///
/// # Errors
/// [`Unavailable`].
pub async fn stats(flow: &Flow) -> Result<IntakeStats, Unavailable> {
    // Before the database is asked: what is on its way from one to the other counts twice rather than not at all.
    let spooled = flow.intake().map_or(0, |door| door.spool().depth().posts);
    let counts = flow.store().intake_stats().await?;
    let mut kinds: BTreeMap<String, KindCount> = BTreeMap::new();
    for (kind, outcome, count) in counts.items {
        let entry = kinds.entry(kind).or_default();
        let count = u64::try_from(count).unwrap_or(0);
        match outcome {
            ItemOutcome::Recorded => entry.recorded += count,
            ItemOutcome::Kept => entry.kept += count,
            ItemOutcome::Repeat => entry.repeated += count,
        }
    }
    let count = |count| u64::try_from(count).unwrap_or(0);
    Ok(IntakeStats {
        posts: count(counts.posts),
        waiting: count(counts.waiting),
        spooled,
        postponed: count(counts.postponed),
        kinds,
    })
}
