//! Taking a backup: the records first, then the files that they name, then the vault, so that nothing in it lacks what it needs.

use super::files;
use super::manifest::{CopyFile, FORMAT, Log, Manifest, copy_in};
use super::scratch::Folder;
use crate::compose::{self, House};
use crate::config::Settings;
use crate::digest::Digest;
use crate::system::System;
use anyhow::{Context, bail};
use counterfoil_model::BackupId;
use counterfoil_store::{Blobs, CopyKind};
use counterfoil_vault::KeyStore;
use std::fs::File;
use std::path::Path;

/// Takes a backup into `folder`, which must not be there yet. It stands there only once all of it is on disk.
///
/// # Errors
/// What could not be copied; nothing is left then.
pub(super) async fn make(settings: &Settings, system: &System, folder: &Path) -> anyhow::Result<Manifest> {
    let folder = std::path::absolute(folder)?;
    if folder.exists() {
        bail!(
            "{} is there already: a backup goes into a folder of its own",
            folder.display()
        );
    }
    let part = Folder::make(&folder.with_added_extension("part"))?;
    let house = House::look(settings, system).await?;
    let copied = copies(&house, settings, system, part.path()).await;
    house.close().await;
    let manifest = copied?;
    manifest.write(part.path())?;
    part.becomes(&folder)?;
    Ok(manifest)
}

async fn copies(house: &House, settings: &Settings, system: &System, part: &Path) -> anyhow::Result<Manifest> {
    let backup = BackupId::new(system.clock.wall(), system.random.as_ref());
    let data = house.store.copy_to(&copy_in(part, CopyKind::Data)).await;
    let data = data.context("the records could not be copied")?;
    let (size, root) = data.log.context("the copy of the records has no log")?;
    let to = Blobs::in_folder(part).context("the folder for the sealed files cannot be used")?;
    let files = files::copy(&compose::blobs(settings)?, &to).await?;
    // Last: it opens all that the others hold, and lacks the keys of what was erased until now.
    let vault = house
        .keys
        .copy_to(&copy_in(part, CopyKind::Vault), system.clock.wall())
        .await;
    let vault = vault.context("the vault could not be copied")?;
    let epochs = house.keys.epochs().await.context("the key epochs could not be read")?;
    let epoch = epochs
        .iter()
        .map(|epoch| epoch.number)
        .max()
        .context("the vault has no key epoch")?;
    File::open(part).and_then(|folder| folder.sync_all())?;
    Ok(Manifest {
        format: FORMAT.to_owned(),
        backup,
        installation: house.id,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        taken_at: data.taken_at,
        log: Log {
            size: u64::try_from(size)?,
            root: Digest(root),
        },
        epoch,
        data: CopyFile::from(&data),
        vault: CopyFile::from(&vault),
        files,
    })
}
