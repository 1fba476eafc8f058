//! Conversations and messages as JSON. The shapes are part of the API: add fields, never change what one means.

use crate::pages::cursor;
use counterfoil_flow::reading::inbox::{InboxPage, InboxRow};
use counterfoil_flow::reading::life::{LifeEvent, LifeStep};
use counterfoil_flow::reading::thread::{AttachmentState, AttachmentView, FilingView, MessageView, Thread};
use counterfoil_model::{ConversationId, Opened, Timestamp};
use serde_json::{Value, json};

fn text(opened: Option<&Opened<String>>) -> Option<&str> {
    opened.map(|text| text.expose().as_str())
}

fn time(at: Timestamp) -> String {
    at.rfc3339()
}

/// A page of conversations.
pub(crate) fn conversations(page: &InboxPage) -> Value {
    json!({
        "conversations": page.rows.iter().map(conversation).collect::<Vec<_>>(),
        "next": page.next.as_ref().map(cursor::inbox),
    })
}

fn conversation(row: &InboxRow) -> Value {
    json!({
        "id": row.conversation,
        "name": text(row.name.as_ref()),
        "last_four": text(row.last_four.as_ref()),
        "last": {
            "line": text(row.line.as_ref()),
            "kind": row.kind,
            "direction": row.direction,
            "at": time(row.last_at),
        },
        "unread": row.unread,
        "waiting_since": row.waiting_since.map(time),
        "window_until": row.window_until.map(time),
    })
}

/// A page of messages, oldest first.
pub(crate) fn thread(thread: &Thread) -> Value {
    json!({
        "conversation": thread.conversation,
        "window_until": thread.window_until.map(time),
        "last_inbound_at": thread.last_inbound_at.map(time),
        "messages": thread.messages.iter().map(|one| message(thread.conversation, one)).collect::<Vec<_>>(),
        "older": thread.older.as_ref().map(cursor::thread),
    })
}

/// One message.
pub(crate) fn message(conversation: ConversationId, message: &MessageView) -> Value {
    let edits = message
        .edits
        .iter()
        .map(|(body, at)| json!({"body": body.expose(), "at": time(*at)}));
    let reactions = message.reactions.iter();
    let reactions = reactions.map(|one| json!({"emoji": one.emoji.expose(), "direction": one.direction}));
    json!({
        "id": message.id,
        "conversation": conversation,
        "direction": message.direction,
        "kind": message.kind,
        "origin": message.origin,
        "body": message.body.as_ref().map(|body| body.expose()),
        "author": text(message.author.as_ref()),
        "occurred_at": time(message.occurred_at),
        "recorded_at": time(message.recorded_at),
        "state": message.state,
        "failure": message.failure,
        "attachments": message.attachments.iter().map(attachment).collect::<Vec<_>>(),
        "quoted": message.quoted.as_ref().map(|quoted| json!({
            "message": quoted.message,
            "line": text(quoted.line.as_ref()),
        })),
        "reactions": reactions.collect::<Vec<_>>(),
        "edits": edits.collect::<Vec<_>>(),
        "withdrawn_at": message.withdrawn_at.map(time),
        "filings": message.filings.iter().map(filing).collect::<Vec<_>>(),
    })
}

fn attachment(file: &AttachmentView) -> Value {
    let (state, failure, attempts) = match file.state {
        AttachmentState::Fetching => ("fetching", None, None),
        AttachmentState::Here => ("here", None, None),
        AttachmentState::Unfetched { failure, attempts } => ("unfetched", Some(failure), Some(attempts)),
    };
    json!({
        "id": file.id,
        "kind": file.kind,
        "file_name": text(file.file_name.as_ref()),
        "media_type": file.media_type,
        "length": file.length,
        "state": state,
        "failure": failure,
        "attempts": attempts,
        "deleted_at_provider": file.deleted_at_provider,
    })
}

fn filing(filing: &FilingView) -> Value {
    json!({
        "id": filing.id,
        "claim": filing.reference.expose(),
        "step": filing.step,
        "acknowledgement": text(filing.acknowledgement.as_ref()),
        "refusal": filing.refusal.map(|refusal| refusal.name()),
        "at": time(filing.at),
    })
}

/// The life of a message, oldest first.
pub(crate) fn life(steps: &[LifeStep]) -> Value {
    let steps = steps.iter().map(|step| {
        let (event, state) = match step.event {
            LifeEvent::Written => ("written", None),
            LifeEvent::Recorded => ("recorded", None),
            LifeEvent::Fetched => ("fetched", None),
            LifeEvent::Unfetched => ("unfetched", None),
            LifeEvent::DeletedAtProvider => ("deleted_at_provider", None),
            LifeEvent::Tick(state) => ("tick", Some(state)),
            LifeEvent::Read => ("read", None),
            LifeEvent::ToBeFiled => ("to_be_filed", None),
            LifeEvent::Filed => ("filed", None),
            LifeEvent::FilingRefused => ("filing_refused", None),
        };
        json!({"event": event, "state": state, "at": time(step.at), "leaf": step.leaf})
    });
    Value::Array(steps.collect())
}
