//! Fetching a file from the provider: at once, checked, sealed, and then deleted there.
//!
//! Each step is a row with its leaf. A file that cannot be had ends with its reason and the number of attempts; its message
//! stays as it is.

use super::about::{About, Held};
use super::blob::{self, StoreFailure, Stored};
use crate::Flow;
use crate::background::chain;
use crate::connections::kit::Kit;
use crate::context::Unavailable;
use crate::intake::early::early_file;
use crate::jobs::{Ended, back_off, subject};
use crate::live::event;
use crate::log;
use counterfoil_ledger::leaf::{Actor, Fact};
use counterfoil_ledger::registry::{FactKey, LeafKind, Outcome};
use counterfoil_model::attachment::{AttachmentStep, FetchFailure};
use counterfoil_model::{AttachmentId, AttachmentStepId};
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_store::blobs::blob_name;
use counterfoil_store::rows::{AttachmentRow, AttachmentStepRow, ConversationRow, MessageRow};
use counterfoil_store::{Claimed, Unit};
use counterfoil_vault::{Content as _, Json, Kind, Label, OpenError, Place};
use counterfoil_whatsapp::client::{ApiError, Client, FetchError, RequestError};

/// The largest file that WhatsApp delivers. Source: Cloud API, media, "100 MB" (edition 2025-11).
pub(crate) const LIMIT_BYTES: u64 = 100 * 1024 * 1024;
/// How often a file is asked for before it counts as not to be had: over about an hour, which is as long as a number with No
/// Storage keeps it.
const ATTEMPTS: i64 = 15;

struct Subject {
    attachment: AttachmentRow,
    message: MessageRow,
    conversation: ConversationRow,
}

/// Fetches one file, or finds that there is no more to do.
pub(crate) async fn run(flow: &Flow, job: &Claimed) -> Result<Ended, Unavailable> {
    let Some(subject) = placed(flow, AttachmentId::from_bytes(subject(job))).await? else {
        return Ok(Ended::Done);
    };
    let steps = flow.store().attachment_steps_of(&[subject.attachment.id]).await?;
    let reached = |step| steps.iter().any(|row| row.step == step);
    if reached(AttachmentStep::Unfetched)
        || reached(AttachmentStep::DeletedAtProvider)
        || reached(AttachmentStep::StaysAtProvider)
    {
        return Ok(Ended::Done);
    }
    let place = Place {
        kind: Kind::Attachment,
        object: *subject.attachment.id.bytes(),
        label: Label::About,
    };
    let permit = machine_permit(Machine::Media, vec![place.object]);
    let about = match flow
        .vault()
        .open(&permit, place, &subject.attachment.about.retyped::<Json<About>>())
        .await
    {
        Ok(about) => about,
        Err(OpenError::Erased) => return Ok(Ended::Done),
        Err(error) => return Err(error.into()),
    };
    let about = &about.expose().0;
    let kit = subject.conversation.channel.and_then(|channel| flow.kit_of(channel));
    let Some(kit) = kit else {
        return fail(flow, &subject, FetchFailure::Refused, job.attempts).await;
    };
    let Some(provider_id) = about.provider_id.as_deref() else {
        return fail(flow, &subject, FetchFailure::Unnamed, job.attempts).await;
    };

    if !reached(AttachmentStep::Fetched) {
        match bytes(flow, &kit, &subject, about, provider_id).await? {
            Ok((stored, early)) => {
                fetched(flow, &subject, about, stored, job.attempts).await?;
                if let Some(early) = early {
                    flow.blobs().remove_orphan(&early).await?;
                }
            }
            Err(Obstacle::Final(failure)) => return fail(flow, &subject, failure, job.attempts).await,
            Err(Obstacle::Passing(failure)) if job.attempts >= ATTEMPTS => {
                return fail(flow, &subject, failure, job.attempts).await;
            }
            Err(Obstacle::Passing(_)) => return Ok(Ended::Again(flow.now().plus(back_off(job.attempts)))),
        }
    }
    delete(flow, &kit.client, &subject, provider_id, job.attempts).await
}

async fn placed(flow: &Flow, attachment: AttachmentId) -> Result<Option<Subject>, Unavailable> {
    let Some(attachment) = flow.store().attachment_get(attachment).await? else {
        return Ok(None);
    };
    let Some(message) = flow.store().message_get(attachment.message).await? else {
        return Ok(None);
    };
    let Some(conversation) = flow.conversation(message.conversation).await? else {
        return Ok(None);
    };
    Ok(Some(Subject {
        attachment,
        message,
        conversation,
    }))
}

/// What stands between us and a file.
enum Obstacle {
    /// Asking again would not help.
    Final(FetchFailure),
    /// Asking again may help.
    Passing(FetchFailure),
}

/// The bytes of a file: what was fetched early, while the database was away, or what the provider has; sealed under the
/// conversation's tree. With the name of the early file, which then goes.
async fn bytes(
    flow: &Flow,
    kit: &Kit,
    subject: &Subject,
    about: &About,
    provider_id: &str,
) -> Result<Result<(Stored, Option<String>), Obstacle>, Unavailable> {
    if let Some((name, source)) = early_file(flow, kit.id, provider_id).await? {
        match blob::store(flow, subject.conversation.tree, source, LIMIT_BYTES).await {
            Ok(stored) if about.sha256.is_none_or(|announced| announced == stored.sha256) => {
                return Ok(Ok((stored, Some(name))));
            }
            Ok(stored) => flow.blobs().remove_orphan(&blob_name(stored.blob)).await?,
            Err(StoreFailure::Unavailable(error)) => return Err(error),
            Err(StoreFailure::Source(error)) => {
                tracing::warn!(error = %chain(&error), "a file that was fetched early cannot be used; the provider is asked again");
            }
            Err(StoreFailure::TooLarge) => {}
        }
        flow.blobs().remove_orphan(&name).await?;
    }
    let fetched = fetch(flow, &kit.client, subject, about, provider_id).await?;
    Ok(fetched.map(|stored| (stored, None)))
}

async fn fetch(
    flow: &Flow,
    client: &Client,
    subject: &Subject,
    about: &About,
    provider_id: &str,
) -> Result<Result<Stored, Obstacle>, Unavailable> {
    let info = match client.lookup(provider_id, None).await {
        Ok(info) => info,
        Err(error) => return Ok(Err(obstacle(&error.into()))),
    };
    let announced = about.sha256.or(info.sha256);
    if info.size_bytes.is_some_and(|size| size > LIMIT_BYTES) {
        return Ok(Err(Obstacle::Final(FetchFailure::TooLarge)));
    }
    let source = match client.fetch(&info.url, LIMIT_BYTES).await {
        Ok(source) => source.into_stream(),
        Err(error) => return Ok(Err(obstacle(&error))),
    };
    let stored = match blob::store(flow, subject.conversation.tree, source, LIMIT_BYTES).await {
        Ok(stored) => stored,
        Err(StoreFailure::Source(error)) => return Ok(Err(obstacle(&error))),
        Err(StoreFailure::TooLarge) => return Ok(Err(Obstacle::Final(FetchFailure::TooLarge))),
        Err(StoreFailure::Unavailable(error)) => return Err(error),
    };
    if announced.is_some_and(|announced| announced != stored.sha256) {
        flow.blobs().remove_orphan(&blob_name(stored.blob)).await?;
        return Ok(Err(Obstacle::Passing(FetchFailure::DigestDiffers)));
    }
    Ok(Ok(stored))
}

fn obstacle(error: &FetchError) -> Obstacle {
    match error {
        FetchError::TooLong { .. } => Obstacle::Final(FetchFailure::TooLarge),
        FetchError::HostNotAllowed => Obstacle::Final(FetchFailure::Refused),
        // The address holds for five minutes only; the next try asks for a new one.
        FetchError::AddressExpired => Obstacle::Passing(FetchFailure::Gone),
        FetchError::Request(RequestError::Refused(error)) if gone(error) => Obstacle::Passing(FetchFailure::Gone),
        FetchError::Request(RequestError::Refused(_)) => Obstacle::Passing(FetchFailure::Refused),
        FetchError::Request(_) => Obstacle::Passing(FetchFailure::Unreachable),
    }
}

/// Whether the provider says that there is no such file. Source: Cloud API, error codes 33 and 100; 404 for the bytes.
fn gone(error: &ApiError) -> bool {
    error.status == 404 || matches!(error.code, Some(33 | 100))
}

async fn fetched(
    flow: &Flow,
    subject: &Subject,
    about: &About,
    stored: Stored,
    attempts: i64,
) -> Result<(), Unavailable> {
    let held = Held {
        media_type: blob::media_type(&stored.start, about.media_type.as_deref()),
        length: stored.length,
        sha256: stored.sha256,
        header: stored.header.clone(),
        provider_id: None,
    };
    let step = Step {
        step: AttachmentStep::Fetched,
        failure: None,
        attempts,
        stored: Some(&stored),
        held: Some(held),
    };
    record(flow, subject, step).await
}

async fn fail(flow: &Flow, subject: &Subject, failure: FetchFailure, attempts: i64) -> Result<Ended, Unavailable> {
    let step = Step {
        step: AttachmentStep::Unfetched,
        failure: Some(failure),
        attempts,
        stored: None,
        held: None,
    };
    record(flow, subject, step).await?;
    Ok(Ended::Done)
}

async fn delete(
    flow: &Flow,
    client: &Client,
    subject: &Subject,
    provider_id: &str,
    attempts: i64,
) -> Result<Ended, Unavailable> {
    let step = match client.delete(provider_id, None).await {
        Ok(()) => AttachmentStep::DeletedAtProvider,
        Err(RequestError::Refused(error)) if gone(&error) => AttachmentStep::DeletedAtProvider,
        Err(_) if attempts < ATTEMPTS => return Ok(Ended::Again(flow.now().plus(back_off(attempts)))),
        Err(_) => AttachmentStep::StaysAtProvider,
    };
    record(
        flow,
        subject,
        Step {
            step,
            failure: None,
            attempts,
            stored: None,
            held: None,
        },
    )
    .await?;
    Ok(Ended::Done)
}

pub(crate) struct Step<'a> {
    pub(crate) step: AttachmentStep,
    pub(crate) failure: Option<FetchFailure>,
    pub(crate) attempts: i64,
    pub(crate) stored: Option<&'a Stored>,
    pub(crate) held: Option<Held>,
}

async fn record(flow: &Flow, subject: &Subject, step: Step<'_>) -> Result<(), Unavailable> {
    let unit = add_step(
        flow,
        Unit::new("attachment.step"),
        &subject.conversation,
        subject.attachment.id,
        step,
    )
    .await?;
    let unit = unit.event(event::message_changed(
        subject.conversation.id,
        subject.message.id,
        flow.now(),
    ));
    Ok(flow.store().commit(unit).await?)
}

/// Adds to `unit` one step in the life of an attachment.
pub(crate) async fn add_step(
    flow: &Flow,
    unit: Unit,
    conversation: &ConversationRow,
    attachment: AttachmentId,
    step: Step<'_>,
) -> Result<Unit, Unavailable> {
    let at = flow.now();
    let id = AttachmentStepId::new(at, flow.random());
    let mut leaf = log::leaf(LeafKind::AttachmentStep, at, id.bytes(), Actor::SYSTEM)
        .follows(*attachment.bytes())
        .outcome(outcome(step.step))
        .fact(FactKey::Attempts, Fact::Int(step.attempts));
    if let Some(failure) = step.failure {
        leaf = leaf.fact(FactKey::Reason, Fact::Int(failure.code()));
    }
    if let Some(stored) = step.stored {
        leaf = leaf.object(stored.digest);
    }
    let mut about = None;
    if let Some(held) = step.held {
        let own;
        let key = match step.stored {
            Some(stored) => &stored.item,
            None => {
                own = flow.vault().item(conversation.tree).await?;
                &own
            }
        };
        let place = Place {
            kind: Kind::AttachmentStep,
            object: *id.bytes(),
            label: Label::About,
        };
        let held = Json(held);
        leaf = leaf.commitment(log::label(Label::About), key.commit(Label::About, &held.encode()));
        about = Some(key.seal(place, &held).retyped());
    }
    let row = AttachmentStepRow {
        id,
        attachment,
        step: step.step,
        failure: step.failure,
        attempts: step.attempts,
        blob: step.stored.map(|stored| stored.blob),
        blob_digest: step.stored.map(|stored| stored.digest),
        about,
        at,
        recorded_at: at,
    };
    Ok(unit.record(row, leaf))
}

fn outcome(step: AttachmentStep) -> Outcome {
    match step {
        AttachmentStep::Fetched => Outcome::Fetched,
        AttachmentStep::Unfetched => Outcome::CouldNotBeFetched,
        AttachmentStep::DeletedAtProvider => Outcome::DeletedAtProvider,
        AttachmentStep::StaysAtProvider => Outcome::CouldNotBeDeleted,
        AttachmentStep::Uploaded => Outcome::Sent,
    }
}
