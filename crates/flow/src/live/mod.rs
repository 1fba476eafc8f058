//! Live pages: what changed since a number, cut to what a person may see.

pub(crate) mod event;

use crate::Flow;
use crate::background::Step;
use crate::context::Unavailable;
use crate::reading::ReadError;
use counterfoil_model::{ConversationId, MessageId};
use counterfoil_policy::{Actor, Staff, reach};
use tokio::sync::watch;

/// How many events are handed out at a time.
const PAGE: usize = 500;

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

/// At most 500 events after `number` that `staff` may see, and the number to ask after next. When more than that was missed, or one of them says
/// that a great deal changed, the page had better load afresh, which `gap` says.
pub struct LiveEvents {
    /// The events, oldest first.
    pub events: Vec<LiveEvent>,
    /// The number to ask after next.
    pub next: i64,
    /// Whether so much was missed or changed that the page should load afresh.
    pub gap: bool,
}

/// What changed after `number`.
///
/// # Errors
/// [`ReadError::Refused`], [`ReadError::Unavailable`].
pub async fn events_after(flow: &Flow, staff: &Staff, number: i64) -> Result<LiveEvents, ReadError> {
    let reach = reach(&Actor::Staff(staff.clone()))?;
    let newest = flow.store().event_head().await?;
    if newest - number > 2_000 {
        return Ok(LiveEvents {
            events: Vec::new(),
            next: newest,
            gap: true,
        });
    }
    let page = flow.store().events_after(number, &reach, PAGE).await?;
    let gap = page.iter().any(|row| row.kind == event::AFRESH);
    // A full page may leave some out; else everything up to the newest is in it, seen or not theirs to see.
    let next = match page.last() {
        Some(last) if page.len() == PAGE => last.number,
        last => last.map_or(newest, |last| last.number.max(newest)).max(number),
    };
    let events = page
        .into_iter()
        .filter(|row| row.person.is_none_or(|person| person == staff.person))
        .filter_map(|row| {
            let conversation = row.conversation?;
            let message = row.subject.map(MessageId::from_bytes);
            let change = match (row.kind, message) {
                (event::MESSAGE_NEW, Some(message)) => Change::MessageNew(conversation, message),
                (event::MESSAGE_CHANGED, Some(message)) => Change::MessageChanged(conversation, message),
                (event::CONVERSATION_SEEN, _) => Change::ConversationChanged(conversation),
                _ => return None,
            };
            Some(LiveEvent {
                number: row.number,
                change,
            })
        })
        .collect();
    Ok(LiveEvents { events, next, gap })
}

/// The number of the newest event.
///
/// # Errors
/// [`ReadError::Unavailable`].
pub async fn newest(flow: &Flow) -> Result<i64, ReadError> {
    Ok(flow.store().event_head().await?)
}

/// A bell that rings when there are new events; its value is the newest number that this node has seen.
pub fn bell(flow: &Flow) -> watch::Receiver<i64> {
    flow.inner.newest.subscribe()
}

/// Looks for new events, has changed connections read again, and rings the bell of the live pages.
pub(crate) async fn step(flow: Flow) -> Result<Step, Unavailable> {
    let head = flow.store().event_head().await?;
    flow.kits_follow(head).await?;
    flow.inner
        .newest
        .send_if_modified(|seen| std::mem::replace(seen, head) != head);
    Ok(Step::Idle)
}
