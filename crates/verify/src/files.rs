//! The files of a folder: which there are, and what is in them. Follows no link out of it, and writes nothing.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use counterfoil_ledger::tile::Tile;

use crate::Unchecked;

/// The log's folder.
pub(crate) struct Files {
    folder: PathBuf,
}

impl Files {
    pub(crate) fn of(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// What is in a file; `None` when there is none.
    ///
    /// # Errors
    /// [`Unchecked::Unreadable`].
    pub(crate) fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Unchecked> {
        match fs::read(self.folder.join(path)) {
            Ok(bytes) => Ok(Some(bytes)),
            // Where a folder stands in the place of a file or a file in that of a folder, the file is not there.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory
                ) =>
            {
                Ok(None)
            }
            Err(source) => Err(unreadable(source)),
        }
    }

    /// What is in a tile.
    ///
    /// # Errors
    /// [`Unchecked::Unreadable`].
    pub(crate) fn tile(&self, tile: &Tile) -> Result<Option<Vec<u8>>, Unchecked> {
        self.read(&tile.to_string())
    }

    /// The paths of everything that is no folder, with `/` between their parts. Links are named and not followed.
    ///
    /// # Errors
    /// [`Unchecked::Unreadable`].
    pub(crate) fn list(&self) -> Result<BTreeSet<String>, Unchecked> {
        let mut found = BTreeSet::new();
        let mut folders = vec![(self.folder.clone(), String::new())];
        while let Some((folder, prefix)) = folders.pop() {
            for entry in fs::read_dir(folder).map_err(unreadable)? {
                let entry = entry.map_err(unreadable)?;
                let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
                if entry.file_type().map_err(unreadable)?.is_dir() {
                    folders.push((entry.path(), format!("{path}/")));
                } else {
                    found.insert(path);
                }
            }
        }
        Ok(found)
    }

    /// Whether what lies there is a plain file and no link.
    pub(crate) fn is_plain(&self, path: &str) -> bool {
        fs::symlink_metadata(self.folder.join(path)).is_ok_and(|about| about.is_file())
    }
}

fn unreadable(source: std::io::Error) -> Unchecked {
    Unchecked::Unreadable {
        what: "a file of the folder",
        source,
    }
}
