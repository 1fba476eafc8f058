//! `counterfoil log`: the keys that sign the log, and changing for another.

use super::{Ending, write_json};
use crate::compose::House;
use crate::config::Settings;
use crate::operator::{ANOTHER_VERSION, Answer, Request, ask};
use crate::system::System;
use anyhow::{Context, bail};
use counterfoil_flow::custody::keys::{KeyView, keys};
use std::io::Write;
use std::path::Path;

/// Show the keys that sign the log, and change for another.
#[derive(Debug, clap::Args)]
pub(crate) struct LogCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Have the log be signed with a new key. The running server does it, while it serves.
    ///
    /// The next checkpoint is signed with both keys, so that the old one vouches for the new one, and then the seed of the old one is destroyed. Who has the old key goes on
    /// from it by the files in the folder `key-change` of the log; what it signed verifies with it for ever. Take a backup of the vault afterwards: one from before
    /// has only the old key, and cannot go on with the log.
    Rotate,
    /// List the keys of the log, oldest first, as auditors are given them.
    Keys {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

impl LogCommand {
    pub(super) async fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let settings = Settings::load(path)?;
        match self.what {
            What::Rotate => rotate(&settings, out).await,
            What::Keys { json } => list(&settings, json, out).await,
        }
    }
}

async fn rotate(settings: &Settings, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let Answer::LogRotated(rotated) = ask(settings, &System::new(), Request::LogRotate).await? else {
        bail!(ANOTHER_VERSION);
    };
    writeln!(out, "before   {}", rotated.before)?;
    writeln!(out, "key      {}", rotated.key)?;
    writeln!(
        out,
        "The next checkpoint is signed with both; from then on the second one alone signs, and the seed of the first is destroyed. Hand the new key to your \
         auditors, and take a backup now: the vault's copies from before have only the old key."
    )?;
    Ok(Ending::Well)
}

async fn list(settings: &Settings, json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let house = House::look(settings, &System::new()).await?;
    let listed = keys(&house.flow).await;
    house.close().await;
    let listed = listed.context("the keys of the log cannot be read")?;
    if json {
        let said = |KeyView { key, standing, leaf }: &KeyView| serde_json::json!({ "key": key.to_string(), "standing": standing.name(), "leaf": leaf });
        write_json(out, &listed.iter().map(said).collect::<Vec<_>>())?;
        return Ok(Ending::Well);
    }
    for KeyView { key, standing, leaf } in &listed {
        match leaf {
            Some(leaf) => writeln!(out, "{:<9}  {key}, named by leaf {leaf}", standing.name())?,
            None => writeln!(out, "{:<9}  {key}", standing.name())?,
        }
    }
    Ok(Ending::Well)
}
