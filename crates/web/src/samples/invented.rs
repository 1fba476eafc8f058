//! Invented people and what they write.

use counterfoil_flow::reading::inbox::InboxRow;
use counterfoil_flow::reading::thread::{AttachmentState, AttachmentView, MessageView, Thread};
use counterfoil_model::body::Body;
use counterfoil_model::message::{Direction, MessageKind, Origin};
use counterfoil_model::tick::TickState;
use counterfoil_model::{AttachmentId, ConversationId, MessageId, Opened, Timestamp};
use std::time::Duration;

/// Sunday 22 November 2026, 10:26 in a zone two hours east of Greenwich.
pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_795_335_960);

pub(super) fn opened(text: &str) -> Opened<String> {
    Opened::new(text.to_owned())
}

/// So many minutes ago.
pub(super) fn ago(minutes: u64) -> Timestamp {
    NOW.minus(Duration::from_secs(minutes * 60))
}

/// In so many minutes.
pub(super) fn in_minutes(minutes: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(minutes * 60))
}

pub(super) fn conversation(number: u8) -> ConversationId {
    ConversationId::from_bytes([number; 16])
}

pub(super) fn message_id(number: u8) -> MessageId {
    MessageId::from_bytes([number; 16])
}

/// A row whose last word is ours, seen, with an open window.
pub(super) fn row(number: u8, name: &str, last_four: &str, line: &str, minutes: u64) -> InboxRow {
    InboxRow {
        conversation: conversation(number),
        name: Some(opened(name)),
        last_four: Some(opened(last_four)),
        line: Some(opened(line)),
        kind: MessageKind::Text,
        direction: Direction::Outbound,
        last_at: ago(minutes),
        unread: 0,
        waiting_since: None,
        window_until: (minutes < 1_440).then(|| in_minutes(1_440 - minutes)),
    }
}

/// A row whose last word is the contact's, not seen so many times.
pub(super) fn waiting(mut row: InboxRow, unread: u32) -> InboxRow {
    row.direction = Direction::Inbound;
    row.unread = unread;
    row.waiting_since = Some(row.last_at);
    row
}

/// A text of the contact.
pub(super) fn inbound(number: u8, text: &str, minutes: u64) -> MessageView {
    message(
        number,
        Direction::Inbound,
        MessageKind::Text,
        Body::Text { text: text.to_owned() },
        minutes,
    )
}

/// A text of ours, that got so far.
pub(super) fn outbound(number: u8, text: &str, minutes: u64, state: TickState) -> MessageView {
    let body = Body::Text { text: text.to_owned() };
    let mut view = message(number, Direction::Outbound, MessageKind::Text, body, minutes);
    view.author = Some(opened("Thandiwe Nkosi"));
    view.state = Some(state);
    view
}

pub(super) fn message(number: u8, direction: Direction, kind: MessageKind, body: Body, minutes: u64) -> MessageView {
    MessageView {
        id: message_id(number),
        direction,
        kind,
        origin: Origin::Live,
        body: Some(Opened::new(body)),
        author: None,
        occurred_at: ago(minutes),
        recorded_at: ago(minutes),
        state: None,
        failure: None,
        attachments: Vec::new(),
        quoted: None,
        reactions: Vec::new(),
        edits: Vec::new(),
        withdrawn_at: None,
        filings: Vec::new(),
    }
}

/// A message of the contact that is a file.
pub(super) fn with_file(number: u8, caption: Option<&str>, file: AttachmentView, minutes: u64) -> MessageView {
    let body = Body::Media {
        caption: caption.map(str::to_owned),
        voice: file.kind == MessageKind::Audio,
    };
    let mut view = message(number, Direction::Inbound, file.kind, body, minutes);
    view.attachments.push(file);
    view
}

pub(super) fn file(number: u8, kind: MessageKind, media_type: &str, name: Option<&str>, length: u64) -> AttachmentView {
    AttachmentView {
        id: AttachmentId::from_bytes([number; 16]),
        kind,
        file_name: name.map(opened),
        media_type: media_type.to_owned(),
        length: Some(length),
        state: AttachmentState::Here,
        deleted_at_provider: true,
    }
}

/// A thread with these messages and an open window.
pub(super) fn thread(number: u8, name: &str, last_four: &str, messages: Vec<MessageView>) -> Thread {
    let last_inbound_at = messages
        .iter()
        .filter(|one| one.direction == Direction::Inbound)
        .map(|one| one.occurred_at)
        .max();
    Thread {
        conversation: conversation(number),
        name: Some(opened(name)),
        last_four: Some(opened(last_four)),
        channel_title: Some(opened("Claims South")),
        window_until: last_inbound_at
            .map(|at| at.plus(Duration::from_secs(24 * 3600)))
            .filter(|until| *until > NOW),
        last_inbound_at,
        messages,
        first_unread: None,
        older: None,
        draft: None,
    }
}
