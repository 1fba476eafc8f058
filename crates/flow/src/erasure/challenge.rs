//! Putting on the record what the challenger found of something that was erased, place by place.
//!
//! It tries to read what was erased, with every key that is still held, wherever something of it may be. Its attempts go on the certificate.

use super::sought::{ChallengeError, known};
use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::leaf::{Fact, Leaf};
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

/// A run of the challenger, as a certificate tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToldChallenge {
    /// Which; `None` when its records were lost in a restore, so that leaves alone tell of it.
    pub challenge: Option<ChallengeId>,
    /// When it was put on the record, microseconds.
    pub at: Timestamp,
    /// What it found.
    pub attempts: Vec<ToldAttempt>,
}

/// What was found in one place, as a certificate tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToldAttempt {
    /// Where; a leaf tells of backups only.
    pub place: Option<AttemptPlace>,
    /// Which backup, when the place is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<BackupId>,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// How many bytes were looked through.
    pub looked: u64,
    /// How many sealed values of the erasure stand there; no leaf tells that.
    pub found: Option<u64>,
    /// How many of them a key opens that is still held.
    pub opened: u64,
}

impl From<&Attempt> for ToldAttempt {
    fn from(attempt: &Attempt) -> Self {
        Self {
            place: Some(attempt.place),
            backup: attempt.backup,
            outcome: attempt.outcome,
            looked: attempt.looked,
            found: Some(attempt.found),
            opened: attempt.opened,
        }
    }
}

/// Puts a run on the record: each attempt a row and a leaf. Those past [`ATTEMPTS`] are not kept.
///
/// # Errors
/// [`ChallengeError::Refused`], [`ChallengeError::Unknown`], [`ChallengeError::Lost`], [`ChallengeError::Unavailable`].
pub async fn challenged(
    flow: &Flow,
    actor: &Actor,
    erasure: ErasureId,
    attempts: &[Attempt],
) -> Result<Challenge, ChallengeError> {
    let granted = may(actor, Action::Erase).map_err(|_| ChallengeError::Refused)?;
    known(flow, erasure).await?;
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
pub(super) async fn last(flow: &Flow, erasure: ErasureId) -> Result<Option<ToldChallenge>, Unavailable> {
    let rows = flow.store().erasure_attempts(erasure, ATTEMPTS).await?;
    let recorded = rows.first().map(|first| ToldChallenge {
        challenge: Some(first.challenge),
        at: first.recorded_at,
        attempts: ordered(rows.iter().map(attempt).collect())
            .iter()
            .map(ToldAttempt::from)
            .collect(),
    });
    let lost = last_lost(flow, erasure).await?;
    // Of two of one moment the last: what is on the record came after what was lost.
    Ok(lost.into_iter().chain(recorded).max_by_key(|run| run.at))
}

/// The last run whose records a restore lost, as leaves tell it.
async fn last_lost(flow: &Flow, erasure: ErasureId) -> Result<Option<ToldChallenge>, Unavailable> {
    let lost = flow.store().erasure_lost_attempts(erasure, ATTEMPTS).await?;
    let ids: Vec<[u8; 16]> = lost.iter().map(|row| row.id).collect();
    let leaves = match ids.as_slice() {
        [] => return Ok(None),
        ids => log::about(flow, ids).await?,
    };
    let tried = |leaf: &Leaf| leaf.kind == LeafKind::ErasureChallenged && leaf.follows == Some(*erasure.bytes());
    let leaves: Vec<&Leaf> = leaves.iter().filter(|leaf| tried(leaf)).collect();
    // The attempts of one run are put on the record together.
    let Some(at) = leaves.iter().map(|leaf| leaf.at).max() else {
        return Ok(None);
    };
    let run = leaves.iter().filter(|leaf| leaf.at == at);
    let mut attempts: Vec<ToldAttempt> = run.filter_map(|leaf| told(leaf)).collect();
    attempts.sort_by_key(|attempt| (attempt.backup.is_some(), Reverse(attempt.backup)));
    Ok(Some(ToldChallenge {
        challenge: None,
        at: Timestamp::from_micros(at),
        attempts,
    }))
}

fn told(leaf: &Leaf) -> Option<ToldAttempt> {
    let fact = |key| match leaf.facts.get(&key) {
        Some(Fact::Int(number)) => Some(*number),
        _ => None,
    };
    let backup = leaf.items.first().map(|id| BackupId::from_bytes(*id));
    Some(ToldAttempt {
        place: backup.map(|_| AttemptPlace::Backup),
        backup,
        outcome: AttemptOutcome::from_code(fact(FactKey::Reason)?)?,
        looked: fact(FactKey::Size)?.unsigned_abs(),
        found: None,
        opened: leaf.count.unwrap_or_default(),
    })
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
