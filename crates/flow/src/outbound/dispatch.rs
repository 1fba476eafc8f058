//! Sending what is queued: in order within a conversation, paced, and never twice by itself.
//!
//! ```text
//! queued ─► composed ─► begun (durable: it may leave from now on) ─► POST ─► an answer, which settles it
//!    ▲                                                                 └──► none: settled by a status, or uncertain
//!    └────────────── refused for now, or certainly not sent ◄──────────┘
//! ```
//!
//! A node that dies before a message is begun leaves it queued; one that dies later leaves it begun, and whoever has the job then
//! only [settles](super::settle) it.

use super::place::window_until;
use super::{pace, settle};
use crate::Flow;
use crate::attachment::about::{About, Held};
use crate::attachment::fetch::{Step, add_step};
use crate::background::chain;
use crate::connections::kit::Kit;
use crate::context::Unavailable;
use crate::jobs::{Ended, JobKind, back_off, subject};
use counterfoil_model::attachment::AttachmentStep;
use counterfoil_model::body::Body;
use counterfoil_model::contact::IdentityKind;
use counterfoil_model::message::{Direction, MessageKind};
use counterfoil_model::tick::TickState;
use counterfoil_model::{ChannelId, ConversationId, MessageId};
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_store::rows::{AttachmentRow, ConversationRow, MessageRow};
use counterfoil_store::{Begun, Claimed, Unit};
use counterfoil_vault::{Json, Keyed, Kind, Label, OpenError, Place};
use counterfoil_whatsapp::client::{ApiError, RequestError, SendError, Upload, UploadError};
use counterfoil_whatsapp::error::ErrorClass;
use counterfoil_whatsapp::message::{MediaRef, OutboundContent, OutboundMessage, Recipient};
use counterfoil_whatsapp::phone::PhoneNumber;
use std::time::Duration;

/// The provider's number for a closed window, which we use too when we see it first.
const WINDOW_CLOSED: i64 = 131_047;
/// The provider's number for too much through one number.
const THROUGHPUT: i64 = 130_429;
/// How often a refusal that may pass is tried.
const ATTEMPTS: i64 = 10;
/// How long to wait when a person must act first, such as renewing a token.
const HELD_UP: Duration = Duration::from_secs(60);
/// How long to wait for an earlier message of the conversation, whose end wakes this one much sooner.
const EARLIER: Duration = Duration::from_secs(30);

/// Sends one message, or finds that there is no more to do.
pub(crate) async fn run(flow: &Flow, job: &Claimed) -> Result<Ended, Unavailable> {
    let id = MessageId::from_bytes(subject(job));
    let Some(message) = flow.store().message_get(id).await? else {
        return Ok(Ended::Done);
    };
    let Some(conversation) = flow.conversation(message.conversation).await? else {
        return Ok(Ended::Done);
    };
    if message.direction != Direction::Outbound || state(flow, &message).await? != Some(TickState::Queued) {
        return Ok(settle::next(&message));
    }
    if let Some(begun_at) = job.begun_at {
        return settle::begun(flow, &message, begun_at).await;
    }
    let kind = JobKind::Dispatch.name();
    if flow.store().job_earlier(kind, conversation.id, id).await? {
        return Ok(Ended::Waits(flow.now().plus(EARLIER)));
    }
    let Some((kit, channel)) = conversation
        .channel
        .and_then(|channel| Some((flow.kit_of(channel)?, channel)))
    else {
        return Ok(Ended::Waits(flow.now().plus(HELD_UP)));
    };
    if message.kind != MessageKind::Template && window_until(conversation.last_inbound_at, flow.now()).is_none() {
        return settle::fail(flow, &message, Some(WINDOW_CLOSED)).await;
    }
    let outbound = match compose(flow, &kit, channel, &conversation, &message).await? {
        Composed::Ready(outbound) => outbound,
        Composed::Erased => return Ok(settle::next(&message)),
        Composed::Nobody => return settle::fail(flow, &message, None).await,
        Composed::NotYet(Some(error)) => return refused(flow, job, &message, &error).await,
        Composed::NotYet(None) => return Ok(Ended::Again(flow.now().plus(back_off(job.attempts)))),
    };
    let clock = &flow.inner.clock;
    clock.sleep(flow.inner.pace.take(channel, clock.monotonic())).await;
    match flow
        .store()
        .job_begin(job, &pace::turns(conversation.id, channel))
        .await
    {
        Ok(Begun::Now) => {}
        Ok(Begun::NotBefore(at)) => return Ok(Ended::Waits(at)),
        Ok(Begun::Lost) => return Ok(Ended::Lost),
        Err(error) => {
            // Begun or not: nothing has left, and nobody else can have begun it.
            tracing::warn!(job = %job.id, error = %chain(&error), "a message could not be begun and will be tried again");
            return Ok(Ended::Again(flow.now().plus(back_off(job.attempts))));
        }
    }
    let phone_number_id = kit.phone_number_id(channel);
    match kit.client.send(phone_number_id, &outbound).await {
        Ok(accepted) => settle::accept(flow, &conversation, &message, &accepted).await,
        Err(SendError::NotSent) => Ok(Ended::Again(flow.now().plus(back_off(job.attempts)))),
        Err(SendError::Unknown) => Ok(settle::later(flow)),
        Err(SendError::Refused(error)) => {
            if error.code == Some(THROUGHPUT) {
                let rest = back_off(job.attempts);
                flow.inner.pace.rest(channel, clock.monotonic(), rest);
            }
            refused(flow, job, &message, &error).await
        }
        Err(SendError::Invalid(_)) => settle::fail(flow, &message, None).await,
    }
}

/// How far a message got, by all that is known.
pub(crate) async fn state(flow: &Flow, message: &MessageRow) -> Result<Option<TickState>, Unavailable> {
    let ticks = flow.store().ticks_of(&[message.id], &[]).await?;
    let keys: Vec<_> = ticks.iter().filter_map(|tick| tick.provider).collect();
    let more = if keys.is_empty() {
        Vec::new()
    } else {
        flow.store().ticks_of(&[], &keys).await?
    };
    Ok(TickState::furthest(ticks.iter().chain(&more).map(|tick| tick.state)))
}

enum Composed {
    Ready(Box<OutboundMessage>),
    /// What was to be sent is gone, and nothing is owed.
    Erased,
    /// The contact has no identity left to send to.
    Nobody,
    /// A file could not be put at the provider yet.
    NotYet(Option<ApiError>),
}

async fn compose(
    flow: &Flow,
    kit: &Kit,
    channel: ChannelId,
    conversation: &ConversationRow,
    message: &MessageRow,
) -> Result<Composed, Unavailable> {
    let place = Place {
        kind: Kind::Message,
        object: *message.id.bytes(),
        label: Label::Body,
    };
    let permit = machine_permit(Machine::Dispatch, vec![place.object]);
    let body = match flow.vault().open(&permit, place, &message.body).await {
        Ok(body) => body,
        Err(OpenError::Erased) => return Ok(Composed::Erased),
        Err(error) => return Err(error.into()),
    };
    let Some(recipient) = recipient(flow, conversation).await? else {
        return Ok(Composed::Nobody);
    };
    let content = match body.expose() {
        Body::Text { text } => OutboundContent::Text {
            body: text.clone(),
            preview_url: false,
        },
        Body::Media { caption, .. } => {
            let attachments = flow.store().attachments_of(&[message.id]).await?;
            let Some(attachment) = attachments.into_iter().next() else {
                return Ok(Composed::Erased);
            };
            match at_provider(flow, kit, channel, conversation, &attachment).await? {
                Ok((id, file_name)) => media(message.kind, id, caption.clone(), file_name),
                Err(error) => return Ok(Composed::NotYet(error)),
            }
        }
        // Nothing else can be composed here yet, so nothing else can be queued.
        _ => return Ok(Composed::Erased),
    };
    let quoted = match message.refers {
        Some(refers) => provider_id(flow, message.conversation, refers).await?,
        None => None,
    };
    let outbound = OutboundMessage {
        to: recipient,
        content,
        reply_to: quoted,
        callback_data: Some(message.id.to_string()),
        identity_key_hash: None,
    };
    Ok(Composed::Ready(Box::new(outbound)))
}

fn media(kind: MessageKind, id: String, caption: Option<String>, file_name: Option<String>) -> OutboundContent {
    match kind {
        MessageKind::Image => OutboundContent::Image(MediaRef { id, caption }),
        MessageKind::Video => OutboundContent::Video(MediaRef { id, caption }),
        MessageKind::Audio => OutboundContent::Audio { id, voice: false },
        MessageKind::Sticker => OutboundContent::Sticker { id },
        _ => OutboundContent::Document {
            file: MediaRef { id, caption },
            filename: file_name,
        },
    }
}

/// Whom to send to: the phone number when there is one, which keeps it in the provider's updates, else the user id.
async fn recipient(flow: &Flow, conversation: &ConversationRow) -> Result<Option<Recipient>, Unavailable> {
    let Some(contact) = conversation.contact else {
        return Ok(None);
    };
    let mut living: Vec<_> = flow.store().identities_of(&[contact]).await?;
    living.retain(|row| row.ended_at.is_none() && row.kind.decides());
    living.sort_by_key(|row| (row.kind, std::cmp::Reverse(row.since)));
    let Some(row) = living.into_iter().next() else {
        return Ok(None);
    };
    let place = Place {
        kind: Kind::Identity,
        object: *row.id.bytes(),
        label: Label::Value,
    };
    let permit = machine_permit(Machine::Dispatch, vec![place.object]);
    let value = match flow.vault().open(&permit, place, &row.value).await {
        Ok(value) => value.expose().clone(),
        Err(OpenError::Erased) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    Ok(match row.kind {
        IdentityKind::Phone => PhoneNumber::parse(&value).ok().map(Recipient::Phone),
        _ => Some(Recipient::UserId(value)),
    })
}

/// The provider's id of a message, for quoting it: from the message itself or from the tick that accepted it.
async fn provider_id(flow: &Flow, conversation: ConversationId, key: Keyed) -> Result<Option<String>, Unavailable> {
    let quoted = flow.store().messages_by_provider(conversation, &[key]).await?;
    if let Some(row) = quoted.into_iter().next()
        && let Some(sealed) = &row.provider_id
    {
        let place = Place {
            kind: Kind::Message,
            object: *row.id.bytes(),
            label: Label::ProviderId,
        };
        let permit = machine_permit(Machine::Dispatch, vec![place.object]);
        return Ok(flow
            .vault()
            .open(&permit, place, sealed)
            .await
            .ok()
            .map(|id| id.expose().clone()));
    }
    for tick in flow.store().ticks_of(&[], &[key]).await? {
        if tick.state == TickState::Accepted
            && let Some(sealed) = &tick.about
        {
            let place = Place {
                kind: Kind::Tick,
                object: *tick.id.bytes(),
                label: Label::Raw,
            };
            let permit = machine_permit(Machine::Dispatch, vec![place.object]);
            if let Ok(id) = flow.vault().open(&permit, place, sealed).await {
                return Ok(String::from_utf8(id.expose().clone()).ok());
            }
        }
    }
    Ok(None)
}

/// Puts a file at the provider, once; later tries use the id that it gave.
async fn at_provider(
    flow: &Flow,
    kit: &Kit,
    channel: ChannelId,
    conversation: &ConversationRow,
    attachment: &AttachmentRow,
) -> Result<Result<(String, Option<String>), Option<ApiError>>, Unavailable> {
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
    let file_name = about.expose().0.file_name.clone();
    let steps = flow.store().attachment_steps_of(&[attachment.id]).await?;
    let opened = |step| steps.iter().find(|row| row.step == step);
    if let Some(row) = opened(AttachmentStep::Uploaded)
        && let Some(held) = crate::attachment::blob::held(flow, Machine::Dispatch, row).await?
        && let Some(id) = held.expose().0.provider_id.clone()
    {
        return Ok(Ok((id, file_name)));
    }
    let Some(row) = opened(AttachmentStep::Fetched) else {
        return Ok(Err(None));
    };
    let Some(held) = crate::attachment::blob::held(flow, Machine::Dispatch, row).await? else {
        return Ok(Err(None));
    };
    let held = &held.expose().0;
    let whole = crate::attachment::blob::read_whole(flow, Machine::Dispatch, row, held).await?;
    let name = file_name.clone().unwrap_or_else(|| "file".to_owned());
    let upload = Upload {
        bytes: whole.bytes.clone(),
        mime_type: held.media_type.clone(),
        filename: name,
        ttl_minutes: None,
    };
    let uploaded = kit.client.upload(kit.phone_number_id(channel), upload).await;
    drop(whole);
    match uploaded {
        Ok(id) => {
            let uploaded = Held {
                media_type: held.media_type.clone(),
                length: held.length,
                sha256: held.sha256,
                header: held.header.clone(),
                provider_id: Some(id.clone()),
            };
            let step = Step {
                step: AttachmentStep::Uploaded,
                failure: None,
                attempts: 1,
                stored: None,
                held: Some(uploaded),
            };
            let unit = add_step(flow, Unit::new("attachment.step"), conversation, attachment.id, step).await?;
            flow.store().commit(unit).await?;
            Ok(Ok((id, file_name)))
        }
        Err(UploadError::Request(RequestError::Refused(error))) => Ok(Err(Some(error))),
        Err(_) => Ok(Err(None)),
    }
}

async fn refused(flow: &Flow, job: &Claimed, message: &MessageRow, error: &ApiError) -> Result<Ended, Unavailable> {
    let again = match error.class {
        ErrorClass::RetrySoon if job.attempts < ATTEMPTS => Some(back_off(job.attempts)),
        // Four to the power of the attempts, in seconds. Source: Cloud API, pair rate limits.
        ErrorClass::RetrySlow if job.attempts < ATTEMPTS => Some(Duration::from_secs(
            4_u64.saturating_pow(u32::try_from(job.attempts).unwrap_or(6).min(6)),
        )),
        ErrorClass::NeedsHuman => Some(HELD_UP),
        _ => None,
    };
    match again {
        Some(wait) => Ok(Ended::Again(flow.now().plus(wait))),
        None => settle::fail(flow, message, error.code).await,
    }
}
