//! `counterfoil gate`: intake-only nodes, given their pass, listed, and revoked.

use super::{Ending, write_json};
use crate::config::Settings;
use crate::operator::{ANOTHER_VERSION, Answer, Request, ask};
use crate::system::System;
use anyhow::{Context, bail};
use counterfoil_model::GateId;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Add, list and revoke gates: intake-only nodes (`serve --intake-only`).
#[derive(Debug, clap::Args)]
pub(crate) struct Gate {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Add a gate and write its pass: certificate and key, where full nodes are, and the intake kit. Bring that file to the gate; it is kept
    /// nowhere else.
    Add {
        /// What operators call it.
        #[arg(long, value_name = "TEXT")]
        title: String,
        /// The file to write. It must not be there yet.
        #[arg(long, value_name = "FILE", default_value = "gate.pass")]
        out: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the gates: when each was last heard, until when it is clear, when its certificate ends.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take a gate off the list: from now on full nodes take nothing from it, and it takes in nothing more once it hears of that.
    Revoke {
        /// Which.
        gate: GateId,
    },
}

impl Gate {
    pub(super) async fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let settings = Settings::load(path)?;
        match self.what {
            What::Add { title, out: file, json } => add(&settings, title, &file, json, out).await,
            What::List { json } => list(&settings, json, out).await,
            What::Revoke { gate } => revoke(&settings, gate, out).await,
        }
    }
}

async fn add(
    settings: &Settings,
    title: String,
    file: &Path,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<Ending> {
    let cannot = || format!("the pass cannot be written to {}", file.display());
    // First of all, so that no gate is added whose pass has no place.
    let mut pass = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .with_context(cannot)?;
    let nodes = settings.gates.reached_at.clone();
    let added = match ask(settings, &System::new(), Request::GateAdd { title, nodes }).await {
        Ok(Answer::GateAdded(added)) => added,
        other => {
            std::fs::remove_file(file).with_context(cannot)?;
            other?;
            bail!(ANOTHER_VERSION);
        }
    };
    pass.write_all(added.pass.as_bytes())
        .and_then(|()| pass.sync_all())
        .with_context(|| format!("{}; revoke the gate {} and add another", cannot(), added.gate))?;
    if json {
        let told = serde_json::json!({
            "gate": added.gate, "pass_file": file, "certificate_until": added.certificate_until,
        });
        write_json(out, &told)?;
        return Ok(Ending::Well);
    }
    writeln!(out, "Added as {}.", added.gate)?;
    writeln!(
        out,
        "Its pass is in {}: bring that file to the gate, for its owner alone, and keep no copy. Then start the gate with\n\n  \
         counterfoil serve --intake-only\n\nIts certificate holds until {} and is renewed by itself as long as the gate reaches a full node.",
        file.display(),
        added.certificate_until
    )?;
    Ok(Ending::Well)
}

async fn list(settings: &Settings, json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let Answer::Gates(list) = ask(settings, &System::new(), Request::GateList).await? else {
        bail!(ANOTHER_VERSION);
    };
    if json {
        write_json(out, &list.gates)?;
        return Ok(Ending::Well);
    }
    if list.gates.is_empty() {
        writeln!(out, "There is no gate; add one with `counterfoil gate add`.")?;
    }
    for gate in &list.gates {
        writeln!(out, "{}  {}", gate.gate, gate.title)?;
        match (&gate.revoked_at, &gate.said) {
            (Some(at), _) => writeln!(out, "  revoked {at}")?,
            (None, None) => writeln!(out, "  added {}, never heard so far", gate.added_at)?,
            (None, Some(said)) => writeln!(
                out,
                "  heard {}, clear until {}, certificate until {}",
                said.at, said.clear_until, said.certificate_until
            )?,
        }
    }
    Ok(Ending::Well)
}

async fn revoke(settings: &Settings, gate: GateId, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let Answer::GateRevoked(revoked) = ask(settings, &System::new(), Request::GateRevoke { gate }).await? else {
        bail!(ANOTHER_VERSION);
    };
    writeln!(out, "{} is revoked.", revoked.revoked)?;
    writeln!(
        out,
        "If the machine is lost, change the app secrets and access tokens of all connections at the provider: the gate had them.\n\
         What may still lie in its spool comes in only with a new pass, and only while the keys of its days are there."
    )?;
    Ok(Ending::Well)
}
