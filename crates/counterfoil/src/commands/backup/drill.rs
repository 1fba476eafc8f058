//! Trying a backup: restored in a scratch place, verified whole, its log compared with the living one, the outcome put on the log.

use super::manifest::{Manifest, copy_in};
use super::scratch::Folder;
use super::{ANOTHER_VERSION, Answer, Ending, Request, ask, write_json};
use crate::compose::{self, House, Opening};
use crate::config::Settings;
use crate::system::System;
use anyhow::{Context, bail};
use counterfoil_flow::custody::put_back::{put_back, root_at};
use counterfoil_flow::custody::verify::{VerifyReport, VerifyScope, verify};
use counterfoil_flow::lookup::renew::renew;
use counterfoil_model::{BackupId, DrillId};
use counterfoil_store::CopyKind;
use serde::Serialize;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// What a trial showed.
#[derive(Serialize)]
struct Outcome {
    backup: BackupId,
    drill: DrillId,
    sound: bool,
    /// How many sealed values opened.
    opened: u64,
    /// How many leaves the log of the backup has; the living one begins with the same.
    leaves: u64,
    /// What is not as it should be, some of it.
    wrong: Vec<String>,
}

/// What was found in a backup: a report, or why there is none.
enum Found {
    Verified(Box<VerifyReport>),
    Wrong(String),
}

/// Tries the backup in `folder`.
///
/// # Errors
/// What kept it from being tried; what was found to be wrong is an ending.
pub(super) async fn run(
    path: &Path,
    settings: &Settings,
    folder: &Path,
    scratch: Option<PathBuf>,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<Ending> {
    let folder = std::path::absolute(folder)?;
    let manifest = Manifest::read(&folder)?;
    catalogued(settings, &manifest).await?;
    let scratch = scratch.unwrap_or_else(|| folder.with_added_extension("drill"));
    let scratch = Folder::make(&scratch)?;
    let found = match manifest.agrees(&folder).await {
        Ok(()) => restored(path, &folder, scratch.path()).await?,
        Err(error) => Found::Wrong(format!("{error:#}")),
    };
    drop(scratch);
    let mut wrong = Vec::new();
    let mut opened = 0;
    match &found {
        Found::Wrong(why) => wrong.push(why.clone()),
        Found::Verified(report) => {
            opened = report.tables.iter().map(|table| table.opened).sum::<u64>() + report.blobs.blobs;
            wrong.extend(report.differences.iter().map(ToString::to_string));
            if (report.log.leaves, report.log.root.as_str()) != (manifest.log.size, &*manifest.log.root.to_string()) {
                wrong.push("the log of the copy is not the one that the manifest names".to_owned());
            }
        }
    }
    if !lives(settings, &manifest).await? {
        wrong.push("the living log does not begin with the log of the backup".to_owned());
    }
    let sound = wrong.is_empty();
    let request = Request::BackupDrilled {
        backup: manifest.backup,
        sound,
        opened,
    };
    let Answer::BackupDrilled(told) = ask(settings, &System::new(), request).await? else {
        bail!(ANOTHER_VERSION);
    };
    let outcome = Outcome {
        backup: manifest.backup,
        drill: told.drilled,
        sound,
        opened,
        leaves: manifest.log.size,
        wrong,
    };
    if json {
        write_json(out, &outcome)?;
    } else {
        tell(&outcome, out)?;
    }
    Ok(if sound { Ending::Well } else { Ending::Broken })
}

fn tell(outcome: &Outcome, out: &mut dyn Write) -> anyhow::Result<()> {
    for wrong in &outcome.wrong {
        writeln!(out, "{wrong}")?;
    }
    match outcome.sound {
        true => writeln!(
            out,
            "Sound: {} leaves, the same as in the living log; {} sealed values and files opened. On the log as {}.",
            outcome.leaves, outcome.opened, outcome.drill
        )?,
        false => writeln!(
            out,
            "NOT sound: take another backup and try that. On the log as {}.",
            outcome.drill
        )?,
    }
    Ok(())
}

/// Sees to it that the catalogue knows these copies.
async fn catalogued(settings: &Settings, manifest: &Manifest) -> anyhow::Result<()> {
    let request = Request::BackupShow {
        backup: manifest.backup,
    };
    let Answer::Backups(list) = ask(settings, &System::new(), request).await? else {
        bail!(ANOTHER_VERSION);
    };
    match list.backups.first() {
        Some(known) if known.catalogued == manifest.catalogued() => Ok(()),
        _ => bail!("the catalogue has another backup under this id: these copies are not the ones that were entered"),
    }
}

/// Restores the copies in `scratch` and verifies all that stands there then.
async fn restored(path: &Path, folder: &Path, scratch: &Path) -> anyhow::Result<Found> {
    let (settings, system) = (Settings::load(path)?.moved_to(scratch), System::new());
    let blobs = scratch.join("blobs");
    std::fs::create_dir(&blobs).context("the scratch folder cannot be used")?;
    if folder.join("blobs").exists() {
        symlink(folder.join("blobs"), blobs.join("blobs")).context("the scratch folder cannot be used")?;
    }
    let (store, keys) = compose::databases(&settings, &system, Opening::Working).await?;
    let brought = async {
        store.bring(&copy_in(folder, CopyKind::Data)).await?;
        keys.bring(&copy_in(folder, CopyKind::Vault)).await?;
        keys.forget_head().await?;
        anyhow::Ok(())
    };
    let opened = match brought.await {
        Ok(()) => House::over(&store, &keys, None, &settings, &system, Opening::Looking).await,
        Err(error) => Err(error),
    };
    let found = match opened {
        Ok(house) => verified(&house).await,
        Err(error) => Found::Wrong(format!("{error:#}")),
    };
    store.close().await;
    keys.close().await;
    Ok(found)
}

async fn verified(house: &House) -> Found {
    // As restoring does: the copy of the vault is from after that of the records, and a lookup key may have gone between.
    let ready = async {
        renew(&house.flow).await?;
        put_back(&house.flow).await
    };
    if let Err(error) = ready.await {
        return Found::Wrong(crate::telemetry::chain(&error));
    }
    match verify(&house.flow, VerifyScope::Everything, |_| {}).await {
        Ok(report) => Found::Verified(Box::new(report)),
        Err(error) => Found::Wrong(crate::telemetry::chain(&error)),
    }
}

/// Whether the living log begins with the log of the backup.
async fn lives(settings: &Settings, manifest: &Manifest) -> anyhow::Result<bool> {
    let house = House::look(settings, &System::new()).await?;
    let root = root_at(&house.flow, manifest.log.size).await;
    house.close().await;
    Ok(root.context("the living log cannot be read")? == Some(manifest.log.root.0))
}
