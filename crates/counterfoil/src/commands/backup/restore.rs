//! Restoring an installation that was lost, from a backup and a copy of its key folder, into a place where there is none. Where the mirrored log is left, that is
//! another task (`beside`).
//!
//! What can be known beforehand is looked at before anything is written: the copies, the key folder, the place. The rows of the records come last but for
//! what makes the place fit to serve, so that a half restored one is refused by `serve`.

use super::manifest::{Manifest, copy_in};
use super::scratch::Folder;
use super::{Ending, beside, files};
use crate::compose::{self, House, Opening};
use crate::config::Settings;
use crate::operator::backup_of;
use crate::system::System;
use anyhow::{Context, bail};
use counterfoil_flow::backup::enter::enter;
use counterfoil_flow::backup::restored::restored;
use counterfoil_flow::custody::put_back::MIRROR;
use counterfoil_policy::Actor;
use counterfoil_store::{Blobs, CopyKind, KeyDatabase, Place, Store};
use counterfoil_vault::Vault;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Restores the backup in `folder` into the place that `settings` name.
///
/// # Errors
/// What kept it from being restored, and what to do.
pub(super) async fn run(settings: &Settings, folder: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let (folder, system) = (std::path::absolute(folder)?, System::new());
    let manifest = Manifest::read(&folder)?;
    manifest.agrees(&folder).await?;
    let blobs = compose::blobs(settings)?;
    let mirror = blobs.get(MIRROR).await;
    if let Some(note) = mirror.context("the place of sealed files cannot be read")? {
        beside::run(settings, &system, &folder, (&manifest, &blobs, &note), out).await?;
        return Ok(Ending::Well);
    }
    opens(settings, &system, &folder, &manifest).await?;
    let (store, keys) = compose::databases(settings, &system, Opening::Working).await?;
    let brought = bring(settings, &system, &folder, &manifest, &blobs, (&store, &keys)).await;
    store.close().await;
    keys.close().await;
    brought?;
    tell(&manifest, out)?;
    Ok(Ending::Well)
}

/// Sees to it that the key folder opens the copy of the vault, in a scratch place.
pub(super) async fn opens(
    settings: &Settings,
    system: &System,
    folder: &Path,
    manifest: &Manifest,
) -> anyhow::Result<()> {
    let scratch = Folder::make(&folder.with_added_extension("restore"))?;
    let keys = Arc::new(KeyDatabase::open(&Place::Folder(scratch.path().to_owned())).await?);
    let opened = async {
        keys.bring(&copy_in(folder, CopyKind::Vault)).await?;
        let root = Arc::new(compose::key_folder(settings, system)?);
        let (clock, random) = (Arc::clone(&system.clock), Arc::clone(&system.random));
        let newest = root.newest(manifest.installation)?;
        let vault = Vault::start(Arc::clone(&keys) as _, root, manifest.installation, clock, random).await;
        vault.map(drop).with_context(|| {
            let keys = settings.keys.folder.display();
            match newest {
                Some(newest) if newest > manifest.epoch => format!(
                    "the copy of the vault opens nothing any more: its key epoch {} was retired since and its root key destroyed; {keys} has that of epoch \
                     {newest}. Use a backup from after that",
                    manifest.epoch
                ),
                _ => format!(
                    "the copy of the vault does not open: put the copy of the key folder of this installation to {keys} first"
                ),
            }
        })
    };
    let opened = opened.await;
    keys.close().await;
    opened
}

async fn bring(
    settings: &Settings,
    system: &System,
    folder: &Path,
    manifest: &Manifest,
    blobs: &Blobs,
    (store, keys): (&Store, &Arc<KeyDatabase>),
) -> anyhow::Result<()> {
    let used = store
        .installation_get()
        .await
        .context("the database could not be read")?;
    if used.is_some() {
        bail!("the database of the records is not empty: a backup is restored only where all was lost");
    }
    keys.bring(&copy_in(folder, CopyKind::Vault)).await.context(
        "the vault could not be restored; if an earlier attempt broke off, empty its database and begin anew",
    )?;
    keys.forget_head().await.context("the vault could not be restored")?;
    let from = Blobs::in_folder(folder).context("the sealed files of the backup cannot be read")?;
    files::copy(&from, blobs).await?;
    store
        .bring(&copy_in(folder, CopyKind::Data))
        .await
        .context("the records could not be restored")?;
    let house = House::over(store, keys, None, settings, system, Opening::Looking).await?;
    let backup = backup_of(&manifest.catalogued());
    let done = restored(&house.flow, &Actor::Operator, &backup).await;
    done.context("the restored rows could not be made fit to serve: empty the place and begin anew")?;
    // It was entered after its copy of the records was taken, so that these do not know it.
    let whereabouts = folder.display().to_string();
    let entered = enter(&house.flow, &Actor::Operator, &backup, &whereabouts).await;
    entered.context(
        "all is restored, but the backup could not be entered in its catalogue: run `counterfoil backup enter`",
    )
}

fn tell(manifest: &Manifest, out: &mut dyn Write) -> anyhow::Result<()> {
    let Manifest {
        data,
        files,
        vault,
        log,
        ..
    } = manifest;
    writeln!(
        out,
        "restored {}, taken {}",
        manifest.backup,
        manifest.taken_at.rfc3339()
    )?;
    writeln!(out, "records  {} rows", data.rows)?;
    writeln!(out, "files    {}", files.count)?;
    writeln!(out, "vault    {} rows", vault.rows)?;
    writeln!(out, "log      goes on behind leaf {}", log.size)?;
    for line in [
        "What came in or was done after that time is not here:",
        "- Nobody is signed in, and links and access tokens are void. Who lost their access since then can sign in again: look who may.",
        "- What waited to be sent is not sent again: each such message shows as uncertain unless the provider reports on it.",
        "- What was erased or held since then is neither here: do it again.",
        "- Who saw more of the log than this backup has, sees it fork there; its next leaf says why.",
        "Run `counterfoil verify`, then `counterfoil serve`.",
    ] {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
