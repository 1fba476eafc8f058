//! The places in which the challenger looks, and how each is read: nothing is written but scratch copies, which go again.

use super::super::super::backup::manifest::{Manifest, copy_in};
use super::super::super::backup::scratch::Folder;
use super::{Gathered, Looked};
use crate::compose::{self, House};
use crate::config::Settings;
use anyhow::Context;
use counterfoil_flow::backup::list::{BackupView, backups};
use counterfoil_flow::erasure::sought::{Found, Scan, Sought};
use counterfoil_model::erasure::{AttemptOutcome, AttemptPlace};
use counterfoil_policy::Actor;
use counterfoil_store::{Blobs, CopyKind, KeyDatabase, Place};
use counterfoil_vault::{EpochStage, KeyFolder, KeyStore, Probe, TreeRow};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How much of a file is in memory at a time, in bytes.
const PIECE: usize = 1 << 20;
/// Bytes of a sealed file that name its key.
const HEAD: u64 = 21;
/// How many key trees are read at a time.
const TREES: usize = 500;
/// How many backups of the catalogue are read at a time.
const PAGE: usize = 100;
/// The most backups that are tried, newest first.
const BACKUPS: usize = 400;

/// Where there is to look.
pub(super) struct Places<'a> {
    pub(super) settings: &'a Settings,
    pub(super) house: &'a House,
    pub(super) root: &'a KeyFolder,
    pub(super) sought: Arc<Sought>,
}

impl Places<'_> {
    /// The living vault: what its rows derive, and older rows that its files still have. Gives the keys that it holds.
    pub(super) async fn vault(&self, gathered: &mut Gathered) -> anyhow::Result<Probe> {
        let keys: &KeyDatabase = &self.house.keys;
        let mut rows = Vec::new();
        let living = self.probe(keys, |row| rows.push(row)).await?;
        let mut found = Found::default();
        let place = self.settings.storage.vault.place("vault", &self.settings.values)?;
        match place {
            Place::Folder(_) => found.and(self.read(place.files(CopyKind::Vault)).await?),
            Place::Server { .. } => found.looked = rows.iter().map(|row| row.wrapped.len() as u64).sum(),
        }
        // Those that live are no find.
        found.rows.retain(|row| !rows.contains(row));
        gathered.looked.push(looked(AttemptPlace::Vault, found));
        Ok(living)
    }

    /// The records: the files of SQLite as they are, or all rows of a server.
    pub(super) async fn records(&self, gathered: &mut Gathered) -> anyhow::Result<()> {
        let place = self.settings.storage.records.place("database", &self.settings.values)?;
        let found = match place {
            Place::Folder(_) => self.read(place.files(CopyKind::Data)).await?,
            Place::Server { .. } => {
                let scratch = self.scratch()?;
                let copy = copy_in(scratch.path(), CopyKind::Data);
                let copied = self.house.store.copy_to(&copy).await;
                copied.context("the records could not be read")?;
                self.read(vec![copy]).await?
            }
        };
        gathered.looked.push(looked(AttemptPlace::Records, found));
        Ok(())
    }

    /// The sealed files of the installation.
    pub(super) async fn files(&self, gathered: &mut Gathered) -> anyhow::Result<()> {
        let found = self.blobs(&compose::blobs(self.settings)?).await?;
        gathered.looked.push(looked(AttemptPlace::Files, found));
        Ok(())
    }

    /// What was acknowledged while the database was away.
    pub(super) async fn spool(&self, gathered: &mut Gathered) -> anyhow::Result<()> {
        let found = self.read(files_under(&self.settings.intake.spool)?).await?;
        gathered.looked.push(looked(AttemptPlace::Spool, found));
        Ok(())
    }

    /// A file or folder that was named.
    pub(super) async fn elsewhere(&self, path: &Path, gathered: &mut Gathered) -> anyhow::Result<()> {
        std::fs::symlink_metadata(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let found = self.read(files_under(path)?).await?;
        gathered.looked.push(looked(AttemptPlace::Elsewhere, found));
        Ok(())
    }

    /// Every backup in the catalogue.
    pub(super) async fn backups(&self, gathered: &mut Gathered) -> anyhow::Result<()> {
        let epochs = self.house.vault.epochs_list().await?;
        let retired = |number| {
            let up_to = epochs.iter().filter(|epoch| epoch.number <= number);
            up_to.into_iter().all(|epoch| epoch.stage == EpochStage::Retired)
        };
        let mut before = None;
        loop {
            let page = backups(&self.house.flow, &Actor::Operator, before, PAGE).await?;
            for view in &page {
                let found = match self.backup(view, gathered).await? {
                    Some(found) => Ok(found),
                    None if retired(view.backup.epoch) => Err(AttemptOutcome::KeyDestroyed),
                    None => Err(AttemptOutcome::NotReached),
                };
                gathered.looked.push(Looked {
                    place: AttemptPlace::Backup,
                    backup: Some(view.backup.id),
                    found,
                });
            }
            match page.last() {
                Some(last) if gathered.looked.len() < BACKUPS => before = Some(last.backup.id),
                _ => return Ok(()),
            }
        }
    }

    /// What a backup has of it, and the keys of its vault; `None` when it does not lie where the catalogue says.
    async fn backup(&self, view: &BackupView, gathered: &mut Gathered) -> anyhow::Result<Option<Found>> {
        let Some(folder) = view
            .whereabouts
            .as_ref()
            .map(PathBuf::from)
            .filter(|folder| folder.is_dir())
        else {
            return Ok(None);
        };
        match Manifest::read(&folder) {
            Ok(manifest) if manifest.backup == view.backup.id => {}
            _ => return Ok(None),
        }
        let scratch = self.scratch()?;
        let keys = KeyDatabase::open(&Place::Folder(scratch.path().to_owned())).await?;
        let probed = async {
            keys.bring(&copy_in(&folder, CopyKind::Vault)).await?;
            self.probe(&keys, drop).await
        };
        let probed = probed.await;
        keys.close().await;
        let probe = probed.with_context(|| format!("the vault's copy in {} cannot be read", folder.display()))?;
        gathered.probes.push(probe);
        let mut found = self.read(vec![copy_in(&folder, CopyKind::Data)]).await?;
        found.and(self.blobs(&Blobs::in_folder(&folder)?).await?);
        Ok(Some(found))
    }

    /// What the rows of the erasure's key trees derive that stand in a vault store; each row is handed over too.
    async fn probe(&self, keys: &KeyDatabase, mut each: impl FnMut(TreeRow)) -> anyhow::Result<Probe> {
        let epochs = keys.epochs().await?;
        let mut probe = Probe::with(self.house.id, self.root, &epochs).await;
        for some in self.sought.trees().chunks(TREES) {
            for row in keys.trees(some.to_vec()).await? {
                probe.add(&row);
                each(row);
            }
        }
        Ok(probe)
    }

    fn scratch(&self) -> anyhow::Result<Folder> {
        Folder::make(&self.settings.storage.data.join("challenge.scratch"))
    }

    /// The beginnings of all sealed files.
    async fn blobs(&self, blobs: &Blobs) -> anyhow::Result<Found> {
        let mut all = Found::default();
        let mut walk = blobs.walk();
        while let Some(here) = walk.next().await.context("the sealed files could not be listed")? {
            for name in here.names {
                let head = blobs.get_range(&name, 0..HEAD).await;
                if let Some(head) = head.context("a sealed file could not be read")? {
                    let mut scan = Scan::new(Arc::clone(&self.sought));
                    scan.push(&head);
                    all.and(scan.end());
                }
            }
        }
        Ok(all)
    }

    /// These files, whole; what is not there is passed over.
    async fn read(&self, paths: Vec<PathBuf>) -> anyhow::Result<Found> {
        let sought = Arc::clone(&self.sought);
        tokio::task::spawn_blocking(move || {
            let mut all = Found::default();
            for path in paths {
                let mut scan = Scan::new(Arc::clone(&sought));
                read_one(&path, &mut scan).with_context(|| format!("{} cannot be read", path.display()))?;
                all.and(scan.end());
            }
            Ok(all)
        })
        .await?
    }
}

fn looked(place: AttemptPlace, found: Found) -> Looked {
    Looked {
        place,
        backup: None,
        found: Ok(found),
    }
}

fn read_one(path: &Path, scan: &mut Scan) -> std::io::Result<()> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(()),
            read => scan.push(&piece[..read]),
        }
    }
}

/// All regular files at or under a path; links are not followed.
fn files_under(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (mut files, mut open) = (Vec::new(), vec![path.to_owned()]);
    while let Some(path) = open.pop() {
        let kind = match std::fs::symlink_metadata(&path) {
            Ok(about) => about.file_type(),
            // It went meanwhile.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
        };
        if kind.is_dir() {
            let entries = std::fs::read_dir(&path).with_context(|| format!("{} cannot be read", path.display()))?;
            for entry in entries {
                open.push(entry?.path());
            }
        } else if kind.is_file() {
            files.push(path);
        }
    }
    Ok(files)
}
