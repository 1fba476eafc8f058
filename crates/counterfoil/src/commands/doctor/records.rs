//! The databases and the log as the doctor sees them: reachable, keeping up, agreeing with each other.

use super::findings::Findings;
use crate::compose::House;
use crate::config::Settings;
use crate::system::System;
use crate::telemetry::chain;
use counterfoil_flow::custody::start::{Agreement, StartRefusal, agree};
use counterfoil_model::Timestamp;
use counterfoil_store::rows::Trouble;
use std::time::Duration;

/// How long a post may wait before somebody should look.
const WAITING: Duration = Duration::from_secs(60);
/// How many leaves and events may wait for their number.
const PENDING: i64 = 10_000;
/// How far a newest row may lie in the future: clocks of several nodes differ a little.
const AHEAD: Duration = Duration::from_secs(60);

/// Looks at the databases and the log.
pub(super) async fn look(house: &House, settings: &Settings, system: &System, findings: &mut Findings) {
    engines(house, settings, findings).await;
    clock(house, system, findings).await;
    backlog(house, system, findings).await;
    log(house, findings).await;
    vault(house, findings).await;
}

async fn engines(house: &House, settings: &Settings, findings: &mut Findings) {
    let engine = settings.storage.records.engine();
    match house.store.prepare_all().await {
        Ok(count) => findings.well(
            "database",
            format!("{engine} answers; its tables are of this version; {count} statements fit"),
        ),
        Err((statement, error)) => findings.broken(
            "database",
            format!("{engine} refuses the statement {statement}: {error}"),
        ),
    }
    let engine = settings.storage.vault.engine();
    match house.keys.prepare_all().await {
        Ok(_) => findings.well(
            "vault database",
            format!("{engine} answers; its tables are of this version"),
        ),
        Err((statement, error)) => {
            findings.broken(
                "vault database",
                format!("{engine} refuses the statement {statement}: {error}"),
            );
        }
    }
}

async fn clock(house: &House, system: &System, findings: &mut Findings) {
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
        findings.well(
            "clock",
            "it is not behind the newest row; whether it is right cannot be seen from here",
        );
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

async fn backlog(house: &House, system: &System, findings: &mut Findings) {
    match house.store.delivery_oldest_waiting().await {
        Ok(None) => findings.well("intake", "nothing waits to be recorded"),
        Ok(Some(since)) => {
            let waits = system.clock.wall().since(since);
            let said = format!("the oldest post waits to be recorded since {} s", waits.as_secs());
            if waits > WAITING {
                findings.doubtful("intake", said)
            } else {
                findings.well("intake", said)
            }
        }
        Err(error) => findings.broken("intake", error.to_string()),
    }
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
    match house.store.pending_counts().await {
        Ok((leaves, events)) => {
            let said = format!("{leaves} leaves and {events} events wait for their number");
            if leaves.max(events) > PENDING {
                findings.doubtful("log backlog", said)
            } else {
                findings.well("log backlog", said)
            }
        }
        Err(error) => findings.broken("log backlog", error.to_string()),
    }
}

/// What database, mirror and vault say about the log must be one story.
async fn log(house: &House, findings: &mut Findings) {
    match agree(&house.flow).await {
        Ok(agreement) => {
            let Agreement { leaves, signed } = agreement;
            findings.well(
                "log",
                format!("database, mirror and vault agree: {leaves} leaves, {signed} of them signed"),
            );
        }
        Err(StartRefusal::Unavailable(error)) => findings.broken("log", chain(&error)),
        Err(refusal) => findings.broken("log", refusal.to_string()),
    }
}

async fn vault(house: &House, findings: &mut Findings) {
    match house.vault.check().await {
        Ok(check) => match &check.broken {
            None => findings.well(
                "vault",
                format!(
                    "{} epochs, {} secrets and {} key trees open",
                    check.epochs, check.secrets, check.trees
                ),
            ),
            Some(broken) => findings.broken(
                "vault",
                format!("the row {} of the table {} does not open", broken.id, broken.table),
            ),
        },
        Err(error) => findings.broken("vault", error.to_string()),
    }
}
