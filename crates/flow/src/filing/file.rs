//! Putting one message with its attachments on a claim.

use super::FileError;
use crate::Flow;
use crate::context::Unavailable;
use crate::jobs::JobKind;
use crate::live::event;
use crate::log;
use counterfoil_ledger::leaf::{Actor as LeafActor, Fact};
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::filing::FilingStep;
use counterfoil_model::{FilingId, FilingStepId, MessageId, ReferenceId};
use counterfoil_policy::{Action, Actor, Refusal, Staff, may, reach};
use counterfoil_store::rows::{FilingRow, FilingStepRow, ReferenceRow};
use counterfoil_store::{CommitError, Unit};
use counterfoil_vault::{Kind, Label, Lookup, Place};

/// The system that a claim is an object of.
pub(crate) const PAS: &str = "pas";
/// The kind of object.
pub(crate) const CLAIM: &str = "claim";

/// Asks for `message` to be put on `claim` (as a person wrote it; 1 to 64 letters, digits, `-`, `/`, `.`). Asking twice is the same
/// filing.
///
/// # Errors
/// See [`FileError`].
pub async fn file(flow: &Flow, staff: &Staff, message: MessageId, claim: &str) -> Result<FilingId, FileError> {
    if flow.inner.settings.pas.is_none() {
        return Err(FileError::NotSetUp);
    }
    let claim = spelled(claim).ok_or(FileError::NotAReference)?;
    let actor = Actor::Staff(staff.clone());
    let reach = reach(&actor).map_err(|_| FileError::Refused)?;
    let message = flow
        .store()
        .message_get(message)
        .await
        .map_err(Unavailable::from)?
        .ok_or(FileError::NotFound)?;
    let conversation = flow
        .store()
        .conversation_get(message.conversation, &reach)
        .await
        .map_err(Unavailable::from)?;
    let conversation = conversation.ok_or(FileError::NotFound)?;
    match may(&actor, Action::File(conversation.team)) {
        Ok(_) => {}
        Err(Refusal::Team) => return Err(FileError::NotFound),
        Err(Refusal::Role) => return Err(FileError::Refused),
    }
    for _ in 0..4 {
        let mut unit = Unit::new("filing.ask");
        let lookups = flow.lookups_now().await?;
        let hashes = lookups.hashes(Lookup::Reference, &claim);
        let known = flow
            .store()
            .reference_by_lookup(PAS, CLAIM, &hashes.all())
            .await
            .map_err(Unavailable::from)?;
        let reference = match known {
            Some(row) => {
                let filings = flow
                    .store()
                    .filings_of(&[message.id])
                    .await
                    .map_err(Unavailable::from)?;
                if let Some(filing) = filings.iter().find(|filing| filing.reference == row.id) {
                    return Ok(filing.id);
                }
                row.id
            }
            None => {
                let at = flow.now();
                let id = ReferenceId::new(at, flow.random());
                let tree = flow.organisation_tree();
                let item = flow.vault().item(tree).await.map_err(Unavailable::from)?;
                let place = Place {
                    kind: Kind::Reference,
                    object: *id.bytes(),
                    label: Label::Value,
                };
                let leaf = log::leaf(LeafKind::Reference, at, id.bytes(), log::staff(staff))
                    .commitment(log::label(Label::Value), item.commit(Label::Value, claim.as_bytes()));
                let value = item.seal(place, &claim);
                let row = ReferenceRow {
                    id,
                    system: PAS.to_owned(),
                    kind: CLAIM.to_owned(),
                    lookup: hashes.written,
                    value,
                    recorded_at: at,
                };
                unit = unit.record(row, leaf).change(lookups.stands());
                id
            }
        };
        let at = flow.now();
        let id = FilingId::new(at, flow.random());
        let leaf = log::leaf(LeafKind::Filing, at, id.bytes(), log::staff(staff))
            .follows(*message.id.bytes())
            .fact(FactKey::Reference, Fact::Id(*reference.bytes()));
        let row = FilingRow {
            id,
            message: message.id,
            reference,
            person: staff.person,
            recorded_at: at,
        };
        unit = unit.record(row, leaf);
        let step = FilingStepId::new(at, flow.random());
        let leaf = log::leaf(LeafKind::FilingStep, at, step.bytes(), LeafActor::SYSTEM).follows(*id.bytes());
        let row = FilingStepRow {
            id: step,
            filing: id,
            step: FilingStep::ToBeFiled,
            attempts: 0,
            code: None,
            acknowledgement: None,
            at,
            recorded_at: at,
        };
        unit = unit
            .record(row, leaf)
            .job(JobKind::File.due(*id.bytes(), at))
            .event(event::message_changed(conversation.id, message.id, flow.now()));
        match flow.store().commit(unit).await {
            Ok(()) => return Ok(id),
            // The same claim or filing was recorded at the same moment: find it.
            Err(CommitError::Conflict { .. }) => {}
            Err(error) => return Err(Unavailable::from(error).into()),
        }
    }
    Err(Unavailable("the same claim was being recorded elsewhere again and again".into()).into())
}

/// A claim number in the one spelling that we keep: no spaces around it, capital letters.
fn spelled(claim: &str) -> Option<String> {
    let claim = claim.trim().to_uppercase();
    let fits = (1..=64).contains(&claim.len())
        && claim
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b'.'))
        && claim.bytes().any(|byte| byte.is_ascii_digit());
    fits.then_some(claim)
}

#[cfg(test)]
mod tests {
    use super::spelled;

    #[test]
    fn claims_have_one_spelling() {
        for (written, want) in [
            ("CLM-2026-004711", Some("CLM-2026-004711")),
            (" clm-2026-004711 ", Some("CLM-2026-004711")),
            ("4711/26", Some("4711/26")),
            ("", None),
            ("claim", None),
            ("CLM 4711", None),
            ("4711?x=1", None),
            (&"9".repeat(65), None),
        ] {
            assert_eq!(spelled(written).as_deref(), want, "{written}");
        }
    }
}
