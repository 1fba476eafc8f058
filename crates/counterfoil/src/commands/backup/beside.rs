//! Restoring the records beside the mirrored log that is still there: with the vault that stayed, or with the one of the backup.
//!
//! One that broke off is begun anew with the same command: what was brought is kept, and until the log is brought forward `serve` refuses it.

use super::manifest::{Manifest, copy_in};
use super::restore::opens;
use super::{files, forward};
use crate::compose::{self, House, Opening};
use crate::config::Settings;
use crate::operator::backup_of;
use crate::system::System;
use anyhow::{Context, bail};
use counterfoil_flow::backup::enter::enter;
use counterfoil_flow::backup::restored::restored;
use counterfoil_flow::custody::forward::Forwarded;
use counterfoil_flow::custody::forward::forward as bring_forward;
use counterfoil_policy::Actor;
use counterfoil_store::{Blobs, CopyKind, KeyDatabase, Store};
use counterfoil_vault::KeyStore;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// What was restored.
struct Restored {
    /// Whether the vault came from the backup.
    vault: bool,
    /// How many files were not there any more.
    files: u64,
    /// What was brought forward, if the log had gone on since.
    forwarded: Option<Forwarded>,
}

/// Restores the records of a backup, and what else is missing, beside the mirror `note`.
///
/// # Errors
/// What kept it from being restored, and what to do.
pub(super) async fn run(
    settings: &Settings,
    system: &System,
    folder: &Path,
    (manifest, blobs, note): (&Manifest, &Blobs, &[u8]),
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let origin = format!("{}\n", compose::log_origin(manifest.installation));
    if !note.starts_with(origin.as_bytes()) {
        bail!("the log in the place of sealed files is of another installation than the backup");
    }
    let (store, keys) = compose::databases(settings, system, Opening::Working).await?;
    let restored = bring(settings, system, folder, (manifest, blobs), (&store, &keys)).await;
    store.close().await;
    keys.close().await;
    tell(manifest, &restored?, out)
}

async fn bring(
    settings: &Settings,
    system: &System,
    folder: &Path,
    (manifest, blobs): (&Manifest, &Blobs),
    (store, keys): (&Store, &Arc<KeyDatabase>),
) -> anyhow::Result<Restored> {
    let epochs = keys.epochs().await.context("the vault could not be read")?;
    let vault = epochs.is_empty();
    if vault {
        opens(settings, system, folder, manifest).await?;
    }
    let used = store.installation_get().await;
    if used.context("the database could not be read")?.is_none() {
        let copied = store.bring(&copy_in(folder, CopyKind::Data)).await;
        copied.context("the records could not be restored")?;
    } else if !stands_at(store, manifest).await? {
        bail!(
            "the database of the records is not empty, and not what an attempt with this backup left: a backup is restored only into an empty one. If its \
             records are older than the log in the place of sealed files, `counterfoil backup forward` brings the log forward"
        );
    }
    if vault {
        let copied = keys.bring(&copy_in(folder, CopyKind::Vault)).await;
        copied.context("the vault could not be restored")?;
        keys.forget_head().await.context("the vault could not be restored")?;
    }
    let house = House::over(store, keys, None, settings, system, Opening::Looking).await?;
    let from = Blobs::in_folder(folder).context("the sealed files of the backup cannot be read")?;
    let files = files::copy_missing(&from, blobs, store).await?;
    let backup = backup_of(&manifest.catalogued());
    let forwarded = bring_forward(&house.flow, &Actor::Operator, Some(&backup)).await;
    let forwarded = forwarded.context("the log could not be brought forward; begin anew when that is mended")?;
    if forwarded.is_none() {
        let done = restored(&house.flow, &Actor::Operator, &backup).await;
        done.context(
            "the restored rows could not be made fit to serve: empty the database of the records and begin anew",
        )?;
    }
    // It may have been entered after its copy of the records was taken, so that these do not know it.
    let whereabouts = folder.display().to_string();
    let entered = enter(&house.flow, &Actor::Operator, &backup, &whereabouts).await;
    entered.context(
        "all is restored, but the backup could not be entered in its catalogue: run `counterfoil backup enter`",
    )?;
    Ok(Restored {
        vault,
        files,
        forwarded,
    })
}

/// Whether the records are those of the backup, and nothing was recorded since.
async fn stands_at(store: &Store, manifest: &Manifest) -> anyhow::Result<bool> {
    let head = store.log_head().await.context("the database could not be read")?;
    Ok((u64::try_from(head.size)?, head.root) == (manifest.log.size, manifest.log.root.0))
}

fn tell(manifest: &Manifest, restored: &Restored, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(
        out,
        "restored {}, taken {}",
        manifest.backup,
        manifest.taken_at.rfc3339()
    )?;
    writeln!(out, "records  {} rows", manifest.data.rows)?;
    writeln!(out, "files    {} that were missing", restored.files)?;
    match restored.vault {
        true => writeln!(out, "vault    {} rows, from the backup", manifest.vault.rows)?,
        false => writeln!(out, "vault    the one that was there")?,
    }
    match &restored.forwarded {
        Some(forwarded) => forward::tell(forwarded, out)?,
        None => writeln!(out, "log      goes on behind leaf {}", manifest.log.size)?,
    }
    writeln!(out, "Run `counterfoil verify`, then `counterfoil serve`.")?;
    Ok(())
}
