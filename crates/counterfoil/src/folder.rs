//! Where the demo and the benchmarks keep their files: a fresh folder among the temporary ones, removed at the end, or one that
//! was named, which stays.

use counterfoil_model::Random;
use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A folder with `data` and, apart from it, `keys`.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Folder {
    /// A fresh folder for this user alone, which goes when the value goes.
    ///
    /// # Errors
    /// What the file system said.
    pub(crate) fn fresh(random: &dyn Random) -> std::io::Result<Self> {
        let name = format!("counterfoil-{:016x}", u64::from_be_bytes(random.array::<8>()));
        let path = std::env::temp_dir().join(name);
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self { path, keep: false })
    }

    /// The folder at `path`, which stays. It must be empty or not there.
    ///
    /// # Errors
    /// What the file system said; `AlreadyExists` when something is in it.
    pub(crate) fn kept(path: &Path) -> std::io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        if std::fs::read_dir(path)?.next().is_some() {
            return Err(std::io::ErrorKind::AlreadyExists.into());
        }
        Ok(Self {
            path: std::path::absolute(path)?,
            keep: true,
        })
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What becomes of the demo when it ends, for the page.
    pub(crate) fn end(&self) -> &'static str {
        if self.keep {
            "Two minutes, five steps. All of it runs on this machine; its data stays in the folder that you named."
        } else {
            "Two minutes, five steps. All of it runs on this machine and is gone when you stop it."
        }
    }

    /// Writes `text` into a new file of this folder, for this user alone.
    ///
    /// # Errors
    /// What the file system said.
    pub(crate) fn write_private(&self, name: &str, text: &str) -> std::io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.path.join(name))?;
        file.write_all(text.as_bytes())
    }

    /// The data folder in it.
    pub(crate) fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    /// The key folder in it.
    pub(crate) fn keys(&self) -> PathBuf {
        self.path.join("keys")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep {
            // What cannot be removed is sealed, and lies among the temporary files.
            drop(std::fs::remove_dir_all(&self.path));
        }
    }
}
