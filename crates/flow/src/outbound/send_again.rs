//! What a person may do with a message of which it is not known whether it left.

use super::idempotency::{self, Found};
use super::place::{window_until, writable};
use super::write::{self, Writing};
use super::{IdempotencyKey, Upload, WriteError, Written, dispatch, reply, upload};
use crate::Flow;
use crate::attachment::about::About;
use crate::attachment::blob;
use crate::context::Unavailable;
use counterfoil_model::MessageId;
use counterfoil_model::attachment::AttachmentStep;
use counterfoil_model::message::Direction;
use counterfoil_model::tick::TickState;
use counterfoil_policy::{Action, Machine, Staff, machine_permit};
use counterfoil_store::rows::{ConversationRow, MessageRow};
use counterfoil_store::{CommitError, Unit};
use counterfoil_vault::{Json, Kind, Label, Place};
use tokio::sync::OwnedSemaphorePermit;

/// Looks again at what is known of an uncertain message: its state now.
///
/// # Errors
/// [`WriteError::NotFound`], [`WriteError::Refused`], [`WriteError::Unavailable`].
pub async fn check(flow: &Flow, staff: &Staff, message: MessageId) -> Result<TickState, WriteError> {
    let (_, message) = outbound(flow, staff, message).await?;
    Ok(dispatch::state(flow, &message).await?.unwrap_or(TickState::Queued))
}

/// Sends the content of an uncertain or failed message once more, as a new message that refers to the first. The first is not
/// changed. Asking twice makes one.
///
/// # Errors
/// See [`WriteError`].
pub async fn send_again(flow: &Flow, staff: &Staff, message: MessageId) -> Result<Written, WriteError> {
    let (place, first) = outbound(flow, staff, message).await?;
    if !matches!(
        dispatch::state(flow, &first).await?,
        Some(TickState::Uncertain | TickState::Failed)
    ) {
        return Err(WriteError::OnItsWay);
    }
    // The first message is the key: whoever asks, and however often, it is sent once more once.
    let key = IdempotencyKey {
        key: "send again".to_owned(),
        scope: *first.id.bytes(),
    };
    let route = write::route("send again", place.id);
    let found = idempotency::find(flow, Some(&key), &route, &[first.id.bytes()]).await?;
    let remembered = match found {
        Found::Repeat(message) => {
            return Ok(Written {
                message,
                repeated: true,
            });
        }
        Found::New(remembered) => remembered,
    };
    if window_until(place.last_inbound_at, flow.now()).is_none() {
        return Err(WriteError::WindowClosed {
            last_inbound_at: place.last_inbound_at,
        });
    }
    let object = Place {
        kind: Kind::Message,
        object: *first.id.bytes(),
        label: Label::Body,
    };
    let permit = machine_permit(Machine::Dispatch, vec![object.object]);
    let body = flow
        .vault()
        .open(&permit, object, &first.body)
        .await
        .map_err(Unavailable::from)?;
    let sealed = match file(flow, &first).await? {
        Some((file, _share)) => Some(upload::seal(flow, &place, file).await?),
        None => None,
    };
    let at = flow.now();
    let id = MessageId::new(at, flow.random());
    let writing = Writing {
        id,
        at,
        staff,
        direction: Direction::Outbound,
        kind: first.kind,
        body: body.expose().clone(),
        refers: first.refers,
        again: Some(first.id),
    };
    let mut unit = write::add(flow, Unit::new("message.send_again"), &place, writing).await?;
    if let Some(sealed) = &sealed {
        unit = upload::add(flow, unit, &place, id, staff, sealed).await?;
    }
    unit = reply::queue(flow, unit, id, at);
    if let Some(remembered) = remembered {
        unit = unit.insert(remembered.row_for_good(id));
    }
    match flow.store().commit(unit).await {
        Ok(()) => Ok(Written {
            message: id,
            repeated: false,
        }),
        Err(CommitError::Conflict { .. }) => {
            match idempotency::find(flow, Some(&key), &route, &[first.id.bytes()]).await? {
                Found::Repeat(message) => Ok(Written {
                    message,
                    repeated: true,
                }),
                Found::New(_) => Err(Unavailable("the message was being sent again elsewhere".into()).into()),
            }
        }
        Err(error) => Err(Unavailable::from(error).into()),
    }
}

async fn outbound(flow: &Flow, staff: &Staff, id: MessageId) -> Result<(ConversationRow, MessageRow), WriteError> {
    let message = flow.store().message_get(id).await.map_err(Unavailable::from)?;
    let message = message
        .filter(|row| row.direction == Direction::Outbound)
        .ok_or(WriteError::NotFound)?;
    let place = writable(flow, staff, message.conversation, Action::Reply).await?;
    Ok((place, message))
}

/// The file of a message, opened to be sent once more, with its share of the room for open files.
async fn file(flow: &Flow, message: &MessageRow) -> Result<Option<(Upload, OwnedSemaphorePermit)>, Unavailable> {
    let Some(attachment) = flow.store().attachments_of(&[message.id]).await?.into_iter().next() else {
        return Ok(None);
    };
    let steps = flow.store().attachment_steps_of(&[attachment.id]).await?;
    let Some(row) = steps.iter().find(|row| row.step == AttachmentStep::Fetched) else {
        return Ok(None);
    };
    let Some(held) = blob::held(flow, Machine::Dispatch, row).await? else {
        return Ok(None);
    };
    let held = &held.expose().0;
    let place = Place {
        kind: Kind::Attachment,
        object: *attachment.id.bytes(),
        label: Label::About,
    };
    let permit = machine_permit(Machine::Dispatch, vec![place.object]);
    let about = flow
        .vault()
        .open(&permit, place, &attachment.about.retyped::<Json<About>>())
        .await?;
    let blob::Whole { bytes, share } = blob::read_whole(flow, Machine::Dispatch, row, held).await?;
    let upload = Upload {
        file_name: about.expose().0.file_name.clone(),
        media_type: held.media_type.clone(),
        bytes,
    };
    Ok(Some((upload, share)))
}
