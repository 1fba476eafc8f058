//! `counterfoil doctor`: looks at an installation from outside and says what is well, what is doubtful, what is broken, and what
//! it cannot see. It changes nothing, and works beside a running server.

mod blobs;
mod findings;
mod gates;
mod intake;
mod keys;
mod machine;
mod nodes;
mod records;

use super::{Ending, write_json};
use crate::compose::House;
use crate::config::Settings;
use crate::system::System;
use findings::{Findings, State};
use std::io::Write;
use std::path::Path;

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
                findings.well("settings", format!("{} can be used", path.display()));
                look(&settings, &mut findings).await;
            }
            Err(error) => findings.broken("settings", error.to_string()),
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

async fn look(settings: &Settings, findings: &mut Findings) {
    let system = System::new();
    machine::look(settings, findings).await;
    keys::look(settings, findings);
    intake::look(settings, &system, findings);
    blobs::look(settings, &system, findings).await;
    match House::look(settings, &system).await {
        Ok(house) => {
            records::look(&house, settings, &system, findings).await;
            nodes::look(&house, settings, &system, findings).await;
            gates::look(&house, &system, findings).await;
            house.close().await;
        }
        Err(error) => findings.broken("installation", format!("{error:#}")),
    }
}

/// What no command on this machine can see.
fn unseen(findings: &mut Findings) {
    findings.unseen(
        "backups",
        "whether there are any, and whether they can be restored, cannot be seen from here",
    );
    findings.unseen(
        "key backups",
        "whether a copy of the key folder lies in the same place as a copy of the data cannot be seen from here",
    );
    findings.unseen(
        "reachability",
        "whether the provider reaches the hook cannot be seen from here; its app settings say so",
    );
    findings.unseen(
        "witnesses",
        "nobody outside has seen the log: whoever holds this machine and its keys could still replace all of it",
    );
}
