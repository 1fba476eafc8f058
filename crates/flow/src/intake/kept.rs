//! What is kept whole, for whoever looks after the way in: when, why and how much; never what it says.

use super::keep::Reason;
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::{ConnectionId, KeptId, Timestamp};
use std::collections::BTreeMap;

/// The longest list that is made at once.
pub const KEPT_MOST: usize = 500;

/// Something rightly signed that is kept whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptItem {
    /// Which.
    pub id: KeptId,
    /// The connection that it came through.
    pub connection: ConnectionId,
    /// Why: one of our words.
    pub reason: &'static str,
    /// How many bytes it takes, sealed.
    pub sealed_bytes: usize,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When somebody shall look whether it can be understood by then.
    pub review_at: Timestamp,
}

/// A part of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// How many there are, by reason.
    pub reasons: BTreeMap<&'static str, u64>,
    /// Some of them, oldest first.
    pub items: Vec<KeptItem>,
    /// Where the list goes on.
    pub next: Option<KeptId>,
}

/// Lists what is kept whole after `after`, oldest first, `limit` at most and never more than [`KEPT_MOST`].
///
/// # Errors
/// [`Unavailable`].
pub async fn kept(flow: &Flow, after: Option<KeptId>, limit: usize) -> Result<Kept, Unavailable> {
    let limit = limit.clamp(1, KEPT_MOST);
    let mut reasons: BTreeMap<&'static str, u64> = BTreeMap::new();
    for (code, count) in flow.store().kept_by_reason().await? {
        *reasons.entry(Reason::word(code)).or_default() += u64::try_from(count).unwrap_or(0);
    }
    let mut rows = flow.store().kept_list(after, limit + 1).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let items: Vec<KeptItem> = rows
        .into_iter()
        .map(|row| KeptItem {
            id: row.id,
            connection: row.connection,
            reason: Reason::word(row.reason),
            sealed_bytes: row.raw.bytes().len(),
            recorded_at: row.recorded_at,
            review_at: row.review_at,
        })
        .collect();
    let next = items.last().filter(|_| more).map(|item| item.id);
    Ok(Kept { reasons, items, next })
}
