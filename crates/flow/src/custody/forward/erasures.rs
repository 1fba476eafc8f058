//! Which leaves tell of erasures, of what stayed and of attempts to read them, where the records of these did not come back.
//!
//! Certificates are made from those leaves then. What sort of thing a record was of is noted beside it, while that thing is here: its leaf does not say, and it may be
//! erased again a moment later.

use super::replay::found;
use crate::Flow;
use crate::context::Unavailable;
use crate::erasure::told;
use counterfoil_ledger::leaf::Leaf;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::ErasureId;
use counterfoil_model::erasure::{ErasureLost, ErasureTarget};
use counterfoil_store::Unit;
use counterfoil_store::rows::ErasureLostRow;

/// The table of the records that are noted as lost in this way.
pub(in crate::custody) const fn table(lost: ErasureLost) -> &'static str {
    match lost {
        ErasureLost::Decision => "erasure",
        ErasureLost::Kept => "erasure_kept",
        ErasureLost::Attempt => "erasure_attempt",
    }
}

/// Notes a record whose leaf this is, if it is one of those and is not here.
pub(super) async fn note(flow: &Flow, leaf: &Leaf) -> Result<(), Unavailable> {
    let (lost, erasure, of) = match leaf.kind {
        LeafKind::ErasureIntended => (ErasureLost::Decision, leaf.subject, told::object(leaf)),
        LeafKind::ErasureKept => {
            let object = leaf.items.first().map(|object| (None, *object));
            (ErasureLost::Kept, leaf.follows.unwrap_or_default(), object)
        }
        LeafKind::ErasureChallenged => (ErasureLost::Attempt, leaf.follows.unwrap_or_default(), None),
        _ => return Ok(()),
    };
    let store = flow.store();
    if !store.record_present(table(lost), &[leaf.subject]).await?.is_empty()
        || !store.erasure_lost_among(&[leaf.subject]).await?.is_empty()
    {
        return Ok(());
    }
    let target: Option<ErasureTarget> = match of {
        Some((None, object)) => found(flow, object).await?.map(|(target, _)| target.parts().0),
        Some((target, _)) => target,
        None => None,
    };
    let row = ErasureLostRow {
        id: leaf.subject,
        lost,
        erasure: ErasureId::from_bytes(erasure),
        target,
        object: of.map(|(_, object)| object),
    };
    Ok(store.commit(Unit::new("forward.lost").insert(row)).await?)
}
