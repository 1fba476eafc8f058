//! *Flip a bit*: copies the data, changes one bit of the visitor's newest message in the copy, and lets `verify` look at it.

use super::Stage;
use super::disk::position;
use super::search::files;
use crate::compose::{House, Opening};
use crate::config::Settings;
use crate::config::catalogue::{Value, file_with};
use crate::folder::Folder;
use anyhow::{Context, bail};
use counterfoil_flow::Flow;
use counterfoil_flow::custody::verify::{VerifyReport, VerifyScope, verify};
use counterfoil_store::rows::MessageRow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

/// How often a copy is tried: a database that is being written to may be caught between two pages.
const TRIES: usize = 5;
/// How long to wait for what is under way to end.
const PAUSE: Duration = Duration::from_millis(400);
/// How many bytes into the sealed text the bit is flipped: behind its head, inside what is sealed.
const INSIDE: usize = 40;

/// What happened.
#[derive(serde::Serialize)]
pub(super) struct Flipped {
    /// How many files and bytes were copied, and how many leaves the log of the copy has.
    #[serde(flatten)]
    checked: Checked,
    /// The byte of the database whose lowest bit was flipped.
    at: usize,
    /// The sentence: "Altered: message 2 of this conversation."
    after: String,
    /// The whole report.
    said: String,
}

/// What is being done, for whoever waits. The page shows a line for each, counted from one.
#[derive(Clone, Copy)]
pub(super) enum Phase {
    Copying = 1,
    Verifying,
    Flipping,
    VerifyingAgain,
}

/// How far the flip that runs is; 0 when none does.
#[derive(Default)]
pub(super) struct Progress(AtomicU8);

impl Progress {
    fn reach(&self, phase: Phase) {
        self.0.store(phase as u8, Ordering::Relaxed);
    }

    /// The number of the phase.
    pub(super) fn phase(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Stage {
    /// Does it; `None` before the visitor wrote anything.
    pub(super) async fn flip(&self) -> anyhow::Result<Option<Flipped>> {
        self.flipping.reach(Phase::Copying);
        let rest = self.quiet.write().await;
        let messages = self.messages().await?;
        let Some(message) = messages.last() else {
            return Ok(None);
        };
        let (scratch, checked) = self.whole_copy().await?;
        drop(rest);

        self.flipping.reach(Phase::Flipping);
        let file = scratch.data().join("data.db");
        let at = flip_in(&file, message)?;
        self.flipping.reach(Phase::VerifyingAgain);
        let settings = self.settings_for(&scratch)?;
        let house = House::open_any(&settings, &self.system, Opening::Looking).await?;
        let report = verified(&house.flow).await;
        house.close().await;
        let report = report.context("the copy could not be verified")?;
        if report.sound {
            bail!("verify did not notice the flipped bit; please report this");
        }
        let id = message.id.to_string();
        let named = report
            .differences
            .iter()
            .find(|difference| difference.table == "message" && difference.id == id);
        // The place is verify's own: `message 2 of conversation …`.
        let place = named.and_then(|difference| difference.place.split_once(" of conversation"));
        let after = place.map_or_else(
            || "Altered, but verify names another place.".to_owned(),
            |(message, _)| format!("Altered: {message} of this conversation."),
        );
        Ok(Some(Flipped {
            checked,
            at,
            after,
            said: report.to_string(),
        }))
    }

    /// A copy of the data folder that verifies.
    async fn whole_copy(&self) -> anyhow::Result<(Folder, Checked)> {
        let mut last = None;
        for _ in 0..TRIES {
            self.system.clock.sleep(PAUSE).await;
            let scratch = Folder::fresh(self.system.random.as_ref()).context("no folder for the copy could be made")?;
            self.flipping.reach(Phase::Copying);
            let (files, bytes) = copy(&self.settings.storage.data, &scratch.data())?;
            self.flipping.reach(Phase::Verifying);
            match self.check(&scratch).await {
                Ok(leaves) => return Ok((scratch, Checked { files, bytes, leaves })),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| anyhow::anyhow!("no copy was made")))
            .context("no whole copy could be made just now; try again")
    }

    /// Opens the copy to work in, which also brings what waits in side files into the database, and verifies it.
    async fn check(&self, scratch: &Folder) -> anyhow::Result<u64> {
        let settings = self.settings_for(scratch)?;
        let house = House::open_any(&settings, &self.system, Opening::Working).await?;
        let report = verified(&house.flow).await;
        house.close().await;
        let report = report?;
        if let Some(difference) = report.differences.first() {
            bail!("{difference}");
        }
        Ok(report.log.leaves)
    }

    fn settings_for(&self, scratch: &Folder) -> anyhow::Result<Settings> {
        let text = |path: PathBuf| Value::Text(path.to_string_lossy().into_owned());
        let file = file_with(&[
            ("data", "folder", text(scratch.data())),
            ("keys", "folder", text(self.folder.keys())),
        ]);
        Ok(Settings::from_text(&scratch.path().join("counterfoil.toml"), &file)?)
    }
}

/// Verifies on a thread of its own: it works hard, and the threads that answer should not wait for it.
async fn verified(flow: &Flow) -> anyhow::Result<VerifyReport> {
    let (flow, runtime) = (flow.clone(), Handle::current());
    let report = spawn_blocking(move || runtime.block_on(verify(&flow, VerifyScope::Everything, |_| ()))).await?;
    Ok(report?)
}

#[derive(serde::Serialize)]
struct Checked {
    files: usize,
    bytes: u64,
    leaves: u64,
}

/// Copies every file but sockets, locks and the engine's shared memory; databases before what they refer to.
fn copy(from: &Path, to: &Path) -> anyhow::Result<(usize, u64)> {
    let mut found = files(from)?;
    let skipped = ["lock", "sock"];
    found.retain(|path| {
        path.extension()
            .is_none_or(|extension| skipped.iter().all(|skip| extension != *skip))
    });
    found.retain(|path| !path.to_string_lossy().ends_with("-shm"));
    found.sort_by_key(|path| !path.to_string_lossy().contains("data.db"));
    let (mut count, mut bytes) = (0, 0);
    for path in found {
        let target = to.join(path.strip_prefix(from)?);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)?;
        }
        // What is put in place whole, such as the intake kit, has a name of its own only for a moment.
        match std::fs::copy(&path, &target) {
            Ok(copied) => (count, bytes) = (count + 1, bytes + copied),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("{} could not be copied", path.display())),
        }
    }
    Ok((count, bytes))
}

/// Flips the lowest bit of a byte inside the sealed text of `message` in the database `file`, and returns which byte.
fn flip_in(file: &Path, message: &MessageRow) -> anyhow::Result<usize> {
    let mut bytes = std::fs::read(file).context("the copied database could not be read")?;
    let sealed = message.body.bytes();
    let start = position(&bytes, &sealed[..sealed.len().min(INSIDE + 8)])
        .context("the message is not in the copied database")?;
    let at = start + INSIDE.min(sealed.len() - 1);
    bytes[at] ^= 1;
    std::fs::write(file, bytes).context("the copied database could not be written")?;
    Ok(at)
}
