//! What waits, as the doctor sees it: posts to be recorded, jobs that are due, leaves without a number.

use super::findings::{Findings, State};
use crate::compose::House;
use crate::system::System;
use counterfoil_model::Timestamp;
use counterfoil_store::rows::Trouble;
use std::time::Duration;

/// How long a post or a job may wait before somebody should look.
const WAITING: Duration = Duration::from_secs(60);
/// How long before it will not go on by itself.
const STUCK: Duration = Duration::from_secs(15 * 60);
/// How long a leaf may wait for its number; the sequencer takes a tenth of a second.
const LAG: Duration = Duration::from_secs(10);
/// How many leaves and events may wait for their number.
const PENDING: i64 = 10_000;

/// Looks at all that waits.
pub(super) async fn look(house: &House, system: &System, findings: &mut Findings) {
    let now = system.clock.wall();
    posts(house, now, findings).await;
    postponed(house, findings).await;
    jobs(house, now, findings).await;
    log(house, now, findings).await;
}

fn by_age(waits: Duration, allowed: Duration) -> State {
    match waits {
        waits if waits > STUCK => State::Broken,
        waits if waits > allowed => State::Doubtful,
        _ => State::Well,
    }
}

async fn posts(house: &House, now: Timestamp, findings: &mut Findings) {
    match house.store.delivery_oldest_waiting().await {
        Ok(None) => findings.well("intake", "nothing waits to be recorded"),
        Ok(Some(since)) => {
            let waits = now.since(since);
            let said = format!("the oldest post waits to be recorded since {} s", waits.as_secs());
            findings.add("intake", by_age(waits, WAITING), said);
        }
        Err(error) => findings.broken("intake", error.to_string()),
    }
}

async fn postponed(house: &House, findings: &mut Findings) {
    match house.store.postponed_oldest().await {
        Ok(None) => {}
        Ok(Some(row)) => {
            let why = match row.reason {
                Trouble::NotRecorded => "could not be recorded",
                Trouble::DoesNotOpen => "does not open, as its key is gone or its bytes were altered",
            };
            findings.broken(
                "intake",
                format!(
                    "a post {why}: it failed {} times since {}; it stays where it is and is tried again, the server's log says more",
                    row.failures,
                    row.since.rfc3339()
                ),
            );
        }
        Err(error) => findings.broken("intake", error.to_string()),
    }
}

async fn jobs(house: &House, now: Timestamp, findings: &mut Findings) {
    let overdue = match house.store.jobs_overdue(now.minus(WAITING)).await {
        Ok(overdue) => overdue,
        Err(error) => return findings.broken("jobs", error.to_string()),
    };
    if overdue.is_empty() {
        findings.well("jobs", format!("none is due for more than {} s", WAITING.as_secs()));
    }
    for kind in overdue {
        let waits = now.since(kind.since);
        let said = format!(
            "{} of the kind {} are due and nobody does them, the first since {} s: does a server run, and what does its log say?",
            kind.count,
            kind.kind,
            waits.as_secs()
        );
        findings.add("jobs", by_age(waits, WAITING), said);
    }
}

async fn log(house: &House, now: Timestamp, findings: &mut Findings) {
    let counts = match house.store.pending_counts().await {
        Ok(counts) => counts,
        Err(error) => return findings.broken("log backlog", error.to_string()),
    };
    let oldest = match house.store.pending_oldest().await {
        Ok(oldest) => oldest,
        Err(error) => return findings.broken("log backlog", error.to_string()),
    };
    let (leaves, events) = counts;
    if (leaves, events) == (0, 0) {
        return findings.well("log backlog", "no leaf and no event waits for its number");
    }
    let lag = oldest.map_or(Duration::ZERO, |since| now.since(since));
    let said = format!(
        "{leaves} leaves and {events} events wait for their number, the oldest since {} s",
        lag.as_secs()
    );
    let state = by_age(lag, LAG).max(if leaves.max(events) > PENDING {
        State::Doubtful
    } else {
        State::Well
    });
    findings.add("log backlog", state, said);
}
