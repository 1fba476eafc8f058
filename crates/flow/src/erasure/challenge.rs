//! Putting on the record what the challenger found of something that was erased, place by place.
//!
//! It tries to read what was erased, with every key that is still held, wherever something of it may be. Its attempts go on the certificate.

use super::sought::ChallengeError;
use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::leaf::Fact;
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::erasure::{AttemptOutcome, AttemptPlace};
use counterfoil_model::{AttemptId, BackupId, ChallengeId, ErasureId, Timestamp};
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::Unit;
use counterfoil_store::rows::ErasureAttemptRow;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// The most attempts of one run.
pub const ATTEMPTS: usize = 500;

/// What was found in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// Where.
    pub place: AttemptPlace,
    /// Which backup, when the place is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<BackupId>,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// How many bytes were looked through.
    pub looked: u64,
    /// How many sealed values of the erasure stand there; in the vault, how many older rows of its key trees.
    pub found: u64,
    /// How many of them a key opens that is still held.
    pub opened: u64,
}

/// A run of the challenger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// Which.
    pub challenge: ChallengeId,
    /// When it was put on the record, microseconds.
    pub at: Timestamp,
    /// What it found: place by place, of backups the newest first.
    pub attempts: Vec<Attempt>,
}

/// Puts a run on the record: each attempt a row and a leaf. Those past [`ATTEMPTS`] are not kept.
///
/// # Errors
/// [`ChallengeError::Refused`], [`ChallengeError::Unknown`], [`ChallengeError::Unavailable`].
pub async fn challenged(
    flow: &Flow,
    actor: &Actor,
    erasure: ErasureId,
    attempts: &[Attempt],
) -> Result<Challenge, ChallengeError> {
    let granted = may(actor, Action::Erase).map_err(|_| ChallengeError::Refused)?;
    let known = flow.store().erasure_get(erasure).await.map_err(Unavailable::from)?;
    known.ok_or(ChallengeError::Unknown)?;
    let at = flow.now();
    let challenge = ChallengeId::new(at, flow.random());
    let attempts = &attempts[..attempts.len().min(ATTEMPTS)];
    let mut unit = Unit::new("erasure.challenged");
    for attempt in attempts {
        let row = ErasureAttemptRow {
            id: AttemptId::new(at, flow.random()),
            challenge,
            erasure,
            place: attempt.place,
            backup: attempt.backup,
            outcome: attempt.outcome,
            looked: stored(attempt.looked),
            found: stored(attempt.found),
            opened: stored(attempt.opened),
            recorded_at: at,
        };
        let leaf = log::leaf(
            LeafKind::ErasureChallenged,
            at,
            row.id.bytes(),
            log::actor(granted.actor()),
        )
        .follows(*erasure.bytes())
        .items(attempt.backup.map(|backup| *backup.bytes()))
        .count(attempt.opened)
        .fact(FactKey::Reason, Fact::Int(attempt.outcome.code()))
        .fact(FactKey::Size, Fact::Int(row.looked));
        unit = unit.record(row, leaf);
    }
    flow.store().commit(unit).await.map_err(Unavailable::from)?;
    Ok(Challenge {
        challenge,
        at,
        attempts: ordered(attempts.to_vec()),
    })
}

/// The last run over an erasure, if there was one.
pub(super) async fn last(flow: &Flow, erasure: ErasureId) -> Result<Option<Challenge>, Unavailable> {
    let rows = flow.store().erasure_attempts(erasure, ATTEMPTS).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    Ok(Some(Challenge {
        challenge: first.challenge,
        at: first.recorded_at,
        attempts: ordered(rows.iter().map(attempt).collect()),
    }))
}

fn ordered(mut attempts: Vec<Attempt>) -> Vec<Attempt> {
    attempts.sort_by_key(|attempt| (attempt.place, Reverse(attempt.backup)));
    attempts
}

fn attempt(row: &ErasureAttemptRow) -> Attempt {
    Attempt {
        place: row.place,
        backup: row.backup,
        outcome: row.outcome,
        looked: row.looked.unsigned_abs(),
        found: row.found.unsigned_abs(),
        opened: row.opened.unsigned_abs(),
    }
}

fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
