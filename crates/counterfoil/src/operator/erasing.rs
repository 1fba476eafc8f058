//! Erasing over the operator socket: looking ahead, deciding, showing, listing.

use super::LIST_MOST;
use super::answer::{
    Answer, CERTIFICATE, ErasedCopy, Erasure, ErasureList, Kept, Previewed, PreviewedCopy, PreviewedItem,
};
use crate::telemetry::chain;
use counterfoil_flow::Flow;
use counterfoil_flow::erasure::certificate::{Certificate, CertificateError, certificate, certificates};
use counterfoil_flow::erasure::challenge::{Attempt, challenged};
use counterfoil_flow::erasure::decide::{DecideError, Keep, Target, contact_of, decide_keeping};
use counterfoil_flow::erasure::preview::{self, PreviewItem};
use counterfoil_flow::erasure::sought::ChallengeError;
use counterfoil_model::erasure::{ErasureReason, ErasureTarget};
use counterfoil_model::{ErasureId, MessageId, Timestamp};
use counterfoil_policy::Actor;

/// What is said of a moment that is written in another way.
const NO_MOMENT: &str = "that is no moment: write it like 2021-01-01T00:00:00Z";

/// Decides that something is erased.
pub(super) async fn erase(
    flow: &Flow,
    target: ErasureTarget,
    id: &str,
    reason: ErasureReason,
    authority: &str,
    keep: Keep<'_>,
) -> Result<Answer, String> {
    let target = named(flow, target, id).await?;
    let decided = decide_keeping(flow, &Actor::Operator, target, reason, authority, keep).await;
    let erasure = decided.map_err(|error| match error {
        DecideError::Unavailable(error) => chain(&error),
        other => other.to_string(),
    })?;
    show(flow, erasure).await
}

/// Shows what would be erased, some items at a time.
pub(super) async fn preview(
    flow: &Flow,
    target: ErasureTarget,
    id: &str,
    after: Option<MessageId>,
) -> Result<Answer, String> {
    let target = named(flow, target, id).await?;
    let page = match preview::preview(flow, &Actor::Operator, target, after).await {
        Err(CertificateError::Unknown) if after.is_some() => {
            return Err("it is being erased already, or this item was: begin again".to_owned());
        }
        Err(CertificateError::Unknown) => return Err(DecideError::Unknown.to_string()),
        page => page.map_err(|error| words(&error))?,
    };
    Ok(Answer::Previewed(Previewed {
        previewed: page.items.into_iter().map(item).collect(),
        next: page.next,
    }))
}

fn item(item: PreviewItem) -> PreviewedItem {
    let filed = item.filed.into_iter().map(|filed| PreviewedCopy {
        filing: filed.filing,
        reference: filed.reference,
        step: filed.step.name().to_owned(),
    });
    PreviewedItem {
        message: item.message,
        conversation: item.conversation,
        contact: item.contact,
        kind: item.kind.name().to_owned(),
        direction: item.direction.name().to_owned(),
        author: item.author.name().to_owned(),
        occurred_at: item.occurred_at.rfc3339(),
        files: item.files,
        held: item.held,
        concerns: item.concerns.iter().map(|why| why.name().to_owned()).collect(),
        filed: filed.collect(),
    }
}

/// Shows what an erasure did so far.
pub(super) async fn show(flow: &Flow, erasure: ErasureId) -> Result<Answer, String> {
    let shown = certificate(flow, &Actor::Operator, erasure).await;
    Ok(Answer::Erasure(Box::new(answer(shown.map_err(|error| words(&error))?))))
}

/// Lists erasures.
pub(super) async fn list(flow: &Flow, before: Option<ErasureId>, limit: usize) -> Result<Answer, String> {
    let listed = certificates(flow, &Actor::Operator, before, limit.min(LIST_MOST)).await;
    let brief = |mut certificate: Certificate| {
        if let Some(challenge) = &mut certificate.challenge {
            challenge.attempts.clear();
        }
        answer(certificate)
    };
    let erasures = listed.map_err(|error| words(&error))?.into_iter().map(brief).collect();
    Ok(Answer::Erasures(ErasureList { erasures }))
}

/// Puts on the log what the challenger found.
pub(super) async fn challenge(flow: &Flow, erasure: ErasureId, attempts: &[Attempt]) -> Result<Answer, String> {
    let kept = challenged(flow, &Actor::Operator, erasure, attempts).await;
    let challenge = kept.map_err(|error| match error {
        ChallengeError::Unavailable(error) => chain(&error),
        other => other.to_string(),
    })?;
    Ok(Answer::Challenged(challenge))
}

/// What an operator named; a contact also by one of their conversations, whose id stands in the address of its page.
pub(super) async fn named(flow: &Flow, target: ErasureTarget, id: &str) -> Result<Target, String> {
    let unread = |error: counterfoil_model::IdError| error.to_string();
    Ok(match target {
        ErasureTarget::Older => Target::Older(Timestamp::from_rfc3339(id).ok_or(NO_MOMENT)?),
        ErasureTarget::Message => Target::Message(id.parse().map_err(unread)?),
        ErasureTarget::Attachment => Target::Attachment(id.parse().map_err(unread)?),
        ErasureTarget::Conversation => Target::Conversation(id.parse().map_err(unread)?),
        ErasureTarget::Contact => match id.parse() {
            Ok(conversation) => {
                let found = contact_of(flow, &Actor::Operator, conversation).await;
                let contact = found.map_err(|error| match error {
                    DecideError::Unavailable(error) => chain(&error),
                    other => other.to_string(),
                })?;
                Target::Contact(contact)
            }
            Err(_) => Target::Contact(id.parse().map_err(unread)?),
        },
    })
}

fn words(error: &CertificateError) -> String {
    match error {
        CertificateError::Unavailable(error) => chain(error),
        other => other.to_string(),
    }
}

fn answer(certificate: Certificate) -> Erasure {
    let copies = certificate.copies.iter().map(|copy| ErasedCopy {
        filing: copy.filing,
        reference: copy.reference,
        state: copy.state,
        since: copy.since.map(Timestamp::rfc3339),
        refusal: copy.refusal.map(|refusal| refusal.name().to_owned()),
    });
    let kept = certificate.kept.into_iter().map(|kept| Kept {
        target: kept.target,
        object: kept.object,
        ground: kept.ground,
        hold: kept.hold,
        words: kept.words,
        lost: kept.lost,
        since: kept.since.rfc3339(),
        taken_by: kept.taken_by,
    });
    let counts = certificate.copy_counts.into_iter();
    Erasure {
        format: CERTIFICATE.to_owned(),
        erasure: certificate.erasure,
        target: certificate.target,
        object: certificate.object,
        reason: certificate.reason,
        authority: certificate.authority,
        lost: certificate.lost,
        decided_by: certificate.decided_by,
        decided_at: certificate.decided_at.rfc3339(),
        keys_destroyed_at: certificate.keys_destroyed_at.map(|at| at.rfc3339()),
        live_at: certificate.live_at.map(|at| at.rfc3339()),
        final_at: certificate.final_at.map(|at| at.rfc3339()),
        records: certificate.records,
        kept_count: certificate.kept_count,
        kept: kept.collect(),
        copy_counts: counts.map(|(state, count)| (state.to_owned(), count)).collect(),
        copies: copies.collect(),
        challenge: certificate.challenge,
        beyond_reach: certificate
            .beyond_reach
            .iter()
            .map(|what| what.words().to_owned())
            .collect(),
    }
}
