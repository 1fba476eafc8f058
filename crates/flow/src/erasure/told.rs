//! What the leaves about an erasure tell of it: who decided it and when, what went, and since when that holds.
//!
//! They stay whatever becomes of the rows, also where a restore lost these. Read a page at a time, since those of a large erasure name a million ids.

use super::decide::Target;
use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::leaf::{Actor, Fact, Leaf};
use counterfoil_ledger::registry::{FactKey, LeafKind, Role};
use counterfoil_model::erasure::{ErasureReason, ErasureTarget};
use counterfoil_model::{ErasureId, PersonId, RetirementId, Timestamp};

/// What they tell.
#[derive(Default)]
pub(super) struct Told {
    /// The decision; `None` when no leaf tells of it.
    pub(super) decided: Option<Decided>,
    /// When the last key was destroyed.
    pub(super) keys_destroyed_at: Option<Timestamp>,
    /// How many records went.
    pub(super) records: u64,
    /// Since when nothing here opens any of it.
    pub(super) live_at: Option<Timestamp>,
    /// Since when no copy of the vault store does, and which retirement did that.
    pub(super) final_by: Option<(Timestamp, RetirementId)>,
}

/// A decision, as its leaf tells it.
pub(super) struct Decided {
    /// Who.
    pub(super) by: String,
    /// When.
    pub(super) at: Timestamp,
    /// Why.
    pub(super) reason: ErasureReason,
    /// What sort of thing it is of, where the leaf says that.
    pub(super) target: Option<ErasureTarget>,
    /// What it is of, as its record has it.
    pub(super) object: [u8; 16],
}

/// Reads them.
pub(super) async fn told(flow: &Flow, erasure: ErasureId) -> Result<Told, Unavailable> {
    let mut told = Told::default();
    let mut pages = log::pages(*erasure.bytes());
    while let Some(page) = pages.next(flow).await? {
        for leaf in page {
            told.take(&leaf);
        }
    }
    Ok(told)
}

/// What a decision is of, by its leaf: which sort of thing that is it says of a span of time only.
pub(crate) fn object(leaf: &Leaf) -> Option<(Option<ErasureTarget>, [u8; 16])> {
    match (leaf.items.first(), leaf.facts.get(&FactKey::HappenedAt)) {
        (Some(object), _) => Some((None, *object)),
        (None, Some(Fact::Int(before))) => {
            let (target, object) = Target::Older(Timestamp::from_micros(*before)).parts();
            Some((Some(target), object))
        }
        (None, _) => None,
    }
}

impl Told {
    fn take(&mut self, leaf: &Leaf) {
        let at = Timestamp::from_micros(leaf.at);
        match leaf.kind {
            LeafKind::ErasureIntended => self.decided = self.decided.take().or_else(|| decided(leaf)),
            LeafKind::Punctured => {
                let destroyed = match leaf.facts.get(&FactKey::HappenedAt) {
                    Some(Fact::Int(micros)) => Timestamp::from_micros(*micros),
                    _ => at,
                };
                self.keys_destroyed_at = self.keys_destroyed_at.max(Some(destroyed));
                self.records += leaf.items.len() as u64;
            }
            LeafKind::ErasedLive => self.live_at = self.live_at.or(Some(at)),
            LeafKind::ErasedFinal => {
                let retirement = RetirementId::from_bytes(leaf.follows.unwrap_or_default());
                self.final_by = self.final_by.or(Some((at, retirement)));
            }
            _ => {}
        }
    }
}

fn decided(leaf: &Leaf) -> Option<Decided> {
    let (target, object) = object(leaf)?;
    let reason = match leaf.facts.get(&FactKey::Reason) {
        Some(Fact::Int(code)) => ErasureReason::from_code(*code)?,
        _ => return None,
    };
    Some(Decided {
        by: leaf.actor.as_ref().map_or_else(|| "unknown".to_owned(), by),
        at: Timestamp::from_micros(leaf.at),
        reason,
        target,
        object,
    })
}

/// Who decided, as people write it.
fn by(actor: &Actor) -> String {
    match (actor.role, actor.id) {
        (Role::Person, Some(id)) => PersonId::from_bytes(id).to_string(),
        (role, _) => role.name().unwrap_or("unknown").to_owned(),
    }
}
