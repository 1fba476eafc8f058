//! `counterfoil doctor`: looks at an installation from outside and says what is well, what is doubtful, what is broken, and what
//! it did not look at or cannot see. It keeps nothing that it writes, and works beside a running server.

mod backlog;
mod backups;
mod blobs;
mod certificate;
mod clock;
mod disk;
mod epochs;
mod findings;
mod gates;
mod intake;
mod keys;
mod nodes;
mod presented;
mod records;
mod server;
mod settings;

use super::{Ending, write_json};
use crate::compose::House;
use crate::config::Settings;
use crate::system::System;
use findings::{Findings, State};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// Look at the installation and say what is well, what is doubtful and what is broken.
///
/// Ends with 0 when all is well, 1 when something is broken, 3 when something should be looked at.
#[derive(Debug, clap::Args)]
pub(crate) struct Doctor {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) async fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let mut findings = Findings::default();
        match Settings::load(path) {
            Ok(settings) => {
                settings::look(path, &settings, &mut findings);
                look(&settings, &mut findings).await;
            }
            Err(error) => {
                findings.broken("settings", error.to_string());
                findings.unseen("all else", "not looked at: without settings nobody knows where it is");
            }
        }
        unseen(&mut findings);
        if self.json {
            write_json(out, &findings)?;
        } else {
            findings.tell(out)?;
        }
        Ok(match findings.worst() {
            State::Broken => Ending::Broken,
            State::Doubtful => Ending::Doubtful,
            State::Well | State::Unseen => Ending::Well,
        })
    }
}

/// How long an installation may take to open.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is looked at in an installation that opens.
const INSIDE: [&str; 11] = [
    "database",
    "vault database",
    "log",
    "vault",
    "clock",
    "intake",
    "jobs",
    "log backlog",
    "nodes",
    "backups",
    "key epoch",
];

async fn look(settings: &Settings, findings: &mut Findings) {
    let system = System::new();
    disk::look(settings, &system, findings);
    certificate::look(settings, &system, findings).await;
    server::look(settings, findings).await;
    keys::look(settings, findings);
    intake::look(settings, &system, findings);
    blobs::look(settings, &system, findings).await;
    let opened = tokio::select! {
        opened = House::look(settings, &system) => opened,
        () = system.clock.sleep(PATIENCE) => Err(anyhow::anyhow!("a database does not answer within {} s", PATIENCE.as_secs())),
    };
    match opened {
        Ok(house) => {
            records::look(&house, settings, findings).await;
            clock::look(&house, &system, findings).await;
            backlog::look(&house, &system, findings).await;
            nodes::look(&house, settings, &system, findings).await;
            gates::look(&house, &system, findings).await;
            backups::look(&house, &system, findings).await;
            epochs::look(&house, findings).await;
            house.close().await;
        }
        Err(error) => {
            findings.broken("installation", format!("{error:#}"));
            for what in INSIDE {
                findings.unseen(what, "not looked at: the installation does not open");
            }
        }
    }
    if settings.pas.is_some() {
        findings.unseen(
            "policy administration system",
            "not looked at: only filing something shows whether it answers",
        );
    }
}

/// What no command on this machine can see.
fn unseen(findings: &mut Findings) {
    findings.unseen(
        "places of backups",
        "whether the backups in the catalogue still lie where they were put, on another machine, cannot be seen from here",
    );
    findings.unseen(
        "key backups",
        "whether a copy of the key folder lies in the same place as a copy of the data cannot be seen from here",
    );
    findings.unseen(
        "reachability",
        "whether the provider reaches the hook from where it is cannot be seen from here; its app settings say so",
    );
    findings.unseen(
        "witnesses",
        "nobody outside has seen the log: whoever holds this machine and its keys could still replace all of it",
    );
}
