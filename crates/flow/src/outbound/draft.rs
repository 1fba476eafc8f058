//! What someone has begun to write and not sent, sealed, so that it survives a reload.

use super::WriteError;
use super::note::NOTE_LIMIT;
use super::place::writable;
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::{ConversationId, DraftId};
use counterfoil_policy::{Action, Staff};
use counterfoil_store::rows::DraftRow;
use counterfoil_store::{Change, Unit};
use counterfoil_vault::{Kind, Label, Place};

/// Keeps the begun text of `staff` in a conversation; an empty text removes it. At most 10,000 characters.
///
/// A draft is not a record and leaves no leaf; it is sealed like everything else.
///
/// # Errors
/// [`WriteError::NotFound`], [`WriteError::Refused`], [`WriteError::TooLong`], [`WriteError::Unavailable`].
pub async fn draft_save(
    flow: &Flow,
    staff: &Staff,
    conversation: ConversationId,
    text: String,
) -> Result<(), WriteError> {
    if text.chars().count() > NOTE_LIMIT {
        return Err(WriteError::TooLong { limit: NOTE_LIMIT });
    }
    let place = writable(flow, staff, conversation, Action::Note).await?;
    let unit = Unit::new("draft.save");
    let unit = if text.is_empty() {
        unit.change(Change::draft_delete(staff.person, conversation))
    } else {
        let at = flow.now();
        let id = DraftId::new(at, flow.random());
        let key = flow.vault().item(place.tree).await.map_err(Unavailable::from)?;
        let text = key.seal(
            Place {
                kind: Kind::Draft,
                object: *id.bytes(),
                label: Label::Text,
            },
            &text,
        );
        unit.change(Change::draft_put(DraftRow {
            id,
            person: staff.person,
            conversation,
            text,
            at,
        }))
    };
    flow.store().commit(unit).await.map_err(Unavailable::from)?;
    Ok(())
}
