//! The clock as the doctor sees it: against the newest row, the databases' clocks and the provider's. It sets nothing right.

use super::findings::{Findings, State};
use crate::compose::House;
use crate::system::System;
use crate::telemetry::chain;
use counterfoil_flow::connections::clock::provider_clocks;
use counterfoil_model::Timestamp;
use counterfoil_store::Failure;
use std::time::Duration;

/// How far a newest row may lie in the future: clocks of several nodes differ a little.
const AHEAD: Duration = Duration::from_secs(60);
/// How far clocks may be apart before somebody should look.
const APART_MICROS: i64 = 10_000_000;
/// How far before what is written down is wrong.
const FAR_APART_MICROS: i64 = 120_000_000;

/// Compares this machine's clock with whatever else knows the time.
pub(super) async fn look(house: &House, system: &System, findings: &mut Findings) {
    newest_row(house, system, findings).await;
    engine("clock of database", house.store.engine_clock(), system, findings).await;
    engine("clock of vault database", house.keys.engine_clock(), system, findings).await;
    provider(house, findings).await;
}

async fn newest_row(house: &House, system: &System, findings: &mut Findings) {
    let newest = match newest(house).await {
        Ok(newest) => newest,
        Err(error) => return findings.broken("clock", format!("the newest row cannot be read: {error:#}")),
    };
    let now = system.clock.wall();
    if newest > now.plus(AHEAD) {
        let ahead = newest.since(now).as_secs();
        findings.broken(
            "clock",
            format!("it is {ahead} s behind the newest row: it was put back, or was wrong before"),
        );
    } else {
        findings.well("clock", "it is not behind the newest row");
    }
}

/// When the newest leaf was made; the beginning of time when there is none.
async fn newest(house: &House) -> anyhow::Result<Timestamp> {
    let size = house.store.log_head().await?.size;
    let last = house.store.leaves((size - 1).max(0)..size).await?;
    let at = last
        .first()
        .and_then(|row| counterfoil_ledger::leaf::Leaf::decode(&row.bytes).ok())
        .map(|leaf| leaf.at);
    Ok(at.map_or(Timestamp::default(), Timestamp::from_micros))
}

/// An engine inside this process has no clock of its own, and nothing is said of it.
async fn engine(
    what: &'static str,
    asked: impl Future<Output = Result<Option<Timestamp>, Failure>>,
    system: &System,
    findings: &mut Findings,
) {
    let before = system.clock.wall();
    match asked.await {
        Ok(None) => {}
        Ok(Some(theirs)) => {
            let ours = before.plus(system.clock.wall().since(before) / 2);
            compared(what, "its server", theirs.micros() - ours.micros(), findings);
        }
        Err(error) => findings.broken(what, error.to_string()),
    }
}

async fn provider(house: &House, findings: &mut Findings) {
    const WHAT: &str = "clock of provider";
    let clocks = provider_clocks(&house.flow).await;
    if clocks.is_empty() {
        findings.unseen(WHAT, "not looked at: no number is connected yet");
    }
    for clock in clocks {
        match clock.ahead_micros {
            Ok(micros) => compared(WHAT, &clock.host, micros, findings),
            Err(error) => findings.unseen(
                WHAT,
                format!("not looked at: {} does not tell it ({})", clock.host, chain(&error)),
            ),
        }
    }
}

/// Says how far `whose` clock is ahead of this machine's.
fn compared(what: &'static str, whose: &str, ahead_micros: i64, findings: &mut Findings) {
    let seconds = ahead_micros.unsigned_abs() / 1_000_000;
    let side = if ahead_micros < 0 { "behind" } else { "ahead of" };
    let said = format!("{whose} is {seconds} s {side} this machine");
    let state = match ahead_micros.saturating_abs() {
        0..=APART_MICROS => return findings.well(what, format!("{whose} and this machine agree to {} s", seconds + 1)),
        ..=FAR_APART_MICROS => State::Doubtful,
        _ => State::Broken,
    };
    findings.add(
        what,
        state,
        format!(
            "{said}: windows of 24 hours and times on the record are off by that; have both follow one time server"
        ),
    );
}
