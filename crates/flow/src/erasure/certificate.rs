//! The certificate of an erasure: what was destroyed, by whom and on whose word, since when, what stays, and what is beyond reach.
//!
//! Made from the rows and leaves of the erasure each time that it is asked for; it holds no content of what was erased. Where a restore lost rows, it says what the
//! leaves tell, and that the rest is lost.

use super::challenge::{self, ToldChallenge};
use super::decide::{Target, place};
use super::remains::{Copy, KeptItem, LISTED, copies, kept};
use super::retired::Retired;
use super::told::told;
use crate::Flow;
use crate::authority;
use crate::context::Unavailable;
use counterfoil_model::erasure::{ErasureReason, ErasureTarget};
use counterfoil_model::{ErasureId, Timestamp};
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::rows::{ErasureLostRow, ErasureRow};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use tokio::sync::OnceCell;

/// How far an erasure has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is being done, or was when a restore lost the decision.
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
    /// What it is of; `None` where a restore lost that with the decision.
    pub target: Option<ErasureTarget>,
    /// The id of that.
    pub object: String,
    /// Why.
    pub reason: ErasureReason,
    /// On whose word; `None` when that was erased itself, and when it is lost.
    pub authority: Option<String>,
    /// Whether the record of the decision was lost in a restore, so that leaves alone tell of it.
    pub lost: bool,
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
    pub challenge: Option<ToldChallenge>,
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
    /// What another system holds and nobody here knows of any more.
    CopiesUnknown,
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
            Self::CopiesUnknown => {
                "Other systems may have copies of what was filed after the backup that was restored: which, and whether they withdrew them, is lost with the records."
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
    let decision = match row {
        Some(row) => Some(Decision::Recorded(row)),
        None => {
            let lost = flow.store().erasure_lost(id).await.map_err(Unavailable::from)?;
            lost.map(Decision::Lost)
        }
    };
    let decision = decision.ok_or(CertificateError::Unknown)?;
    let made = Maker::new(flow, LISTED).make(decision).await?;
    made.ok_or(CertificateError::Unknown)
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
    let store = flow.store();
    let recorded = store.erasures(before, limit).await.map_err(Unavailable::from)?;
    let lost = store.erasures_lost(before, limit).await.map_err(Unavailable::from)?;
    let recorded = recorded.into_iter().map(Decision::Recorded);
    let mut decisions: Vec<Decision> = recorded.chain(lost.into_iter().map(Decision::Lost)).collect();
    decisions.sort_unstable_by_key(|decision| Reverse(decision.id()));
    decisions.truncate(limit);
    let (maker, mut certificates) = (Maker::new(flow, 0), Vec::with_capacity(decisions.len()));
    for decision in decisions {
        certificates.extend(maker.make(decision).await?);
    }
    Ok(certificates)
}

/// The decision on an erasure, as far as it is still here.
enum Decision {
    /// On the record.
    Recorded(ErasureRow),
    /// Its record was lost in a restore.
    Lost(ErasureLostRow),
}

impl Decision {
    fn id(&self) -> ErasureId {
        match self {
            Self::Recorded(row) => row.id,
            Self::Lost(row) => row.erasure,
        }
    }
}

/// Certificates that are made together.
struct Maker<'a> {
    flow: &'a Flow,
    /// How much of what stays and of the copies is listed.
    listed: usize,
    retired: OnceCell<Retired>,
}

impl<'a> Maker<'a> {
    fn new(flow: &'a Flow, listed: usize) -> Self {
        Self {
            flow,
            listed,
            retired: OnceCell::new(),
        }
    }

    /// The certificate; `None` of a lost decision that no leaf tells of.
    async fn make(&self, decision: Decision) -> Result<Option<Certificate>, Unavailable> {
        let Self { flow, listed, .. } = *self;
        let id = decision.id();
        let told = told(flow, id).await?;
        let lost = matches!(decision, Decision::Lost(_));
        let (target, object, reason, decided_at) = match (&decision, &told.decided) {
            (Decision::Recorded(row), _) => (Some(row.target), row.object, row.reason, row.recorded_at),
            (Decision::Lost(row), Some(leaf)) => (leaf.target.or(row.target), leaf.object, leaf.reason, leaf.at),
            (Decision::Lost(_), None) => return Ok(None),
        };
        let authority = match &decision {
            Decision::Recorded(row) => authority::opened(flow, place(id), &row.authority).await?,
            Decision::Lost(_) => None,
        };
        let final_by = match (told.final_by, told.live_at) {
            // Nobody puts on the record of a lost one that it is final.
            (None, Some(live)) if lost => self.retired().await?.of(live),
            (final_by, _) => final_by,
        };
        let (kept, kept_count) = kept(flow, id, listed).await?;
        let (copies, copy_counts, may_stand) = copies(flow, id, listed).await?;
        let mut beyond_reach = Vec::new();
        if final_by.is_none() {
            beyond_reach.push(BeyondReach::VaultBackupsOfThisEpoch);
        }
        if matches!(target, None | Some(ErasureTarget::Contact)) {
            // The lookup key by which a number could be tested for in a backup from before may be there.
            let gone = match final_by {
                Some((_, retirement)) => self.retired().await?.rekeyed_since(retirement),
                None => false,
            };
            if !gone {
                beyond_reach.push(BeyondReach::NumbersInBackups);
            }
        }
        beyond_reach.extend([BeyondReach::CopiesOfTheWholeMachine, BeyondReach::PhoneAndProvider]);
        if may_stand {
            beyond_reach.push(BeyondReach::OtherSystems);
        }
        if lost {
            beyond_reach.push(BeyondReach::CopiesUnknown);
        }
        Ok(Some(Certificate {
            erasure: id,
            target,
            object: written(target, object),
            reason,
            authority,
            lost,
            decided_by: told.decided.map_or_else(|| "unknown".to_owned(), |decided| decided.by),
            decided_at,
            standing: match (told.live_at, final_by) {
                (_, Some(_)) => Standing::Final,
                (Some(_), None) => Standing::Live,
                (None, None) => Standing::Going,
            },
            live_at: told.live_at,
            final_at: final_by.map(|(at, _)| at),
            keys_destroyed_at: told.keys_destroyed_at,
            records: told.records,
            kept,
            kept_count,
            copies,
            challenge: challenge::last(flow, id).await?,
            copy_counts,
            beyond_reach,
        }))
    }

    async fn retired(&self) -> Result<&Retired, Unavailable> {
        self.retired.get_or_try_init(|| Retired::read(self.flow)).await
    }
}

/// The id of something as it is written everywhere; of something of which nobody knows any more what sort of thing it is, the bare one.
pub(super) fn written(target: Option<ErasureTarget>, object: [u8; 16]) -> String {
    match target {
        Some(target) => Target::from_parts(target, object).to_string(),
        None => format!("{:032x}", u128::from_be_bytes(object)),
    }
}
