//! The program and the verifier as they are released: built so that no path of this machine is in them, and what they need of the C library.

use super::target;
use crate::place::root;
use crate::run::{capture, step};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds both; where the program lies, and where the verifier.
///
/// # Errors
/// When one does not build.
pub(super) fn build(epoch: u64) -> Result<(PathBuf, PathBuf)> {
    let cargo_home = capture(Command::new("sh").args(["-c", "echo \"${CARGO_HOME:-$HOME/.cargo}\""]))?;
    let flags = format!(
        "--remap-path-prefix={}=counterfoil --remap-path-prefix={}=cargo",
        root().display(),
        cargo_home.trim()
    );
    // A folder of its own: other flags would make every other build start anew.
    let folder = target().join("dist-build");
    let mut command = Command::new("cargo");
    command
        .args(["build", "--release", "--locked"])
        .args(["--package", "counterfoil", "--package", "counterfoil-verify"])
        .env("RUSTFLAGS", flags)
        .env("SOURCE_DATE_EPOCH", epoch.to_string())
        .env("CARGO_TARGET_DIR", &folder)
        .current_dir(root());
    step(&mut command)?;
    let release = folder.join("release");
    Ok((release.join("counterfoil"), release.join("counterfoil-verify")))
}

/// The oldest C library that has everything the programs ask of it, such as `2.34`: the newest of the versions that stand as `GLIBC_2.34`
/// in their tables of needed symbols.
///
/// # Errors
/// When one cannot be read, or they ask nothing of a C library.
pub(super) fn libc(programs: &[&Path]) -> Result<String> {
    let mut command = Command::new("grep");
    command.args(["--text", "--no-filename", "--only-matching"]);
    command.args(["--extended-regexp", "GLIBC_[0-9.]+"]);
    let found = capture(command.args(programs)).context("the programs name no version of the C library")?;
    newest(&found)
        .map(|(major, minor)| format!("{major}.{minor}"))
        .context("the programs name no version of the C library")
}

fn newest(versions: &str) -> Option<(u32, u32)> {
    let version = |line: &str| {
        let mut parts = line.strip_prefix("GLIBC_")?.split('.');
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    versions.lines().filter_map(version).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_counts() {
        assert_eq!(newest("GLIBC_2.2.5\nGLIBC_2.34\nGLIBC_2.9\n"), Some((2, 34)));
        assert_eq!(newest("nothing"), None);
    }

    #[test]
    fn the_newest_version_of_all_programs_counts() {
        let folder = std::env::temp_dir().join(format!("counterfoil-libc-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (older, newer) = (folder.join("older"), folder.join("newer"));
        std::fs::write(&older, "GLIBC_2.17").unwrap();
        std::fs::write(&newer, "\0GLIBC_2.36\0").unwrap();
        let both = libc(&[&newer, &older]);
        let one = libc(&[&older]);
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!((both.unwrap().as_str(), one.unwrap().as_str()), ("2.36", "2.17"));
    }
}
