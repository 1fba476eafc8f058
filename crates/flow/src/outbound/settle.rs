//! Keeping what became of a message: taken by WhatsApp, not delivered, or not known.
//!
//! Every status of a message carries our own id back. So a message that was begun and has no answer waits for one; when none has come
//! by then, it is uncertain, and a person decides. It is never sent again by itself.

use crate::Flow;
use crate::context::Unavailable;
use crate::jobs::Ended;
use crate::live::event;
use crate::log;
use counterfoil_ledger::leaf::{Actor, Fact, Leaf};
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::tick::TickState;
use counterfoil_model::{TickId, Timestamp};
use counterfoil_store::rows::{ConversationRow, MessageRow, TickRow};
use counterfoil_store::{CommitError, Unit};
use counterfoil_vault::{Kind, Label, Place};
use counterfoil_whatsapp::client::Accepted;
use std::time::Duration;

/// How long a lost answer waits for a status before the message counts as uncertain.
const WAIT: Duration = Duration::from_secs(20);
/// How often and how soon the store is asked again to keep an answer: half a minute, since an answer comes only once.
const TRIES: usize = 300;
const PAUSE: Duration = Duration::from_millis(100);

/// There is no more to do for this message; the next one of its conversation may leave.
pub(super) fn next(message: &MessageRow) -> Ended {
    Ended::Next {
        conversation: message.conversation,
        message: message.id,
    }
}

/// No answer came: whether it left is looked at later.
pub(super) fn later(flow: &Flow) -> Ended {
    Ended::Open(flow.now().plus(WAIT))
}

/// It was begun at `begun_at` and no answer is known. A status may still come, counted from when this node could hear one.
pub(super) async fn begun(flow: &Flow, message: &MessageRow, begun_at: Timestamp) -> Result<Ended, Unavailable> {
    let at = begun_at.max(flow.inner.started_at).plus(WAIT);
    if flow.now() < at {
        return Ok(Ended::Open(at));
    }
    end(flow, message, TickState::Uncertain, None).await
}

/// Records that WhatsApp has taken the message, with its id.
pub(super) async fn accept(
    flow: &Flow,
    conversation: &ConversationRow,
    message: &MessageRow,
    accepted: &Accepted,
) -> Result<Ended, Unavailable> {
    let at = flow.now();
    let id = TickId::new(at, flow.random());
    let key = flow.vault().item(conversation.tree).await?;
    let place = Place {
        kind: Kind::Tick,
        object: *id.bytes(),
        label: Label::Raw,
    };
    let raw = accepted.message_id.clone().into_bytes();
    let leaf = log::leaf(LeafKind::Dispatch, at, id.bytes(), Actor::SYSTEM)
        .commitment(log::label(Label::Raw), key.commit(Label::Raw, &raw))
        .follows(*message.id.bytes());
    let row = TickRow {
        id,
        message: Some(message.id),
        provider: Some(flow.vault().dedupe(&raw)),
        state: TickState::Accepted,
        at,
        code: None,
        about: Some(key.seal(place, &raw)),
        recorded_at: at,
    };
    keep(flow, "message.accepted", message, &row, &leaf).await
}

/// Records that the message will not be delivered.
pub(super) async fn fail(flow: &Flow, message: &MessageRow, code: Option<i64>) -> Result<Ended, Unavailable> {
    end(flow, message, TickState::Failed, code).await
}

async fn end(flow: &Flow, message: &MessageRow, state: TickState, code: Option<i64>) -> Result<Ended, Unavailable> {
    let at = flow.now();
    let id = TickId::new(at, flow.random());
    let mut leaf = log::leaf(LeafKind::Dispatch, at, id.bytes(), Actor::SYSTEM).follows(*message.id.bytes());
    if let Some(code) = code {
        leaf = leaf.fact(FactKey::Reason, Fact::Int(code));
    }
    let row = TickRow {
        id,
        message: Some(message.id),
        provider: None,
        state,
        at,
        code,
        about: None,
        recorded_at: at,
    };
    keep(flow, "message.ended", message, &row, &leaf).await
}

/// Keeps a tick with its leaf and its event, and asks again while the store is away. A crash here leaves the message begun.
async fn keep(
    flow: &Flow,
    name: &'static str,
    message: &MessageRow,
    row: &TickRow,
    leaf: &Leaf,
) -> Result<Ended, Unavailable> {
    let mut tries = 1;
    loop {
        let unit = Unit::new(name)
            .record(row.clone(), leaf.clone())
            .event(event::message_changed(message.conversation, message.id, flow.now()));
        match flow.store().commit(unit).await {
            Ok(()) => return Ok(next(message)),
            // An earlier try was kept although it was said to have failed.
            Err(CommitError::Conflict { guard: "tick" }) if tries > 1 => return Ok(next(message)),
            Err(CommitError::Unavailable(_) | CommitError::Full) if tries < TRIES => {
                tries += 1;
                flow.inner.clock.sleep(PAUSE).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}
