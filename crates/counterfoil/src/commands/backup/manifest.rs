//! The manifest of a backup: what lies in its folder, so that the catalogue and whoever finds it can tell what it is.
//!
//! `docs/formats/backup.md`. It holds no content and no name.

use crate::digest::Digest;
use crate::operator::Catalogued;
use anyhow::{Context, bail};
use counterfoil_model::{BackupId, InstallationId, Timestamp};
use counterfoil_store::{CopyKind, CopyReport, copy};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The name of the manifest in its folder.
const NAME: &str = "backup.json";
/// What a manifest of this version calls itself.
pub(in crate::commands) const FORMAT: &str = "counterfoil/backup/v1";
/// The longest manifest that is read, in bytes.
const LONGEST: u64 = 64 << 10;

/// What lies in the folder of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands) struct Manifest {
    /// Always [`FORMAT`].
    pub(in crate::commands) format: String,
    /// Which.
    pub(in crate::commands) backup: BackupId,
    /// Of which installation.
    pub(in crate::commands) installation: InstallationId,
    /// The version of the program that took it.
    pub(in crate::commands) program: String,
    /// A moment before all that the copy of the data holds was read, microseconds.
    pub(in crate::commands) taken_at: Timestamp,
    /// The log that the copy of the data holds.
    pub(in crate::commands) log: Log,
    /// The newest key epoch in the copy of the vault.
    pub(in crate::commands) epoch: i64,
    /// The copy of the data.
    pub(in crate::commands) data: CopyFile,
    /// The copy of the vault.
    pub(in crate::commands) vault: CopyFile,
    /// The sealed files.
    pub(in crate::commands) files: Files,
}

/// A log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands) struct Log {
    /// Entries.
    pub(in crate::commands) size: u64,
    /// The root over them.
    pub(in crate::commands) root: Digest,
}

/// A store copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands) struct CopyFile {
    /// Rows.
    pub(in crate::commands) rows: u64,
    /// Bytes.
    pub(in crate::commands) bytes: u64,
    /// The digest that it ends with.
    pub(in crate::commands) sha256: Digest,
}

/// Sealed files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands) struct Files {
    /// How many.
    pub(in crate::commands) count: u64,
    /// Their bytes.
    pub(in crate::commands) bytes: u64,
}

impl From<&CopyReport> for CopyFile {
    fn from(report: &CopyReport) -> Self {
        Self {
            rows: report.rows,
            bytes: report.bytes,
            sha256: Digest(report.digest),
        }
    }
}

/// Where the copy of a store lies in the folder of a backup.
pub(in crate::commands) fn copy_in(folder: &Path, kind: CopyKind) -> PathBuf {
    folder.join(match kind {
        CopyKind::Data => "data.copy",
        CopyKind::Vault => "vault.copy",
    })
}

impl Manifest {
    /// Reads the manifest in `folder`.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub(in crate::commands) fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(NAME);
        let mut text = Vec::new();
        File::open(&path)
            .and_then(|file| file.take(LONGEST).read_to_end(&mut text))
            .with_context(|| format!("{} cannot be read; is this the folder of a backup?", path.display()))?;
        let told: Result<Self, _> = serde_json::from_slice(&text);
        match told {
            Ok(manifest) if manifest.format == FORMAT => Ok(manifest),
            _ => bail!("{} is no manifest that this version knows", path.display()),
        }
    }

    /// Writes the manifest into `folder`, where there is none yet, and brings it to disk.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub(in crate::commands) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let path = folder.join(NAME);
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        written
            .and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()))
            .with_context(|| format!("{} cannot be written", path.display()))
    }

    /// Reads both copies in `folder` from front to back, and sees to it that they are the ones of this manifest.
    ///
    /// # Errors
    /// What differs.
    pub(in crate::commands) async fn agrees(&self, folder: &Path) -> anyhow::Result<()> {
        for kind in [CopyKind::Data, CopyKind::Vault] {
            let path = copy_in(folder, kind);
            let reading = tokio::task::spawn_blocking({
                let path = path.clone();
                move || copy::check(&path, kind)
            });
            let report = reading.await??;
            let told = match kind {
                CopyKind::Data => &self.data,
                CopyKind::Vault => &self.vault,
            };
            let log = kind == CopyKind::Vault || self.is_of(&report);
            if CopyFile::from(&report) != *told || !log {
                bail!(
                    "{} is whole, but not the copy that the manifest beside it is about",
                    path.display()
                );
            }
        }
        Ok(())
    }

    /// Whether the log of a copy of the data is the one of this manifest, and its time too.
    fn is_of(&self, report: &CopyReport) -> bool {
        let log = report
            .log
            .and_then(|(size, root)| Some((u64::try_from(size).ok()?, Digest(root))));
        log == Some((self.log.size, self.log.root)) && report.taken_at == self.taken_at
    }

    /// What the catalogue says of it.
    pub(in crate::commands) fn catalogued(&self) -> Catalogued {
        Catalogued {
            backup: self.backup,
            taken_at: self.taken_at,
            log_size: self.log.size,
            log_root: self.log.root,
            epoch: self.epoch,
            data: self.data.sha256,
            vault: self.vault.sha256,
            files: self.files.count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use counterfoil_ledger::commitment::Label;
    use counterfoil_ledger::leaf::{Actor, Fact, Leaf};
    use counterfoil_ledger::registry::{FactKey, LeafKind};
    use counterfoil_store::Unit;
    use counterfoil_store::rows::BackupRow;
    use counterfoil_vault::Sealed;
    use serde_json::{Value, json};
    use std::fs;

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../../vectors/backup.json")).unwrap()
    }

    fn read(text: &str) -> anyhow::Result<Manifest> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(NAME), text).unwrap();
        Manifest::read(folder.path())
    }

    fn bytes(digits: &Value) -> Vec<u8> {
        let digits = digits.as_str().unwrap();
        let pair = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        (0..digits.len()).step_by(2).map(pair).collect()
    }

    #[test]
    fn a_manifest_is_read_and_written_as_its_page_says() {
        for case in vectors()["good"].as_array().unwrap() {
            let text = case["text"].as_str().unwrap();
            let manifest = read(text).unwrap();
            let told = json!({
                "name": case["name"], "text": text, "backup": manifest.backup, "taken_at": manifest.taken_at, "log_size": manifest.log.size,
                "log_root": manifest.log.root, "epoch": manifest.epoch, "data": manifest.data.sha256, "vault": manifest.vault.sha256,
                "files": manifest.files.count,
            });
            assert_eq!(told, *case);
            let folder = tempfile::tempdir().unwrap();
            manifest.write(folder.path()).unwrap();
            assert_eq!(fs::read_to_string(folder.path().join(NAME)).unwrap(), text);
        }
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        for case in vectors()["refused"].as_array().unwrap() {
            assert!(read(case["text"].as_str().unwrap()).is_err(), "{}", case["name"]);
        }
    }

    #[test]
    fn the_catalogue_on_the_log_is_as_its_page_says() {
        let vectors = vectors();
        let manifest = read(vectors["good"][0]["text"].as_str().unwrap()).unwrap();
        let told = &vectors["catalogue"];
        let recorded_at = Timestamp::from_micros(told["recorded_at"].as_i64().unwrap());
        let log_size = i64::try_from(manifest.log.size).unwrap();
        let record = Unit::digest_of(BackupRow {
            id: manifest.backup,
            taken_at: manifest.taken_at,
            log_size,
            log_root: manifest.log.root.0,
            epoch: manifest.epoch,
            data_digest: manifest.data.sha256.0,
            vault_digest: manifest.vault.sha256.0,
            files: i64::try_from(manifest.files.count).unwrap(),
            whereabouts: Sealed::from_bytes(bytes(&told["sealed_whereabouts"])),
            recorded_at,
        });
        assert_eq!(record.as_slice(), bytes(&told["record_digest"]));

        let leaf = Leaf::new(LeafKind::BackupTaken, recorded_at.micros(), *manifest.backup.bytes())
            .record(record)
            .commitment(Label::of("whereabouts"), bytes(&told["commitment"]).try_into().unwrap())
            .object(manifest.data.sha256.0)
            .object(manifest.vault.sha256.0)
            .actor(Actor::OPERATOR)
            .fact(FactKey::Epoch, Fact::Int(manifest.epoch))
            .fact(FactKey::TreeSize, Fact::Int(log_size))
            .fact(FactKey::Root, Fact::Hash(manifest.log.root.0))
            .fact(FactKey::HappenedAt, Fact::Int(manifest.taken_at.micros()));
        let encoded = leaf.encode().unwrap();
        assert_eq!(encoded, bytes(&told["leaf"]));
        assert_eq!(Leaf::hash(&encoded).as_slice(), bytes(&told["leaf_hash"]));
        let page = include_str!("../../../../../docs/formats/backup.md");
        for text in [&vectors["good"][0]["text"], &told["leaf"], &told["record_digest"]] {
            let text = text.as_str().unwrap().trim_end();
            assert!(page.replace("\n    ", "\n").contains(text), "the page lacks {text}");
        }
    }
}
