//! The certificate of an erasure: what was destroyed, by whom and on whose word, since when, what stays, and what is beyond reach.
//!
//! Made from the rows and leaves of the erasure each time that it is asked for; it holds no content of what was erased.

use super::challenge::{self, Challenge};
use super::decide::{Target, place};
use super::remains::{Copy, KeptItem, LISTED, copies, kept};
use crate::Flow;
use crate::authority;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::leaf::Actor as LeafActor;
use counterfoil_ledger::registry::{LeafKind, Role};
use counterfoil_model::erasure::{ErasureReason, ErasureTarget};
use counterfoil_model::retirement::RetirementStep;
use counterfoil_model::{ErasureId, PersonId, RetirementId, Timestamp};
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::rows::ErasureRow;
use serde::Serialize;
use std::collections::BTreeMap;

/// The most retirements that are looked at.
const RETIREMENTS: usize = 1_000;

/// How far an erasure has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is being done.
    Going,
    /// Nothing here opens any of what went.
    Live,
    /// No copy of the vault store opens any of what went.
    Final,
}

/// What one erasure did.
#[derive(Debug, Clone, Serialize)]
pub struct Certificate {
    /// Which.
    pub erasure: ErasureId,
    /// What it is of.
    pub target: ErasureTarget,
    /// The id of that.
    pub object: String,
    /// Why.
    pub reason: ErasureReason,
    /// On whose word; `None` when that was erased itself.
    pub authority: Option<String>,
    /// Who decided: `operator`, or a person's id.
    pub decided_by: String,
    /// When.
    pub decided_at: Timestamp,
    /// How far it has come.
    pub standing: Standing,
    /// Since when nothing here opens any of it.
    pub live_at: Option<Timestamp>,
    /// Since when no copy of the vault store opens any of it: the key epoch is retired under which such copies were made.
    pub final_at: Option<Timestamp>,
    /// When the last key was destroyed.
    pub keys_destroyed_at: Option<Timestamp>,
    /// How many records are gone; the log names each by its random id.
    pub records: u64,
    /// The first of what stays though this erasure is of it.
    pub kept: Vec<KeptItem>,
    /// How much stays. When it is anything, not everything went, however far this has come.
    pub kept_count: u64,
    /// The first of the copies that other systems were given.
    pub copies: Vec<Copy>,
    /// The last run of the challenger, which tried to read it with every key that is still held; `None` when there was none.
    pub challenge: Option<Challenge>,
    /// How many copies there are in each state.
    pub copy_counts: BTreeMap<&'static str, u64>,
    /// What nobody here can destroy, and what is not final yet.
    pub beyond_reach: Vec<BeyondReach>,
}

/// Something that an erasure does not reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BeyondReach {
    /// Copies of the vault store from before the keys were destroyed open it until their epoch is retired.
    VaultBackupsOfThisEpoch,
    /// Backups of the data hold a keyed hash of a number, by which whoever has the vault can tell whether a number that they know was there, until the
    /// lookup key of that time and the epoch that wrapped it are gone.
    NumbersInBackups,
    /// A copy of the whole machine has data and keys, wherever the key of the epoch lies beside them.
    CopiesOfTheWholeMachine,
    /// What the contact has on their phone, and what WhatsApp keeps of it.
    PhoneAndProvider,
    /// What another system holds.
    OtherSystems,
}

impl BeyondReach {
    /// What that means, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::VaultBackupsOfThisEpoch => {
                "Copies of the vault store from before the keys were destroyed still open it, until the key epoch is retired: backups, \
                 and what a PostgreSQL server keeps in its files of rows that were overwritten."
            }
            Self::NumbersInBackups => {
                "Backups of the data from before hold keyed hashes of numbers: with the vault of that time, a number that is known already can be tested for, until the key epoch is retired."
            }
            Self::CopiesOfTheWholeMachine => {
                "A copy of the whole machine, or of data and key folder together, from before the keys were destroyed still opens it."
            }
            Self::PhoneAndProvider => {
                "What the contact has on their own phone, and what WhatsApp keeps, is not reached from here."
            }
            Self::OtherSystems => {
                "Other systems were given copies that they have not withdrawn: see what is said of each."
            }
        }
    }
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The actor may not see it.
    #[error("this is not for you to see")]
    Refused,
    /// There is no such erasure.
    #[error("there is no such erasure")]
    Unknown,
    /// A store cannot be reached.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The certificate of one erasure, as it stands now.
///
/// # Errors
/// See [`CertificateError`].
pub async fn certificate(flow: &Flow, actor: &Actor, id: ErasureId) -> Result<Certificate, CertificateError> {
    may(actor, Action::Erase).map_err(|_| CertificateError::Refused)?;
    let row = flow.store().erasure_get(id).await.map_err(Unavailable::from)?;
    Ok(of(flow, row.ok_or(CertificateError::Unknown)?, LISTED).await?)
}

/// The certificates of erasures before this one, or of the last ones, newest first, at most `limit`. What stays and the copies are counted in them, and
/// not listed.
///
/// # Errors
/// [`CertificateError::Refused`], [`CertificateError::Unavailable`].
pub async fn certificates(
    flow: &Flow,
    actor: &Actor,
    before: Option<ErasureId>,
    limit: usize,
) -> Result<Vec<Certificate>, CertificateError> {
    may(actor, Action::Erase).map_err(|_| CertificateError::Refused)?;
    let rows = flow.store().erasures(before, limit).await.map_err(Unavailable::from)?;
    let mut certificates = Vec::with_capacity(rows.len());
    for row in rows {
        certificates.push(of(flow, row, 0).await?);
    }
    Ok(certificates)
}

async fn of(flow: &Flow, row: ErasureRow, listed: usize) -> Result<Certificate, Unavailable> {
    let live_at = flow.store().erasures_live(&[row.id]).await?;
    let live_at = live_at.first().map(|live| live.recorded_at);
    let final_at = flow.store().erasures_final(&[row.id]).await?;
    let final_at = final_at.first().map(|end| end.recorded_at);
    let leaves = log::about(flow, &[*row.id.bytes()]).await?;
    let intended = leaves.iter().find(|leaf| leaf.kind == LeafKind::ErasureIntended);
    let decided_by = intended.and_then(|leaf| leaf.actor.as_ref());
    let punctured = || leaves.iter().filter(|leaf| leaf.kind == LeafKind::Punctured);
    let (kept, kept_count) = kept(flow, row.id, listed).await?;
    let (copies, copy_counts, may_stand) = copies(flow, row.id, listed).await?;
    let mut beyond_reach = Vec::new();
    if final_at.is_none() {
        beyond_reach.push(BeyondReach::VaultBackupsOfThisEpoch);
    }
    if row.target == ErasureTarget::Contact && !numbers_gone(flow, row.id).await? {
        beyond_reach.push(BeyondReach::NumbersInBackups);
    }
    beyond_reach.extend([BeyondReach::CopiesOfTheWholeMachine, BeyondReach::PhoneAndProvider]);
    if may_stand {
        beyond_reach.push(BeyondReach::OtherSystems);
    }
    Ok(Certificate {
        erasure: row.id,
        target: row.target,
        object: Target::from_parts(row.target, row.object).to_string(),
        reason: row.reason,
        authority: authority::opened(flow, place(row.id), &row.authority).await?,
        decided_by: decided_by.map_or_else(|| "unknown".to_owned(), by),
        decided_at: row.recorded_at,
        standing: match (live_at, final_at) {
            (_, Some(_)) => Standing::Final,
            (Some(_), None) => Standing::Live,
            (None, None) => Standing::Going,
        },
        live_at,
        final_at,
        keys_destroyed_at: punctured().map(|leaf| Timestamp::from_micros(leaf.at)).max(),
        records: punctured().map(|leaf| leaf.items.len() as u64).sum(),
        kept,
        kept_count,
        copies,
        challenge: challenge::last(flow, row.id).await?,
        copy_counts,
        beyond_reach,
    })
}

/// Whether the lookup key is gone by which a number could be tested for in a backup from before: the erasure is final, by a retirement that replaced
/// the lookup key or with such a one after it.
async fn numbers_gone(flow: &Flow, id: ErasureId) -> Result<bool, Unavailable> {
    let end = flow.store().erasures_final(&[id]).await?;
    let Some(end) = end.first() else { return Ok(false) };
    let since: Vec<_> = flow.store().retirements(RETIREMENTS).await?;
    // Their ids are in the order of time.
    let since: Vec<_> = since
        .iter()
        .map(|row| row.id)
        .filter(|id| *id >= end.retirement)
        .collect();
    let steps = flow.store().retirement_steps(&since).await?;
    let taken = |retirement, step| steps.iter().any(|row| row.retirement == retirement && row.step == step);
    let replaced = |id: &RetirementId| taken(*id, RetirementStep::Rekeyed) && taken(*id, RetirementStep::Destroyed);
    Ok(since.iter().any(replaced))
}

/// Who decided, as people write it.
fn by(actor: &LeafActor) -> String {
    match (actor.role, actor.id) {
        (Role::Person, Some(id)) => PersonId::from_bytes(id).to_string(),
        (role, _) => role.name().unwrap_or("unknown").to_owned(),
    }
}
