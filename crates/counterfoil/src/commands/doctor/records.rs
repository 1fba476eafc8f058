//! The databases and the log as the doctor sees them: reachable, safe, agreeing with each other.

use super::findings::Findings;
use crate::compose::House;
use crate::config::Settings;
use crate::telemetry::chain;
use counterfoil_flow::custody::start::{Agreement, StartRefusal, agree};
use counterfoil_store::Failure;

/// Looks at the databases and the log.
pub(super) async fn look(house: &House, settings: &Settings, findings: &mut Findings) {
    engines(house, settings, findings).await;
    durability("database", house.store.engine_settings().await, findings);
    durability("vault database", house.keys.engine_settings().await, findings);
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

/// What an engine says about keeping what it answered to have kept.
fn durability(what: &'static str, settings: Result<Vec<(&'static str, String)>, Failure>, findings: &mut Findings) {
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => return findings.broken(what, error.to_string()),
    };
    let off = |name: &str| {
        settings
            .iter()
            .any(|(question, found)| question.ends_with(name) && found == "off")
    };
    if off("fsync") {
        findings.broken(
            what,
            "fsync is off on the server: after a loss of power everything can be lost; set it to on and restart it",
        );
    } else if off("full_page_writes") {
        findings.doubtful(
            what,
            "full_page_writes is off on the server: unless its file system never tears a page, a loss of power can damage it",
        );
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
                    "{} epochs, {} secrets (the key that signs the log among them) and {} key trees open",
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
