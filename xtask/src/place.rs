//! Where the repository lies.
//!
//! Found at run time, from where the developer stands: a path that was compiled in would be another working copy's when two of
//! them share a target folder.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The root folder of the working copy in which the developer stands.
pub(crate) fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        above(&here).unwrap_or(&here).to_path_buf()
    })
}

fn above(folder: &Path) -> Option<&Path> {
    folder
        .ancestors()
        .find(|folder| folder.join("xtask/Cargo.toml").is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_found_from_below() {
        // Tests run in their package's folder.
        let package = std::env::current_dir().unwrap();
        assert_eq!(above(&package.join("src/tidy")), package.parent());
        assert_eq!(above(Path::new("/")), None);
    }
}
