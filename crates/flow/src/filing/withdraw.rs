//! Asking the other system to withdraw what it was handed of a message that was erased here.
//!
//! All that is left here of such a filing is its own id, under which the other system took it, so nothing that was erased is needed. Asking holds up
//! no erasure. Each step is on the record, and only the other system's own acknowledgement makes a copy *withdrawn*.

use super::pas::{self, WithdrawalFailure};
use crate::Flow;
use crate::context::Unavailable;
use crate::jobs::{Ended, JobKind, back_off, subject};
use crate::log;
use counterfoil_ledger::leaf::{Actor, Fact};
use counterfoil_ledger::registry::{FactKey, LeafKind, Outcome};
use counterfoil_model::erasure::{CopyState, WithdrawalStep};
use counterfoil_model::{FilingId, Timestamp, WithdrawalStepId};
use counterfoil_store::rows::{ErasedCopyRow, WithdrawalStepRow};
use counterfoil_store::{Claimed, CommitError, Unit};
use serde::Serialize;
use std::time::Duration;

/// The longest wait between two tries: the other system may be away for hours.
const PATIENT: Duration = Duration::from_secs(30);
/// How many copies are read at a time.
const PAGE: usize = 1_000;
/// How soon to look again whether a filing is still being handed over.
const HANDING_OVER: Duration = Duration::from_secs(2);

/// Why the other system keeps a copy, made from the status that it answered with; what it wrote beside it is never shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawalRefusal {
    /// It must keep it.
    MustBeKept,
    /// Anything else.
    Other,
}

impl WithdrawalRefusal {
    /// The reason behind a status.
    pub(crate) fn of(status: Option<i64>) -> Self {
        match status {
            Some(409 | 423 | 451) => Self::MustBeKept,
            _ => Self::Other,
        }
    }

    /// Its stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MustBeKept => "must_be_kept",
            Self::Other => "other",
        }
    }
}

/// Adds to the unit that erases a filing that its copy is asked for, where there is anybody to ask.
pub(crate) fn ask(flow: &Flow, unit: Unit, copy: &ErasedCopyRow, at: Timestamp) -> Unit {
    let (filing, first) = (copy.filing, first(flow));
    let mut unit = put(flow, unit, filing, Step::plain(first, at));
    if first == WithdrawalStep::NotOffered {
        return unit;
    }
    if copy.state == CopyState::NotHandedOver {
        // Whoever waits to hand it over finds at once that there is nothing to hand over any more.
        unit = unit.job(JobKind::File.due(*filing.bytes(), at));
    }
    unit.job(JobKind::Withdraw.due(*filing.bytes(), at))
}

/// The first step: asking, where there is anybody to ask.
fn first(flow: &Flow) -> WithdrawalStep {
    match flow.inner.settings.pas {
        Some(_) => WithdrawalStep::Asked,
        None => WithdrawalStep::NotOffered,
    }
}

/// Adds to the unit that moves the head of a log that was brought forward that copies are asked for which nobody has asked for: those that came back with
/// older records and were erased again. No step can be put on the record before the head has moved.
pub(crate) async fn ask_for_the_rest(flow: &Flow, mut unit: Unit, at: Timestamp) -> Result<Unit, Unavailable> {
    let mut after = None;
    loop {
        let page = flow.store().erased_copies_unasked(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(unit) };
        after = Some(last.filing);
        for copy in page {
            unit = unit.job(JobKind::Withdraw.due(*copy.filing.bytes(), at));
        }
    }
}

/// Asks for one copy, or finds that there is no more to do.
pub(crate) async fn run(flow: &Flow, job: &Claimed) -> Result<Ended, Unavailable> {
    let filing = FilingId::from_bytes(subject(job));
    let steps = flow.store().withdrawal_steps_of(&[filing]).await?;
    if steps.iter().any(|row| row.step != WithdrawalStep::Asked) {
        return Ok(Ended::Done);
    }
    if steps.is_empty() {
        if flow.store().erased_copy_get(filing).await?.is_none() {
            return Ok(Ended::Done);
        }
        // It came back with older records and was erased again.
        let first = Step::plain(first(flow), flow.now());
        commit(flow, filing, first).await?;
    }
    let Some(settings) = flow.inner.settings.pas.as_ref() else {
        return Ok(match steps.is_empty() {
            true => Ended::Done,
            false => Ended::Waits(flow.now().plus(PATIENT)),
        });
    };
    // What is being handed over at this moment would arrive after it was asked for.
    if flow.store().job_there(JobKind::File.name(), *filing.bytes()).await? {
        return Ok(Ended::Waits(flow.now().plus(HANDING_OVER)));
    }
    let asked = pas::withdraw(&flow.inner.http, settings, filing).await;
    let now = flow.now();
    let step = match asked {
        Ok(at) => Step::plain(WithdrawalStep::Withdrawn, at),
        Err(WithdrawalFailure::NotThere) => Step::plain(WithdrawalStep::NotThere, now),
        Err(WithdrawalFailure::NotOffered) => Step::plain(WithdrawalStep::NotOffered, now),
        Err(WithdrawalFailure::Refused(status)) => Step {
            code: Some(i64::from(status)),
            ..Step::plain(WithdrawalStep::Refused, now)
        },
        Err(WithdrawalFailure::Away) => {
            return Ok(Ended::Again(now.plus(back_off(job.attempts).min(PATIENT))));
        }
    };
    let step = Step {
        attempts: job.attempts,
        ..step
    };
    commit(flow, filing, step).await?;
    Ok(Ended::Done)
}

/// Puts a step on the record, unless another node did.
async fn commit(flow: &Flow, filing: FilingId, step: Step) -> Result<(), Unavailable> {
    let unit = put(flow, Unit::new("withdrawal.step"), filing, step);
    match flow.store().commit(unit).await {
        Ok(()) | Err(CommitError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// A step, before it is on the record.
struct Step {
    step: WithdrawalStep,
    attempts: i64,
    code: Option<i64>,
    /// When it happened, as the other system says where it does.
    at: Timestamp,
}

impl Step {
    fn plain(step: WithdrawalStep, at: Timestamp) -> Self {
        Self {
            step,
            attempts: 0,
            code: None,
            at,
        }
    }
}

fn put(flow: &Flow, unit: Unit, filing: FilingId, step: Step) -> Unit {
    let now = flow.now();
    let id = WithdrawalStepId::new(now, flow.random());
    let mut leaf = log::leaf(LeafKind::WithdrawalStep, now, id.bytes(), Actor::SYSTEM)
        .follows(*filing.bytes())
        .fact(FactKey::Attempts, Fact::Int(step.attempts));
    let outcome = match step.step {
        WithdrawalStep::Asked => None,
        WithdrawalStep::Withdrawn => Some(Outcome::Acknowledged),
        WithdrawalStep::Refused => Some(Outcome::Refused),
        WithdrawalStep::NotOffered => Some(Outcome::Failed),
        WithdrawalStep::NotThere => Some(Outcome::Ended),
    };
    if let Some(outcome) = outcome {
        leaf = leaf.outcome(outcome);
    }
    if let Some(code) = step.code {
        leaf = leaf.fact(FactKey::Reason, Fact::Int(code));
    }
    if step.step == WithdrawalStep::Withdrawn {
        leaf = leaf.fact(FactKey::HappenedAt, Fact::Int(step.at.micros()));
    }
    let row = WithdrawalStepRow {
        id,
        filing,
        step: step.step,
        attempts: step.attempts,
        code: step.code,
        at: step.at,
        recorded_at: now,
    };
    unit.record(row, leaf)
}
