//! `counterfoil epoch`: the key epochs, and retiring the open one, which makes erasures final.

use super::{Ending, write_json};
use crate::config::Settings;
use crate::operator::{ANOTHER_VERSION, Answer, EpochSaid, Request, ask};
use crate::system::System;
use anyhow::bail;
use std::io::Write;
use std::path::Path;

/// Retire the key epoch, which makes erasures final, and show how far that has come.
#[derive(Debug, clap::Args)]
pub(crate) struct EpochCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Retire the open epoch. The running server does it, step by step, while it serves.
    ///
    /// A new file comes into the key folder, of which you need a copy elsewhere, as of the old one. When all keys are wrapped anew, the retirement waits for a
    /// backup that was taken since and tried. Then the root key of the old epoch is destroyed: no backup of the vault from before opens anything any more.
    Retire {
        /// On whose word: a name, a decision, the number of a request. Kept sealed with the retirement.
        #[arg(long, value_name = "TEXT")]
        authority: String,
    },
    /// List the key epochs, oldest first, with their retirements and what those wait for.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

impl EpochCommand {
    pub(super) async fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let settings = Settings::load(path)?;
        match self.what {
            What::Retire { authority } => retire(&settings, authority, out).await,
            What::List { json } => list(&settings, json, out).await,
        }
    }
}

async fn retire(settings: &Settings, authority: String, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let request = Request::EpochRetire { authority };
    let Answer::Retiring(retiring) = ask(settings, &System::new(), request).await? else {
        bail!(ANOTHER_VERSION);
    };
    writeln!(out, "{} is decided.", retiring.retiring)?;
    writeln!(
        out,
        "A new file comes into the key folder: copy it to where you keep the copy of the old one. Then take a backup and try it; what the \
         retirement waits for is shown by `counterfoil epoch list`."
    )?;
    Ok(Ending::Well)
}

async fn list(settings: &Settings, json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let Answer::Epochs(list) = ask(settings, &System::new(), Request::EpochList).await? else {
        bail!(ANOTHER_VERSION);
    };
    if json {
        write_json(out, &list.epochs)?;
        return Ok(Ending::Well);
    }
    for epoch in &list.epochs {
        show(epoch, out)?;
    }
    Ok(Ending::Well)
}

fn show(epoch: &EpochSaid, out: &mut dyn Write) -> anyhow::Result<()> {
    let EpochSaid {
        number,
        stage,
        opened_at,
        provider,
        retirement,
    } = epoch;
    writeln!(
        out,
        "epoch {number}  {stage}, since {opened_at} in use, root key in {provider}"
    )?;
    let Some(retirement) = retirement else { return Ok(()) };
    let authority = retirement.authority.as_deref().unwrap_or("(erased)");
    writeln!(
        out,
        "  {} decided {} on the word of {authority}",
        retirement.retirement, retirement.decided_at
    )?;
    writeln!(
        out,
        "  makes final what was erased and live before {}",
        retirement.final_before
    )?;
    for step in ["turned", "rekeyed", "emptied", "destroyed"] {
        if let Some(at) = retirement.steps.get(step) {
            writeln!(out, "  {step} {at}")?;
        }
    }
    if let Some(waits) = &retirement.waits {
        writeln!(out, "  waits for {waits}")?;
    }
    Ok(())
}
