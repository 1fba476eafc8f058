//! Sweeping: what is remembered only for a while is let go, intake keys that nothing needs any more are destroyed, and a key epoch that was open long
//! enough is retired.
//!
//! Records are never swept; they end by rule or request, not by time passing here.

use crate::Flow;
use crate::background::chain;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::leaf::{Actor, Fact};
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::Timestamp;
use counterfoil_store::{Change, Unit};
use counterfoil_vault::{Day, IntakeFileShape};
use std::time::Duration;
use tokio::sync::watch;

/// How often.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// A late repeat of the provider stays recognised for this long; it retries for seven days at most.
const SEEN: Duration = Duration::from_secs(35 * DAY);
/// A page that was away for longer loads afresh.
const EVENTS: Duration = Duration::from_secs(7 * DAY);
/// Readings count as one for 15 minutes; a day is kept so that a restart changes nothing.
const READINGS: Duration = Duration::from_secs(DAY);
/// Wrong tries at signing in.
const THROTTLES: Duration = Duration::from_secs(DAY);

/// Rows of nodes that are gone, and of punctures that every node has long dropped.
const NODES: Duration = Duration::from_secs(DAY);
/// Posts may lie in the spool of a node that was cut off: a day's key stays for this long after its day.
const SPOOLED_ELSEWHERE: Duration = Duration::from_secs(DAY);
/// A file that was fetched early and that no job came for goes after this time.
const EARLY_FILES: u32 = 7;

const DAY: u64 = 24 * 60 * 60;

/// Sweeps at once and then every hour until `stop` turns true.
pub(crate) async fn run(flow: Flow, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = sweep(&flow).await {
            tracing::warn!(error = %chain(&error), "sweeping failed and will be tried again");
        }
        tokio::select! {
            () = flow.inner.clock.sleep(EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn sweep(flow: &Flow) -> Result<(), Unavailable> {
    let now = flow.now();
    let unit = Unit::new("sweep")
        .change(Change::seen_sweep(now.minus(SEEN)))
        .change(Change::idempotency_sweep(now))
        .change(Change::event_sweep(now.minus(EVENTS)))
        .change(Change::reading_sweep(now.minus(READINGS)))
        .change(Change::throttle_sweep(now.minus(THROTTLES)))
        .change(Change::pace_sweep(now));
    flow.store().commit(unit).await?;

    if let Some(period) = flow.inner.settings.retire_every {
        crate::retirement::intend::when_due(flow, period).await?;
    }
    flow.vault().nodes_sweep(now.minus(NODES)).await?;
    for day in flow.vault().intake_retire(needed(flow).await?).await? {
        let subject = *flow.vault().installation().bytes();
        let leaf = log::leaf(LeafKind::IntakeKeyDestroyed, now, &subject, Actor::SYSTEM).fact(
            FactKey::HappenedAt,
            Fact::Int(i64::from(day.number()) * DAY as i64 * 1_000_000),
        );
        flow.store()
            .commit(Unit::new("intake_key.destroyed").leaf(leaf))
            .await?;
    }
    Ok(())
}

/// The first day whose intake key is still needed: by posts that wait, here, in a spool or on a gate, or by files that were fetched early.
async fn needed(flow: &Flow) -> Result<Day, Unavailable> {
    let now = flow.now();
    let waiting = flow.store().delivery_oldest_waiting().await?;
    let spooled = flow.intake().and_then(|door| door.spool().depth().oldest);
    let on_gates = flow.store().gates_clear_until().await?;
    let oldest = [waiting, spooled, on_gates].into_iter().flatten();
    let mut needed = Day::of(oldest.fold(now.minus(SPOOLED_ELSEWHERE), Timestamp::min));
    let today = Day::of(now).number();
    for name in flow.blobs().list("intake").await? {
        let start = flow.blobs().get_range(&name, 0..8).await?.unwrap_or_default();
        match IntakeFileShape::day(&start) {
            Some(day) if day.number() + EARLY_FILES > today => needed = needed.min(day),
            _ => flow.blobs().remove_orphan(&name).await?,
        }
    }
    Ok(needed)
}
