//! The inbox: conversations by last message, newest first, with what one needs to choose.

use super::ReadError;
use crate::Flow;
use counterfoil_model::message::{Direction, MessageKind};
use counterfoil_model::{ConversationId, Opened, Timestamp};
use counterfoil_policy::Staff;

/// Which conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// All that one may see.
    #[default]
    All,
    /// Those whose last word is the contact's.
    Waiting,
}

/// Where a page ended: the next one starts after this row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboxCursor {
    /// When the last row's last message was.
    pub last_at: Timestamp,
    /// The last row's conversation.
    pub conversation: ConversationId,
}

/// What to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct InboxQuery {
    /// Which conversations.
    pub view: View,
    /// After which row; `None` for the newest.
    pub after: Option<InboxCursor>,
    /// How many rows, 1 to 100.
    pub limit: u16,
}

/// One row of the inbox.
pub struct InboxRow {
    /// Which conversation.
    pub conversation: ConversationId,
    /// The contact's name as WhatsApp gave it, if any.
    pub name: Option<Opened<String>>,
    /// The last four digits of the contact's number, if there is a number.
    pub last_four: Option<Opened<String>>,
    /// The words of the last message, if it has any (one line, at most 160 characters).
    pub line: Option<Opened<String>>,
    /// What sort of message the last one is.
    pub kind: MessageKind,
    /// Which way it went.
    pub direction: Direction,
    /// When.
    pub last_at: Timestamp,
    /// How many inbound messages this person has not seen.
    pub unread: u32,
    /// Since when the contact waits for an answer; `None` when the last word is ours.
    pub waiting_since: Option<Timestamp>,
    /// Until when free text may be sent; `None` when it may not.
    pub window_until: Option<Timestamp>,
}

/// A page of the inbox.
pub struct InboxPage {
    /// The rows, newest first.
    pub rows: Vec<InboxRow>,
    /// Where the next page starts, if there is one.
    pub next: Option<InboxCursor>,
}

/// Lists conversations for `staff`. Leaves a reading leaf before it returns.
///
/// # Errors
/// [`ReadError::Refused`] when no role of theirs reads; [`ReadError::Unavailable`].
pub async fn inbox(flow: &Flow, staff: &Staff, query: InboxQuery) -> Result<InboxPage, ReadError> {
    let _ = (flow, staff, query);
    todo!()
}

/// One row of the inbox, for the live page. `None` when `staff` may not see the conversation or it is gone.
///
/// # Errors
/// As [`inbox`].
pub async fn inbox_row(flow: &Flow, staff: &Staff, conversation: ConversationId) -> Result<Option<InboxRow>, ReadError> {
    let _ = (flow, staff, conversation);
    todo!()
}
