//! `cargo xtask dist`: what operators install and auditors check with, in `target/dist`: the program, the verifier, a Debian package of both, a
//! container file, and their digests.
//!
//! The same programs pack to the same bytes: times come from the commit (or `SOURCE_DATE_EPOCH`), owners and modes are said. No path of this
//! machine gets into them, so that another machine with the same compiler can build it again and compare.

mod debian_package;
mod manual;
mod notices;
mod program;
#[cfg(test)]
mod tests;

use crate::place::root;
use crate::run::{answer, capture, say};
use anyhow::{Context, Result};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `cargo xtask dist` shall pack.
#[derive(Debug, PartialEq, Args)]
pub(crate) struct Wanted {
    /// Pack this program instead of building one
    #[arg(long, value_name = "FILE", requires = "verifier")]
    pub(crate) program: Option<PathBuf>,
    /// Pack this verifier instead of building one
    #[arg(long, value_name = "FILE", requires = "program")]
    pub(crate) verifier: Option<PathBuf>,
}

/// From what everything is made.
struct Made<'a> {
    /// The program.
    program: &'a Path,
    /// The verifier, which auditors take alone.
    verifier: &'a Path,
    /// The works of others in both, and their licences.
    notices: &'a str,
    /// The time that stands on every file, in seconds since 1970.
    epoch: u64,
    /// How `dpkg-deb` packs it: `xz`, or `none` for what nobody is handed.
    packing: &'static str,
}

/// Builds everything into `target/dist`.
///
/// # Errors
/// When something does not build or a program that is needed is missing.
pub(crate) fn dist(wanted: &Wanted) -> Result<()> {
    let folder = target().join("dist");
    let epoch = epoch()?;
    let (program, verifier) = match (&wanted.program, &wanted.verifier) {
        (Some(program), Some(verifier)) => (program.clone(), verifier.clone()),
        _ => program::build(epoch)?,
    };
    let made = Made {
        program: &program,
        verifier: &verifier,
        notices: &notices::page()?,
        epoch,
        packing: "xz",
    };
    for file in into(&folder, &made)? {
        answer(format_args!("{}", file.display()))?;
    }
    Ok(())
}

/// Puts everything into `folder`, which is made anew; the files that it then holds.
fn into(folder: &Path, made: &Made<'_>) -> Result<Vec<PathBuf>> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    // The container file copies an empty folder to each place of a volume.
    fs::create_dir_all(folder.join("empty"))?;
    let version = version()?;
    let mut files = Vec::new();
    for (from, name) in [
        (made.program.to_owned(), "counterfoil"),
        (made.verifier.to_owned(), "counterfoil-verify"),
        (root().join("packaging/container/Containerfile"), "Containerfile"),
    ] {
        let to = folder.join(name);
        fs::copy(&from, &to).with_context(|| format!("copying {}", from.display()))?;
        files.push(to);
    }
    files.push(debian_package::build(made, &version, folder)?);
    let names = files.iter().filter_map(|file| file.file_name());
    let sums = capture(Command::new("sha256sum").args(names).current_dir(folder))?;
    let path = folder.join("SHA256SUMS");
    fs::write(&path, sums)?;
    files.push(path);
    say(format_args!("version {version}"));
    Ok(files)
}

/// The version of the workspace; before and between releases with the commit's day and name, so that each sorts after the one before.
fn version() -> Result<String> {
    let git = |arguments: &[&str]| capture(Command::new("git").args(arguments).current_dir(root()));
    let manifest: toml::Table = toml::from_str(&fs::read_to_string(root().join("Cargo.toml"))?)?;
    let released = manifest["workspace"]["package"]["version"].as_str();
    let released = released.context("the workspace has a version")?.to_owned();
    let tags = git(&["tag", "--points-at", "HEAD"])?;
    if tags.lines().any(|tag| tag.trim_start_matches('v') == released) {
        return Ok(released);
    }
    let commit = git(&[
        "log",
        "-1",
        "--format=%cd.%h",
        "--date=format-local:%Y%m%d%H%M%S",
        "--abbrev=9",
    ])?;
    // A tilde sorts before the release itself.
    Ok(format!("{released}~{}", commit.trim()))
}

/// The time of the commit, unless `SOURCE_DATE_EPOCH` says another.
fn epoch() -> Result<u64> {
    let text = match given("SOURCE_DATE_EPOCH") {
        Some(text) => text,
        None => capture(
            Command::new("git")
                .args(["log", "-1", "--format=%ct"])
                .current_dir(root()),
        )?,
    };
    text.trim().parse().context("reading the time of the commit")
}

/// Where cargo builds.
fn target() -> PathBuf {
    given("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a developers' tool takes its settings from the environment"
)]
fn given(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}
