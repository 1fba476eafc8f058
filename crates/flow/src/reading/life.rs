//! The life of a message: one strip, each step with its time and its place in the log.

use super::ReadError;
use crate::Flow;
use counterfoil_ledger::leaf::Leaf;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::attachment::AttachmentStep;
use counterfoil_model::filing::FilingStep;
use counterfoil_model::message::Direction;
use counterfoil_model::{MessageId, Timestamp};
use counterfoil_policy::{Actor, Staff, reach};
use counterfoil_store::rows::{LeafRow, ReadingRow};
use std::collections::HashMap;

/// A step in the life of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifeEvent {
    /// The provider says that it was written then.
    Written,
    /// Sealed and recorded here.
    Recorded,
    /// A file of it was fetched.
    Fetched,
    /// A file of it could not be fetched.
    Unfetched,
    /// A file of it was deleted at the provider.
    DeletedAtProvider,
    /// A report of what became of it.
    Tick(counterfoil_model::tick::TickState),
    /// First read by a member of staff.
    Read,
    /// Someone asked for it to be put on a claim.
    ToBeFiled,
    /// The other system has taken it.
    Filed,
    /// The other system refused it.
    FilingRefused,
}

/// One step with its proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LifeStep {
    /// What happened.
    pub event: LifeEvent,
    /// When.
    pub at: Timestamp,
    /// The number of its leaf in the log; `None` while it waits for one.
    pub leaf: Option<u64>,
}

/// The life of one message, oldest first.
///
/// # Errors
/// As [`super::thread::thread`].
pub async fn life(flow: &Flow, staff: &Staff, message: MessageId) -> Result<Vec<LifeStep>, ReadError> {
    let reach = reach(&Actor::Staff(staff.clone()))?;
    let row = flow.store().message_get(message).await?.ok_or(ReadError::NotFound)?;
    flow.store()
        .conversation_get(row.conversation, &reach)
        .await?
        .ok_or(ReadError::NotFound)?;

    // Each step and the id of the row whose leaf proves it. Nothing is opened here: times and states are not content.
    let mut steps: Vec<(LifeEvent, Timestamp, Option<[u8; 16]>)> = Vec::new();
    if row.direction == Direction::Inbound {
        steps.push((LifeEvent::Written, row.occurred_at, None));
    }
    steps.push((LifeEvent::Recorded, row.recorded_at, Some(*row.id.bytes())));
    let attachments: Vec<_> = flow
        .store()
        .attachments_of(&[row.id])
        .await?
        .iter()
        .map(|row| row.id)
        .collect();
    for step in flow.store().attachment_steps_of(&attachments).await? {
        let event = match step.step {
            AttachmentStep::Fetched if row.direction == Direction::Inbound => LifeEvent::Fetched,
            AttachmentStep::Unfetched => LifeEvent::Unfetched,
            AttachmentStep::DeletedAtProvider => LifeEvent::DeletedAtProvider,
            AttachmentStep::Fetched | AttachmentStep::Uploaded | AttachmentStep::StaysAtProvider => continue,
        };
        steps.push((event, step.at, Some(*step.id.bytes())));
    }
    for tick in super::bubble::ticks(flow.store(), &[row.id], row.provider.as_slice()).await? {
        steps.push((LifeEvent::Tick(tick.state), tick.at, Some(*tick.id.bytes())));
    }
    let read = flow.store().reading_first(*row.id.bytes()).await?;
    let filings: Vec<_> = flow
        .store()
        .filings_of(&[row.id])
        .await?
        .iter()
        .map(|row| row.id)
        .collect();
    for step in flow.store().filing_steps_of(&filings).await? {
        let event = match step.step {
            FilingStep::ToBeFiled => LifeEvent::ToBeFiled,
            FilingStep::Filed => LifeEvent::Filed,
            FilingStep::Refused => LifeEvent::FilingRefused,
        };
        steps.push((event, step.at, Some(*step.id.bytes())));
    }
    let subjects: Vec<[u8; 16]> = steps.iter().filter_map(|(_, _, subject)| *subject).collect();
    let numbers: HashMap<[u8; 16], i64> = flow.store().leaf_numbers_of(&subjects).await?.into_iter().collect();
    let mut life: Vec<LifeStep> = steps
        .into_iter()
        .map(|(event, at, subject)| LifeStep {
            event,
            at,
            leaf: subject
                .and_then(|subject| numbers.get(&subject))
                .and_then(|number| u64::try_from(*number).ok()),
        })
        .collect();
    if let Some(read) = read {
        let leaf = reading_leaf(flow, &read).await?;
        life.push(LifeStep {
            event: LifeEvent::Read,
            at: read.at,
            leaf,
        });
    }
    life.sort_by_key(|step| step.at);
    Ok(life)
}

/// The number of the leaf that says that a thing was read: the session's first reading leaf that names it.
async fn reading_leaf(flow: &Flow, read: &ReadingRow) -> Result<Option<u64>, ReadError> {
    let leaves = flow.store().leaves_of(*read.session.bytes()).await?;
    let says = |row: &&LeafRow| {
        Leaf::decode(&row.bytes).is_ok_and(|leaf| leaf.kind == LeafKind::Reading && leaf.items.contains(&read.object))
    };
    Ok(leaves.iter().find(says).and_then(|row| u64::try_from(row.number).ok()))
}
