//! A folder that goes again, unless it is given a name that stays.

use anyhow::Context;
use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// A folder for this command alone, removed with all that is in it when the value goes.
pub(in crate::commands) struct Folder {
    path: Option<PathBuf>,
}

impl Folder {
    /// Makes the folder, which must not be there yet, for its owner only.
    ///
    /// # Errors
    /// Why it cannot be made.
    pub(in crate::commands) fn make(path: &Path) -> anyhow::Result<Self> {
        DirBuilder::new().mode(0o700).create(path).with_context(|| {
            let path = path.display();
            format!("the folder {path} cannot be made; if it is the rest of a command that broke off, remove it")
        })?;
        Ok(Self {
            path: Some(path.to_owned()),
        })
    }

    /// Where it is.
    pub(in crate::commands) fn path(&self) -> &Path {
        self.path.as_deref().unwrap_or(Path::new(""))
    }

    /// Gives it the name that stays, and brings that to disk.
    ///
    /// # Errors
    /// Why it cannot have that name; it is removed then.
    pub(in crate::commands) fn becomes(mut self, name: &Path) -> anyhow::Result<()> {
        let cannot = || format!("{} cannot be put in its place", name.display());
        std::fs::rename(self.path(), name).with_context(cannot)?;
        self.path = None;
        let above = name.parent().unwrap_or(Path::new("/"));
        File::open(above)
            .and_then(|above| above.sync_all())
            .with_context(cannot)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(path) = &self.path
            && let Err(error) = std::fs::remove_dir_all(path)
        {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a scratch folder could not be removed"
            );
        }
    }
}
