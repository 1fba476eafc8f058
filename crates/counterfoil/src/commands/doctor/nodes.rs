//! The nodes as the doctor sees them: which of them run, and whether they share what they must.

use super::findings::Findings;
use crate::compose::House;
use crate::config::Settings;
use crate::config::blobs::BlobPlace;
use crate::system::System;
use crate::telemetry::chain;
use counterfoil_flow::nodes::{Node, nodes};

const WHAT: &str = "nodes";

/// Looks at the lease rows.
pub(super) async fn look(house: &House, settings: &Settings, system: &System, findings: &mut Findings) {
    let all = match nodes(&house.flow).await {
        Ok(all) => all,
        Err(error) => return findings.broken(WHAT, chain(&error)),
    };
    let now = system.clock.wall();
    let (leased, lapsed): (Vec<&Node>, Vec<&Node>) = all.iter().partition(|node| node.leased);
    let told: Vec<String> = leased
        .iter()
        .map(|node| {
            let (started, renewed) = (node.started_at.rfc3339(), now.since(node.renewed_at).as_secs());
            format!("{} since {started}, renewed {renewed} s ago", node.id)
        })
        .collect();
    let told = match told.as_slice() {
        [] => "none has a lease: no server runs".to_owned(),
        told => told.join("; "),
    };
    if leased.len() > 1 && matches!(settings.storage.blobs, BlobPlace::Folder(_)) {
        let fault = "several nodes run, and this one keeps sealed files in a folder of its own: let all use one bucket";
        return findings.broken(WHAT, format!("{fault}. {told}"));
    }
    findings.well(
        WHAT,
        match lapsed.len() {
            0 => told,
            // Its row goes a day after it was last seen.
            count => format!("{told}; ended within the last day without saying so: {count}"),
        },
    );
}
