//! Erasing over the operator socket: deciding, showing, listing.

use super::LIST_MOST;
use super::answer::{Answer, ErasedCopy, Erasure, ErasureList};
use crate::telemetry::chain;
use counterfoil_flow::Flow;
use counterfoil_flow::erasure::certificate::{Certificate, CertificateError, certificate, certificates};
use counterfoil_flow::erasure::challenge::{Attempt, challenged};
use counterfoil_flow::erasure::decide::{DecideError, Target, contact_of, decide};
use counterfoil_flow::erasure::sought::ChallengeError;
use counterfoil_model::ErasureId;
use counterfoil_model::erasure::{ErasureReason, ErasureTarget};
use counterfoil_policy::Actor;

/// Decides that something is erased.
pub(super) async fn erase(
    flow: &Flow,
    target: ErasureTarget,
    id: &str,
    reason: ErasureReason,
    authority: &str,
) -> Result<Answer, String> {
    let target = named(flow, target, id).await?;
    let decided = decide(flow, &Actor::Operator, target, reason, authority).await;
    let erasure = decided.map_err(|error| match error {
        DecideError::Unavailable(error) => chain(&error),
        other => other.to_string(),
    })?;
    show(flow, erasure).await
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
    });
    Erasure {
        erasure: certificate.erasure,
        target: certificate.target,
        object: certificate.object,
        reason: certificate.reason,
        authority: certificate.authority,
        decided_by: certificate.decided_by,
        decided_at: certificate.decided_at.rfc3339(),
        keys_destroyed_at: certificate.keys_destroyed_at.map(|at| at.rfc3339()),
        live_at: certificate.live_at.map(|at| at.rfc3339()),
        final_at: certificate.final_at.map(|at| at.rfc3339()),
        records: certificate.records,
        copies: copies.collect(),
        challenge: certificate.challenge,
        beyond_reach: certificate
            .beyond_reach
            .iter()
            .map(|what| what.words().to_owned())
            .collect(),
    }
}
