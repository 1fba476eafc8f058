//! Handing a filed message to the other system, and keeping its acknowledgement.

use super::pas::{self, Acknowledged, Document, DocumentFile, FilingFailure};
use crate::Flow;
use crate::attachment::about::About;
use crate::attachment::blob;
use crate::context::Unavailable;
use crate::jobs::{Ended, back_off, subject};
use crate::live::event;
use crate::log;
use counterfoil_ledger::leaf::{Actor, Fact};
use counterfoil_ledger::registry::{FactKey, LeafKind, Outcome};
use counterfoil_model::attachment::AttachmentStep;
use counterfoil_model::body::Body;
use counterfoil_model::filing::FilingStep;
use counterfoil_model::message::Direction;
use counterfoil_model::{FilingId, FilingStepId};
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_store::rows::{ConversationRow, FilingRow, FilingStepRow, MessageRow};
use counterfoil_store::{Claimed, Unit};
use counterfoil_vault::{Json, Kind, Label, OpenError, Place};
use std::time::Duration;

/// The longest wait between two tries: the other system may be away for hours, and is asked again soon after it is back.
const PATIENT: Duration = Duration::from_secs(30);

/// How soon to look again for a file that is still being fetched.
const FETCHING: Duration = Duration::from_secs(2);

/// Files one message, or finds that there is no more to do.
pub(crate) async fn run(flow: &Flow, job: &Claimed) -> Result<Ended, Unavailable> {
    let Some(settings) = flow.inner.settings.pas.as_ref() else {
        return Ok(Ended::Waits(flow.now().plus(PATIENT)));
    };
    let Some(filing) = flow.store().filing_get(FilingId::from_bytes(subject(job))).await? else {
        return Ok(Ended::Done);
    };
    let steps = flow.store().filing_steps_of(&[filing.id]).await?;
    if steps.iter().any(|row| row.step != FilingStep::ToBeFiled) {
        return Ok(Ended::Done);
    }
    let Some(message) = flow.store().message_get(filing.message).await? else {
        return Ok(Ended::Done);
    };
    let Some(conversation) = flow.conversation(message.conversation).await? else {
        return Ok(Ended::Done);
    };
    // A file that is still being fetched belongs to what is filed: wait for it.
    let Some(document) = document(flow, &filing, &message).await? else {
        return Ok(Ended::Waits(flow.now().plus(FETCHING)));
    };
    let Some(claim) = claim(flow, &filing).await? else {
        return Ok(Ended::Done);
    };
    // It may have been erased while its files were read.
    if flow.store().filing_get(filing.id).await?.is_none() {
        return Ok(Ended::Done);
    }
    match pas::file(&flow.inner.http, settings, filing.id, &claim, &document).await {
        Ok(acknowledged) => {
            record(
                flow,
                &conversation,
                &filing,
                job.attempts,
                FilingStep::Filed,
                None,
                Some(acknowledged),
            )
            .await
        }
        Err(FilingFailure::Refused(status)) => {
            let code = Some(i64::from(status));
            record(
                flow,
                &conversation,
                &filing,
                job.attempts,
                FilingStep::Refused,
                code,
                None,
            )
            .await
        }
        Err(FilingFailure::Away) => Ok(Ended::Again(flow.now().plus(back_off(job.attempts).min(PATIENT)))),
    }
}

async fn claim(flow: &Flow, filing: &FilingRow) -> Result<Option<String>, Unavailable> {
    let references = flow.store().references_get(&[filing.reference]).await?;
    let Some(reference) = references.into_iter().next() else {
        return Ok(None);
    };
    let place = Place {
        kind: Kind::Reference,
        object: *reference.id.bytes(),
        label: Label::Value,
    };
    let permit = machine_permit(Machine::Filing, vec![place.object]);
    match flow.vault().open(&permit, place, &reference.value).await {
        Ok(value) => Ok(Some(value.expose().clone())),
        Err(OpenError::Erased) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What the other system gets. `None` while a file is still on its way, or the message is on its way out.
async fn document(flow: &Flow, filing: &FilingRow, message: &MessageRow) -> Result<Option<Document>, Unavailable> {
    let place = Place {
        kind: Kind::Message,
        object: *message.id.bytes(),
        label: Label::Body,
    };
    let permit = machine_permit(Machine::Filing, vec![place.object]);
    let text = match flow.vault().open(&permit, place, &message.body).await {
        Ok(body) => words(body.expose()),
        // It is being erased: nothing of it leaves any more, and soon its rows are gone too.
        Err(OpenError::Erased) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let attachments = flow.store().attachments_of(&[message.id]).await?;
    let ids: Vec<_> = attachments.iter().map(|row| row.id).collect();
    let steps = flow.store().attachment_steps_of(&ids).await?;
    let mut files = Vec::new();
    for (number, attachment) in (1..).zip(&attachments) {
        let own = || steps.iter().filter(|row| row.attachment == attachment.id);
        let Some(row) = own().find(|row| row.step == AttachmentStep::Fetched) else {
            if own().any(|row| row.step == AttachmentStep::Unfetched) {
                continue;
            }
            return Ok(None);
        };
        let Some(held) = blob::held(flow, Machine::Filing, row).await? else {
            continue;
        };
        let held = &held.expose().0;
        // A message has one file, so that nobody waits for room while holding some.
        let blob::Whole { bytes, share } = blob::read_whole(flow, Machine::Filing, row, held).await?;
        let place = Place {
            kind: Kind::Attachment,
            object: *attachment.id.bytes(),
            label: Label::About,
        };
        let permit = machine_permit(Machine::Filing, vec![place.object]);
        let about = flow
            .vault()
            .open(&permit, place, &attachment.about.retyped::<Json<About>>())
            .await?;
        let name = about
            .expose()
            .0
            .file_name
            .clone()
            .unwrap_or_else(|| blob::plain_name(number, &held.media_type));
        files.push(DocumentFile::new(name, held.media_type.clone(), &bytes, share));
    }
    Ok(Some(Document {
        external_id: filing.id.to_string(),
        kind: "message",
        occurred_at: pas::written(message.occurred_at),
        from: if message.direction == Direction::Inbound {
            "customer"
        } else {
            "staff"
        },
        text,
        files,
    }))
}

/// What a message says, as one text.
fn words(body: &Body) -> String {
    match body.itself() {
        Body::Location {
            latitude,
            longitude,
            name,
            address,
        } => [name.clone(), address.clone(), Some(format!("{latitude}, {longitude}"))]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("\n"),
        Body::Contacts { cards } => cards
            .iter()
            .map(|card| format!("{} {}", card.name, card.phones.join(" ")))
            .collect::<Vec<_>>()
            .join("\n"),
        other => other.words().unwrap_or_default().to_owned(),
    }
}

async fn record(
    flow: &Flow,
    conversation: &ConversationRow,
    filing: &FilingRow,
    attempts: i64,
    step: FilingStep,
    code: Option<i64>,
    acknowledged: Option<Acknowledged>,
) -> Result<Ended, Unavailable> {
    let at = flow.now();
    let id = FilingStepId::new(at, flow.random());
    let outcome = if step == FilingStep::Filed {
        Outcome::Acknowledged
    } else {
        Outcome::Refused
    };
    let mut leaf = log::leaf(LeafKind::FilingStep, at, id.bytes(), Actor::SYSTEM)
        .follows(*filing.id.bytes())
        .outcome(outcome)
        .fact(FactKey::Attempts, Fact::Int(attempts));
    if let Some(code) = code {
        leaf = leaf.fact(FactKey::Reason, Fact::Int(code));
    }
    let mut acknowledgement = None;
    if let Some(acknowledged) = acknowledged {
        let key = flow.vault().item(conversation.tree).await?;
        let place = Place {
            kind: Kind::FilingStep,
            object: *id.bytes(),
            label: Label::Acknowledgement,
        };
        let label = Label::Acknowledgement;
        leaf = leaf.commitment(
            log::label(label),
            key.commit(label, acknowledged.document_id.as_bytes()),
        );
        acknowledgement = Some(key.seal(place, &acknowledged.document_id));
    }
    let row = FilingStepRow {
        id,
        filing: filing.id,
        step,
        attempts,
        code,
        acknowledgement,
        at,
        recorded_at: at,
    };
    let unit = Unit::new("filing.step").record(row, leaf).event(event::message_changed(
        conversation.id,
        filing.message,
        flow.now(),
    ));
    flow.store().commit(unit).await?;
    Ok(Ended::Done)
}
