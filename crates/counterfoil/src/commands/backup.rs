//! `counterfoil backup`: taking backups beside a running server, the catalogue of them, and trying them.

mod beside;
mod drill;
mod files;
mod forward;
mod make;
pub(super) mod manifest;
mod restore;
pub(super) mod scratch;

use super::{Ending, write_json};
use crate::config::Settings;
use crate::operator::{ANOTHER_VERSION, Answer, Catalogued, Request, ask};
use crate::system::System;
use anyhow::{Context, bail};
use counterfoil_model::BackupId;
use manifest::Manifest;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Take backups of records, sealed files and the vault, list them, and try whether they can be restored.
///
/// The key folder is never part of a backup: keep a copy of it elsewhere.
#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Take a backup into a new folder, beside a running server, and enter it in the catalogue.
    Make {
        /// The folder, which must not be there yet.
        folder: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Enter a backup in the catalogue that was taken and not entered, or that lies elsewhere now.
    Enter {
        /// Its folder.
        folder: PathBuf,
    },
    /// List the catalogue, newest first.
    List {
        /// Only those before this one.
        #[arg(long, value_name = "BACKUP")]
        before: Option<BackupId>,
        /// How many at most.
        #[arg(long, value_name = "NUMBER", default_value_t = 20)]
        limit: usize,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Restore an installation that was lost, into an empty database of the records.
    ///
    /// Where the mirrored log is still in the place of sealed files, the log is brought forward from it and what was erased since is erased again; the vault is
    /// taken from the backup when its database is empty. The settings name the places and the key folder. No server may run. Afterwards `serve`
    /// goes on from there.
    Restore {
        /// The folder of the backup.
        folder: PathBuf,
    },
    /// Bring the log of an older database of the records forward from its mirror, and erase again what was erased since.
    ///
    /// For records that were put back by other means than `restore`, such as a dump or a snapshot. No server may run. Afterwards `serve` goes on
    /// from there.
    Forward {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Restore a backup in a scratch place, verify all of it, compare its log with the living one, and put the outcome on the log.
    ///
    /// Ends with 0 when all of it is as it should be, 1 when something is not.
    Drill {
        /// The folder of the backup.
        folder: PathBuf,
        /// A folder for what is restored, which must not be there yet; it is removed afterwards. By default beside the backup.
        #[arg(long, value_name = "FOLDER")]
        scratch: Option<PathBuf>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Backup {
    pub(super) async fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let settings = Settings::load(path)?;
        match self.what {
            What::Make { folder, json } => make(&settings, &folder, json, out).await,
            What::Enter { folder } => {
                let manifest = Manifest::read(&folder)?;
                manifest.agrees(&folder).await?;
                enter(&settings, &folder, &manifest).await?;
                writeln!(out, "{} is in the catalogue.", manifest.backup)?;
                Ok(Ending::Well)
            }
            What::List { before, limit, json } => list(&settings, before, limit, json, out).await,
            What::Restore { folder } => restore::run(&settings, &folder, out).await,
            What::Forward { json } => forward::run(&settings, json, out).await,
            What::Drill { folder, scratch, json } => drill::run(path, &settings, &folder, scratch, json, out).await,
        }
    }
}

async fn make(settings: &Settings, folder: &Path, json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let manifest = make::make(settings, &System::new(), folder).await?;
    enter(settings, folder, &manifest).await.with_context(|| {
        format!(
            "the copies in {folder} are whole, but the backup is not in the catalogue: run `counterfoil backup enter {folder}` when this is \
             mended",
            folder = folder.display()
        )
    })?;
    if json {
        write_json(out, &manifest)?;
        return Ok(Ending::Well);
    }
    let Manifest {
        data,
        vault,
        files,
        log,
        ..
    } = &manifest;
    writeln!(out, "backup   {}", manifest.backup)?;
    writeln!(out, "records  {} rows, {} bytes", data.rows, data.bytes)?;
    writeln!(out, "files    {}, {} bytes", files.count, files.bytes)?;
    writeln!(
        out,
        "vault    {} rows, {} bytes, newest epoch {}",
        vault.rows, vault.bytes, manifest.epoch
    )?;
    writeln!(out, "log      {} leaves, root {}", log.size, log.root)?;
    writeln!(
        out,
        "Written to {} and entered in the catalogue. The key folder is not part of it; try it with `counterfoil backup drill`.",
        folder.display()
    )?;
    Ok(Ending::Well)
}

/// Has the backup in `folder` entered in the catalogue.
async fn enter(settings: &Settings, folder: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    let whereabouts = std::path::absolute(folder)?.display().to_string();
    let request = Request::BackupEnter {
        backup: manifest.catalogued(),
        whereabouts,
    };
    match ask(settings, &System::new(), request).await? {
        Answer::BackupEntered(entered) if entered.backup_entered == manifest.backup => Ok(()),
        _ => bail!(ANOTHER_VERSION),
    }
}

async fn list(
    settings: &Settings,
    before: Option<BackupId>,
    limit: usize,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<Ending> {
    let Answer::Backups(list) = ask(settings, &System::new(), Request::BackupList { before, limit }).await? else {
        bail!(ANOTHER_VERSION);
    };
    if json {
        write_json(out, &list.backups)?;
        return Ok(Ending::Well);
    }
    if list.backups.is_empty() {
        writeln!(out, "No backup is in the catalogue.")?;
    }
    for backup in &list.backups {
        let Catalogued {
            backup: id,
            taken_at,
            log_size,
            epoch,
            files,
            ..
        } = &backup.catalogued;
        writeln!(out, "{id}  {}", taken_at.rfc3339())?;
        writeln!(out, "  {log_size} leaves, {files} files, newest key epoch {epoch}")?;
        writeln!(out, "  in {}", backup.whereabouts.as_deref().unwrap_or("(erased)"))?;
        match (&backup.drilled_at, backup.drilled_sound) {
            (Some(at), Some(true)) => writeln!(out, "  tried {at}: all of it was as it should be")?,
            (Some(at), _) => writeln!(out, "  tried {at}: NOT all of it was as it should be")?,
            _ => writeln!(out, "  never tried")?,
        }
    }
    Ok(Ending::Well)
}
