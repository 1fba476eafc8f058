//! Live pages: what changed since a number, cut to what a person may see.

use crate::Flow;
use crate::reading::ReadError;
use counterfoil_model::{ConversationId, MessageId};
use counterfoil_policy::Staff;
use tokio::sync::watch;

/// What a live page is told. It names things; the page fetches them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveEvent {
    /// The event's number: the cursor.
    pub number: i64,
    /// What happened.
    pub change: Change,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A message is new.
    MessageNew(ConversationId, MessageId),
    /// A message's state, files or filing changed.
    MessageChanged(ConversationId, MessageId),
    /// A conversation's own facts changed (name, what one has seen).
    ConversationChanged(ConversationId),
}

/// At most 500 events after `number` that `staff` may see, and the number to ask after next. When more than that was missed the
/// page had better load afresh, which `gap` says.
pub struct LiveEvents {
    /// The events, oldest first.
    pub events: Vec<LiveEvent>,
    /// The number to ask after next.
    pub next: i64,
    /// Whether so much was missed that the page should load afresh.
    pub gap: bool,
}

/// What changed after `number`.
///
/// # Errors
/// [`ReadError::Refused`], [`ReadError::Unavailable`].
pub async fn events_after(flow: &Flow, staff: &Staff, number: i64) -> Result<LiveEvents, ReadError> {
    let _ = (flow, staff, number);
    todo!()
}

/// The number of the newest event.
///
/// # Errors
/// [`ReadError::Unavailable`].
pub async fn newest(flow: &Flow) -> Result<i64, ReadError> {
    let _ = flow;
    todo!()
}

/// A bell that rings when there are new events; its value is the newest number that this node has seen.
pub fn bell(flow: &Flow) -> watch::Receiver<i64> {
    let _ = flow;
    todo!()
}
