//! Leaving the reading leaf: who saw which items, for what, before anything is shown.
//!
//! The same session, purpose and item leave none again for 15 minutes. A leaf names at most 200 items.

use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::leaf::ITEMS_MAX;
use counterfoil_ledger::registry::{self, LeafKind};
use counterfoil_policy::{Permit, Purpose, Staff};
use counterfoil_store::{Change, Unit};
use std::time::Duration;

/// For how long the same reading counts as one.
const ONE_READING: Duration = Duration::from_secs(15 * 60);

/// Leaves what `staff` is about to see under `permit`. When this returns, it is on the record.
pub(crate) async fn leave(flow: &Flow, staff: &Staff, permit: &Permit, items: &[[u8; 16]]) -> Result<(), Unavailable> {
    debug_assert!(items.iter().all(|item| permit.covers(item)));
    let at = flow.now();
    let purpose = permit.purpose();
    let seen = flow
        .store()
        .reading_seen(staff.session, purpose.code(), items, at.minus(ONE_READING))
        .await?;
    let new: Vec<[u8; 16]> = items.iter().filter(|item| !seen.contains(*item)).copied().collect();
    if new.is_empty() {
        return Ok(());
    }
    let mut unit = Unit::new("reading.leave");
    for items in new.chunks(ITEMS_MAX) {
        let leaf = log::leaf(LeafKind::Reading, at, staff.session.bytes(), log::staff(staff))
            .purpose(in_log(purpose))
            .items(items.iter().copied());
        unit = unit.leaf(leaf);
        unit = unit.change(Change::reading_seen(staff.session, purpose.code(), items, at));
    }
    Ok(flow.store().commit(unit).await?)
}

fn in_log(purpose: Purpose) -> registry::Purpose {
    match purpose {
        Purpose::List | Purpose::Handle => registry::Purpose::Answer,
        Purpose::File | Purpose::Machine => registry::Purpose::Process,
    }
}
