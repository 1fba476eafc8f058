//! The inbox: conversations by last message, newest first, with what one needs to choose.

use super::ReadError;
use super::leave::leave;
use super::opener::Opener;
use super::who::Who;
use crate::Flow;
use crate::outbound::place::window_until;
use counterfoil_model::message::{Direction, MessageKind};
use counterfoil_model::{ContactId, ConversationId, Opened, Timestamp};
use counterfoil_policy::{Actor, Openable, Purpose, Reach, Staff, Stands, may_open, reach};
use counterfoil_store::read::ConversationFilter;
use counterfoil_store::rows::{ConversationRow, MessageRow};
use counterfoil_vault::{Kind, Label};
use std::collections::HashMap;

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
    let reach = reach(&Actor::Staff(staff.clone()))?;
    let limit = usize::from(query.limit.clamp(1, 100));
    let filter = match query.view {
        View::All => ConversationFilter::All,
        View::Waiting => ConversationFilter::Unanswered,
    };
    let after = query.after.map(|cursor| (cursor.last_at, cursor.conversation));
    let mut found = flow.store().conversation_list(&reach, filter, after, limit + 1).await?;
    let more = found.len() > limit;
    if more {
        found.pop();
    }
    let next = found.last().filter(|_| more).map(|row| InboxCursor {
        last_at: row.last_at,
        conversation: row.id,
    });
    Ok(InboxPage {
        rows: rows(flow, staff, &reach, found).await?,
        next,
    })
}

/// One row of the inbox, for the live page. `None` when `staff` may not see the conversation or it is gone.
///
/// # Errors
/// As [`inbox`].
pub async fn inbox_row(
    flow: &Flow,
    staff: &Staff,
    conversation: ConversationId,
) -> Result<Option<InboxRow>, ReadError> {
    let reach = reach(&Actor::Staff(staff.clone()))?;
    let Some(row) = flow.store().conversation_get(conversation, &reach).await? else {
        return Ok(None);
    };
    Ok(rows(flow, staff, &reach, vec![row]).await?.pop())
}

/// Opens what the rows show, after leaving the leaf that says so.
async fn rows(
    flow: &Flow,
    staff: &Staff,
    reach: &Reach,
    found: Vec<ConversationRow>,
) -> Result<Vec<InboxRow>, ReadError> {
    let ids: Vec<ConversationId> = found.iter().map(|row| row.id).collect();
    let contacts: Vec<ContactId> = found.iter().filter_map(|row| row.contact).collect();
    let who = Who::read(flow.store(), &contacts).await?;
    let unread = flow.store().conversation_unread(staff.person, &ids, reach).await?;
    let last: HashMap<ConversationId, MessageRow> = flow
        .store()
        .messages_last(&ids, reach)
        .await?
        .into_iter()
        .map(|row| (row.conversation, row))
        .collect();

    let mut things = Vec::new();
    for row in &found {
        let stands = Stands::Conversation(row.team);
        things.extend(row.contact.into_iter().flat_map(|contact| who.things(contact, stands)));
        things.extend(last.get(&row.id).map(|message| Openable {
            object: *message.id.bytes(),
            stands,
        }));
    }
    let permit = may_open(staff, Purpose::List, &things)?;
    leave(flow, staff, &permit, permit.objects()).await?;

    let opener = Opener { flow, permit: &permit };
    let now = flow.now();
    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        let Some(message) = last.get(&row.id) else { continue };
        let body = opener
            .open(Kind::Message, message.id.bytes(), Label::Body, &message.body)
            .await?;
        let line = body.and_then(|body| body.expose().words().map(|words| Opened::new(one_line(words))));
        let (name, last_four) = match row.contact {
            Some(contact) => (
                who.name(&opener, contact).await?,
                who.last_four(&opener, contact).await?,
            ),
            None => (None, None),
        };
        rows.push(InboxRow {
            conversation: row.id,
            name,
            last_four,
            line,
            kind: message.kind,
            direction: message.direction,
            last_at: row.last_at,
            unread: unread
                .get(&row.id)
                .map_or(0, |count| u32::try_from(*count).unwrap_or(u32::MAX)),
            waiting_since: (message.direction == Direction::Inbound).then_some(message.occurred_at),
            window_until: window_until(row.last_inbound_at, now),
        });
    }
    Ok(rows)
}

/// The words of a message on one line, at most 160 characters.
pub(crate) fn one_line(words: &str) -> String {
    let mut line = String::new();
    for word in words.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.chars().count() > 160 {
            return line.chars().take(159).chain(['…']).collect();
        }
    }
    line
}
