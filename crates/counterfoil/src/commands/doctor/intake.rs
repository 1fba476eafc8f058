//! The spool and the intake kit as the doctor sees them: without a database, since that is when they matter.

use super::findings::Findings;
use crate::compose::key_folder;
use crate::config::Settings;
use crate::system::System;
use crate::telemetry::chain;
use counterfoil_flow::intake::shelf::KitShelf;
use counterfoil_store::Spool;
use std::sync::Arc;
use std::time::Duration;

/// How long a post may lie in the spool before somebody should look.
const WAITING: Duration = Duration::from_secs(60);
/// How old a kit may be: it is made anew every day.
const OLD: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// Looks at spool and kit.
pub(super) fn look(settings: &Settings, system: &System, findings: &mut Findings) {
    spool(settings, system, findings);
    kit(settings, system, findings);
}

fn spool(settings: &Settings, system: &System, findings: &mut Findings) {
    let intake = &settings.intake;
    let depth = match Spool::look(&intake.spool) {
        Ok(depth) => depth,
        Err(error) => return findings.broken("spool", format!("{} cannot be seen: {error}", intake.spool.display())),
    };
    if depth.aside > 0 {
        let aside = intake.spool.join("aside");
        findings.doubtful(
            "spool aside",
            format!("{} files lie in {}: look at them", depth.aside, aside.display()),
        );
    }
    let waits = depth
        .oldest
        .map_or(Duration::ZERO, |oldest| system.clock.wall().since(oldest));
    let said = format!(
        "{} posts and {} files wait there, {} of {} MB; the oldest since {} s",
        depth.posts,
        depth.files,
        depth.bytes >> 20,
        intake.spool_bytes >> 20,
        waits.as_secs()
    );
    if depth.posts == 0 {
        findings.well(
            "spool",
            format!("it is empty; {} MB may be used", intake.spool_bytes >> 20),
        );
    } else if depth.bytes > intake.spool_bytes / 2 {
        findings.broken(
            "spool",
            format!("{said}: the database must come back before it is full"),
        );
    } else if waits > WAITING {
        findings.doubtful("spool", said);
    } else {
        findings.well("spool", said);
    }
}

fn kit(settings: &Settings, system: &System, findings: &mut Findings) {
    let path = &settings.intake.kit;
    let Some(installation) = KitShelf::installation_at(path) else {
        return findings.doubtful(
            "intake kit",
            format!(
                "there is none at {}: start the server once with its databases",
                path.display()
            ),
        );
    };
    let key = key_folder(settings, system).and_then(|folder| Ok(folder.kit_key(installation)?));
    let key = match key {
        Ok(key) => key,
        Err(error) => return findings.broken("intake kit", format!("its key cannot be used: {error:#}")),
    };
    let shelf = KitShelf::new(path, key, installation, Arc::clone(&system.random));
    if let Err(error) = shelf.load() {
        return findings.broken("intake kit", chain(&error));
    }
    let Some(report) = shelf.report() else {
        return findings.broken("intake kit", "it holds no keys");
    };
    let now = system.clock.wall();
    let (old, left) = (now.since(report.made_at), report.until.since(now).as_secs() / 86_400);
    let said = format!(
        "{} connections; without a database posts can be taken in for {left} more days",
        report.connections
    );
    if report.until <= now {
        findings.broken(
            "intake kit",
            "all of its keys have had their day: nothing is taken in without a database",
        );
    } else if old > OLD {
        findings.doubtful(
            "intake kit",
            format!("it was made {} days ago; {said}", old.as_secs() / 86_400),
        );
    } else {
        findings.well("intake kit", said);
    }
}
