//! A private note inside a customer conversation. It never leaves the house.

use super::idempotency::{self, Found};
use super::place::writable;
use super::write::{self, Writing, route};
use super::{IdempotencyKey, WriteError, Written};
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::body::Body;
use counterfoil_model::message::{Direction, MessageKind};
use counterfoil_model::{ConversationId, MessageId};
use counterfoil_policy::{Action, Staff};
use counterfoil_store::{CommitError, Unit};

/// The longest note, in characters.
pub const NOTE_LIMIT: usize = 10_000;

/// Records a private note of `staff`: 1 to 10,000 characters.
///
/// # Errors
/// See [`WriteError`].
pub async fn note(
    flow: &Flow,
    staff: &Staff,
    conversation: ConversationId,
    text: String,
    key: Option<IdempotencyKey>,
) -> Result<Written, WriteError> {
    if text.trim().is_empty() {
        return Err(WriteError::Empty);
    }
    if text.chars().count() > NOTE_LIMIT {
        return Err(WriteError::TooLong { limit: NOTE_LIMIT });
    }
    let place = writable(flow, staff, conversation, Action::Note).await?;
    // Twice at most: the second look finds what a simultaneous repeat of the same key has written.
    for _ in 0..2 {
        let remembered =
            match idempotency::find(flow, key.as_ref(), &route("note", conversation), &[text.as_bytes()]).await? {
                Found::Repeat(message) => {
                    return Ok(Written {
                        message,
                        repeated: true,
                    });
                }
                Found::New(remembered) => remembered,
            };
        let at = flow.now();
        let id = MessageId::new(at, flow.random());
        let writing = Writing {
            id,
            at,
            staff,
            direction: Direction::Note,
            kind: MessageKind::Text,
            body: Body::Text { text: text.clone() },
            refers: None,
            again: None,
        };
        let mut unit = write::add(flow, Unit::new("message.note"), &place, writing).await?;
        if let Some(remembered) = remembered {
            unit = unit.insert(remembered.row(id, at));
        }
        match flow.store().commit(unit).await {
            Ok(()) => {
                return Ok(Written {
                    message: id,
                    repeated: false,
                });
            }
            Err(CommitError::Conflict { .. }) => {}
            Err(error) => return Err(Unavailable::from(error).into()),
        }
    }
    Err(WriteError::KeyReused)
}
