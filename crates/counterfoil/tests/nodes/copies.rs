//! Copies of the parts of an installation at rest, and putting one of them back, as an operator does with backups.

use crate::house::{House, Shared};
use anyhow::{Context, Result};
use counterfoil_testkit::bucket;
use counterfoil_testkit::postgres::Database;
use std::path::{Path, PathBuf};

/// A part that is restored by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Database,
    Vault,
    Blobs,
}

/// All parts as they were at a moment.
#[expect(clippy::large_enum_variant, reason = "a test holds one or two of them")]
pub(crate) enum Copy {
    Folder(PathBuf),
    Server {
        records: Database,
        vault: Database,
        blobs: bucket::Copy,
    },
}

impl House {
    fn data(&self) -> PathBuf {
        self.folder().join("data-0")
    }

    /// Copies all parts. No node may run.
    pub(crate) async fn copy(&self, name: &str) -> Result<Copy> {
        match &self.shared {
            Shared::Folder => {
                let to = self.folder().join(name);
                copy_folder(&self.data(), &to)?;
                Ok(Copy::Folder(to))
            }
            Shared::Server { records, vault, bucket } => Ok(Copy::Server {
                records: records.copy().await?,
                vault: vault.copy().await?,
                blobs: bucket.copy(),
            }),
        }
    }

    /// Puts a part back as it was.
    pub(crate) async fn put_back(&mut self, part: Part, copy: &Copy) -> Result<()> {
        let data = self.data();
        match (&mut self.shared, copy) {
            (Shared::Folder, Copy::Folder(from)) => match part {
                Part::Database => put_files_back(from, &data, "data.db"),
                Part::Vault => put_files_back(from, &data, "vault.db"),
                Part::Blobs => {
                    std::fs::remove_dir_all(data.join("blobs"))?;
                    copy_folder(&from.join("blobs"), &data.join("blobs"))
                }
            },
            (
                Shared::Server { records, vault, bucket },
                Copy::Server {
                    records: r,
                    vault: v,
                    blobs,
                },
            ) => {
                match part {
                    Part::Database => *records = r.copy().await?,
                    Part::Vault => *vault = v.copy().await?,
                    Part::Blobs => bucket.put_back(blobs),
                }
                Ok(())
            }
            _ => unreachable!("a copy is of its own house"),
        }
    }
}

/// The database file with what lies beside it, and nothing of what lay there.
fn put_files_back(from: &Path, to: &Path, name: &str) -> Result<()> {
    for folder in [to, from] {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let file = entry.file_name();
            let file = file.to_str().context("our names are plain")?;
            if !file.starts_with(name) {
                continue;
            }
            if folder == to {
                std::fs::remove_file(entry.path())?;
            } else {
                std::fs::copy(entry.path(), to.join(file))?;
            }
        }
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
