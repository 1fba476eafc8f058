//! The files of a working copy, as every rule sees them: relative paths with `/`, and their text.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Files by path. A file that is not UTF-8 (a picture) has no text.
pub(super) struct Tree {
    files: BTreeMap<String, Option<String>>,
    folders: BTreeSet<String>,
}

impl Tree {
    /// Reads a folder, leaving out `.git` and what the root's `.gitignore` names.
    ///
    /// Understands two forms of `.gitignore` lines, which is what a tidy repository needs: `/folder` and `*.ending`.
    ///
    /// # Errors
    /// When a folder or file cannot be read.
    pub(super) fn of_folder(root: &Path) -> Result<Self> {
        let ignored = Ignored::read(&fs::read_to_string(root.join(".gitignore")).unwrap_or_default());
        let mut files = BTreeMap::new();
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            let place = root.join(&folder);
            for entry in fs::read_dir(&place).with_context(|| format!("reading {}", place.display()))? {
                let entry = entry.with_context(|| format!("reading {}", place.display()))?;
                let path = format!("{folder}{}", entry.file_name().to_string_lossy());
                if path == ".git" || ignored.covers(&path) {
                    continue;
                }
                let kind = entry.file_type().with_context(|| format!("reading {path}"))?;
                if kind.is_dir() {
                    folders.push(format!("{path}/"));
                } else if kind.is_file() {
                    let bytes = fs::read(entry.path()).with_context(|| format!("reading {path}"))?;
                    files.insert(path, String::from_utf8(bytes).ok());
                }
            }
        }
        Ok(Self::new(files))
    }

    /// A made-up tree for tests.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        Self::new(
            files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), Some((*text).to_owned())))
                .collect(),
        )
    }

    fn new(files: BTreeMap<String, Option<String>>) -> Self {
        let folders = files
            .keys()
            .flat_map(|path| path.match_indices('/').map(|(end, _)| path[..end].to_owned()))
            .collect();
        Self { files, folders }
    }

    /// How many files there are.
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// Every path, in order.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Every folder that holds a file, at any depth, without a slash at its end.
    pub(super) fn folders(&self) -> impl Iterator<Item = &str> {
        self.folders.iter().map(String::as_str)
    }

    /// Every file with text whose path fits.
    pub(super) fn texts(&self, fits: impl Fn(&str) -> bool) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter(move |(path, _)| fits(path))
            .filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// The text of one file.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Whether a file or a folder lies there.
    pub(super) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path) || self.folders.contains(path)
    }
}

struct Ignored {
    folders: Vec<String>,
    endings: Vec<String>,
}

impl Ignored {
    fn read(text: &str) -> Self {
        let lines = || text.lines().map(str::trim);
        Self {
            folders: lines()
                .filter_map(|line| line.strip_prefix('/'))
                .map(|l| l.trim_end_matches('/').to_owned())
                .collect(),
            endings: lines()
                .filter_map(|line| line.strip_prefix('*'))
                .map(str::to_owned)
                .collect(),
        }
    }

    fn covers(&self, path: &str) -> bool {
        self.folders.iter().any(|folder| folder == path) || self.endings.iter().any(|ending| path.ends_with(ending))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_follow_from_files() {
        let tree = Tree::of(&[("a/b/c.rs", ""), ("d.md", "")]);
        assert_eq!(tree.folders().collect::<Vec<_>>(), ["a", "a/b"]);
        assert!(tree.has("a/b") && tree.has("d.md") && !tree.has("a/c"));
    }

    #[test]
    fn what_git_ignores_is_left_out() {
        let ignored = Ignored::read("/target\n*.snap.new\n/data/\n");
        for (path, expected) in [
            ("target", true),
            ("x/a.snap.new", true),
            ("data", true),
            ("x/target", false),
        ] {
            assert_eq!(ignored.covers(path), expected, "{path}");
        }
    }
}
