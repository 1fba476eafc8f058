//! The program as it is released: built so that no path of this machine is in it, and what it needs of the C library.

use super::target;
use crate::place::root;
use crate::run::{capture, step};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds it; where it lies.
///
/// # Errors
/// When it does not build.
pub(super) fn build(epoch: u64) -> Result<PathBuf> {
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
        .args(["build", "--release", "--locked", "--package", "counterfoil"])
        .env("RUSTFLAGS", flags)
        .env("SOURCE_DATE_EPOCH", epoch.to_string())
        .env("CARGO_TARGET_DIR", &folder)
        .current_dir(root());
    step(&mut command)?;
    Ok(folder.join("release/counterfoil"))
}

/// The oldest C library that has everything the program asks of it, such as `2.34`: the newest of the versions that stand as `GLIBC_2.34`
/// in its table of needed symbols.
///
/// # Errors
/// When the program cannot be read, or asks nothing of a C library.
pub(super) fn libc(program: &Path) -> Result<String> {
    let mut command = Command::new("grep");
    command.args(["--text", "--only-matching", "--extended-regexp", "GLIBC_[0-9.]+"]);
    let found = capture(command.arg(program)).context("the program names no version of the C library")?;
    newest(&found)
        .map(|(major, minor)| format!("{major}.{minor}"))
        .context("the program names no version of the C library")
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
}
