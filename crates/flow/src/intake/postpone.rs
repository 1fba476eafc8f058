//! Trying again later: a delivery that cannot be worked off gets a next time, further away each time it fails, and stands in nobody's
//! way until then.
//!
//! It is never given up: whatever the reason, its sealed post stays until its items are recorded. How many are in trouble, and since
//! when, shows in `intake stats`, in `doctor` and among the measures.

use crate::Flow;
use crate::background::chain;
use crate::context::Unavailable;
use counterfoil_model::DeliveryId;
use counterfoil_store::rows::{PostponedRow, Trouble};
use counterfoil_store::{Change, Unit};
use std::collections::HashMap;
use std::time::Duration;

/// The first pause; it doubles with each failure.
const FIRST: Duration = Duration::from_secs(1);
/// The longest pause: after an outage nothing waits longer than this.
pub(crate) const LONGEST: Duration = Duration::from_secs(64);

/// Why a delivery could not be worked off.
pub(crate) struct Setback {
    pub(crate) trouble: Trouble,
    pub(crate) why: Unavailable,
}

impl Setback {
    /// An item of it could not be recorded.
    pub(crate) fn not_recorded(why: Unavailable) -> Self {
        Self {
            trouble: Trouble::NotRecorded,
            why,
        }
    }
}

/// What the deliveries of one round have behind them, and what they met.
pub(crate) struct Hurdles {
    before: HashMap<DeliveryId, PostponedRow>,
    met: HashMap<DeliveryId, Setback>,
}

impl Hurdles {
    /// Those that these deliveries met in earlier rounds.
    pub(crate) async fn of(flow: &Flow, deliveries: &[DeliveryId]) -> Result<Self, Unavailable> {
        let rows = flow.store().postponed_of(deliveries).await?;
        Ok(Self {
            before: rows.into_iter().map(|row| (row.delivery, row)).collect(),
            met: HashMap::new(),
        })
    }

    /// A delivery met one in this round; the first one counts.
    pub(crate) fn met(&mut self, delivery: DeliveryId, setback: Setback) {
        self.met.entry(delivery).or_insert(setback);
    }

    /// Adds to `unit`, which marks these deliveries as done, that their trouble is over.
    pub(crate) fn passed(&self, unit: Unit, deliveries: &[DeliveryId]) -> Unit {
        let passed = deliveries.iter().filter(|delivery| self.before.contains_key(delivery));
        unit.changes(passed.map(|delivery| Change::delivery_no_more_postponed(*delivery)))
    }

    /// Gives each delivery that met one in this round its next time.
    pub(crate) async fn postpone(self, flow: &Flow) -> Result<(), Unavailable> {
        if self.met.is_empty() {
            return Ok(());
        }
        let now = flow.now();
        let mut unit = Unit::new("intake.postpone");
        for (delivery, Setback { trouble, why }) in self.met {
            let before = self.before.get(&delivery);
            let failures = before.map_or(0, |row| row.failures).saturating_add(1);
            let wait = pause(failures);
            tracing::error!(%delivery, failures, wait_s = wait.as_secs(), error = %chain(&why), "a post could not be recorded and is tried again");
            metrics::counter!("counterfoil_intake_setbacks_total", "reason" => name(trouble)).increment(1);
            unit = unit.change(Change::delivery_postponed(PostponedRow {
                delivery,
                reason: trouble,
                failures,
                since: before.map_or(now, |row| row.since),
                try_at: now.plus(wait),
            }));
        }
        flow.store().commit(unit).await?;
        Ok(())
    }
}

/// The pause after so many failures.
fn pause(failures: i64) -> Duration {
    let doublings = u32::try_from(failures.saturating_sub(1)).unwrap_or(u32::MAX);
    2_u32
        .checked_pow(doublings)
        .map_or(LONGEST, |times| FIRST.saturating_mul(times).min(LONGEST))
}

const fn name(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::NotRecorded => "not_recorded",
        Trouble::DoesNotOpen => "does_not_open",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let seconds: Vec<u64> = [1, 2, 3, 7, 8, 33, i64::MAX]
            .map(pause)
            .iter()
            .map(Duration::as_secs)
            .collect();
        assert_eq!(seconds, [1, 2, 4, 64, 64, 64, 64]);
    }
}
