//! Replying to a contact: recorded and queued in one unit of work, delivered by a job.

use super::idempotency::{self, Found};
use super::place::{window_until, writable};
use super::write::{self, Writing, route};
use super::{IdempotencyKey, Upload, WriteError, Written, upload};
use crate::Flow;
use crate::context::Unavailable;
use crate::jobs::JobKind;
use crate::log;
use counterfoil_ledger::leaf::Actor as LeafActor;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::body::Body;
use counterfoil_model::message::{Direction, MessageKind};
use counterfoil_model::tick::TickState;
use counterfoil_model::{ConversationId, MessageId, TickId, Timestamp};
use counterfoil_policy::{Action, Staff};
use counterfoil_store::rows::{ConversationRow, TickRow};
use counterfoil_store::{Change, CommitError, Unit};
use counterfoil_vault::Keyed;
use counterfoil_whatsapp::limits;

/// A reply as a colleague wrote it.
pub struct Reply {
    /// In which conversation.
    pub conversation: ConversationId,
    /// The words: the text, or what stands under the file.
    pub text: String,
    /// A file.
    pub file: Option<Upload>,
    /// Which message it answers.
    pub quoted: Option<MessageId>,
    /// How to recognise a repeat.
    pub key: Option<IdempotencyKey>,
}

/// Records a reply and queues it to be sent.
///
/// # Errors
/// See [`WriteError`].
pub async fn reply(flow: &Flow, staff: &Staff, reply: Reply) -> Result<Written, WriteError> {
    let Reply {
        conversation,
        text,
        file,
        quoted,
        key,
    } = reply;
    check_text(&text, file.is_some())?;
    let place = writable(flow, staff, conversation, Action::Reply).await?;
    let file_bytes = file.as_ref().map_or(&[][..], |file| &file.bytes);
    let quoted_bytes = quoted.map_or([0; 16], |quoted| *quoted.bytes());
    let content: [&[u8]; 3] = [text.as_bytes(), file_bytes, &quoted_bytes];
    let route = route("reply", conversation);
    let mut remembered = match idempotency::find(flow, key.as_ref(), &route, &content).await? {
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
    let refers = match quoted {
        Some(quoted) => Some(provider_key(flow, &place, quoted).await?),
        None => None,
    };
    // The digest of the content above is all that is needed of the file once it is sealed.
    let content_kept = content.map(<[u8]>::to_vec);
    let sealed = match file {
        Some(file) => Some(upload::seal(flow, &place, file).await?),
        None => None,
    };
    for _ in 0..2 {
        let at = flow.now();
        let id = MessageId::new(at, flow.random());
        let (kind, body) = match &sealed {
            Some(sealed) => {
                let caption = Some(text.clone()).filter(|text| !text.is_empty());
                (sealed.kind, Body::Media { caption, voice: false })
            }
            None => (MessageKind::Text, Body::Text { text: text.clone() }),
        };
        let writing = Writing {
            id,
            at,
            staff,
            direction: Direction::Outbound,
            kind,
            body,
            refers,
            again: None,
        };
        let mut unit = write::add(flow, Unit::new("message.reply"), &place, writing).await?;
        if let Some(sealed) = &sealed {
            unit = upload::add(flow, unit, &place, id, staff, sealed).await?;
        }
        unit = queue(flow, unit, id, at).change(Change::draft_delete(staff.person, conversation));
        if let Some(remembered) = &remembered {
            unit = unit.insert(remembered.row(id, at));
        }
        match flow.store().commit(unit).await {
            Ok(()) => {
                return Ok(Written {
                    message: id,
                    repeated: false,
                });
            }
            // A simultaneous repeat with the same key won: find what it wrote.
            Err(CommitError::Conflict { .. }) => {
                let kept: [&[u8]; 3] = [&content_kept[0], &content_kept[1], &content_kept[2]];
                match idempotency::find(flow, key.as_ref(), &route, &kept).await? {
                    Found::Repeat(message) => {
                        return Ok(Written {
                            message,
                            repeated: true,
                        });
                    }
                    Found::New(again) => remembered = again,
                }
            }
            Err(error) => return Err(Unavailable::from(error).into()),
        }
    }
    Err(Unavailable("the conversation was being written elsewhere again and again".into()).into())
}

/// Checks the words against WhatsApp's limits. Source: Cloud API, messages, text and media (edition 2025-11).
pub(crate) fn check_text(text: &str, has_file: bool) -> Result<(), WriteError> {
    if text.trim().is_empty() && !has_file {
        return Err(WriteError::Empty);
    }
    let limit = if has_file { limits::CAPTION } else { limits::TEXT };
    if text.chars().count() > limit {
        return Err(WriteError::TooLong { limit });
    }
    Ok(())
}

/// Adds to `unit` the first tick of an outbound message and the job that sends it.
pub(crate) fn queue(flow: &Flow, unit: Unit, message: MessageId, at: Timestamp) -> Unit {
    let id = TickId::new(at, flow.random());
    let leaf = log::leaf(LeafKind::Tick, at, id.bytes(), LeafActor::SYSTEM).follows(*message.bytes());
    let row = TickRow {
        id,
        message: Some(message),
        provider: None,
        state: TickState::Queued,
        at,
        code: None,
        about: None,
        recorded_at: at,
    };
    unit.record(row, leaf).job(JobKind::Dispatch.due(*message.bytes(), at))
}

/// The keyed form of the provider's id of a message in this conversation.
async fn provider_key(flow: &Flow, place: &ConversationRow, quoted: MessageId) -> Result<Keyed, WriteError> {
    let message = flow.store().message_get(quoted).await.map_err(Unavailable::from)?;
    let message = message
        .filter(|row| row.conversation == place.id)
        .ok_or(WriteError::QuotedNotFound)?;
    if let Some(key) = message.provider {
        return Ok(key);
    }
    let ticks = flow.store().ticks_of(&[quoted], &[]).await.map_err(Unavailable::from)?;
    ticks
        .iter()
        .find_map(|tick| tick.provider)
        .ok_or(WriteError::QuotedNotFound)
}
