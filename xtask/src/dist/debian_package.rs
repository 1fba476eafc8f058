//! The Debian package, put together by `dpkg-deb`, which every Debian has.

use super::{Made, manual, program};
use crate::place::root;
use crate::run::{capture, step};
use anyhow::{Context, Result};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

const DOC: &str = "usr/share/doc/counterfoil";

/// Puts it together in `folder`; the package's file.
///
/// # Errors
/// When a part is missing or `dpkg-deb` refuses.
pub(super) fn build(made: &Made<'_>, version: &str, folder: &Path) -> Result<PathBuf> {
    let tree = folder.join("tree");
    fill(made, version, &tree)?;
    control(made, version, &tree)?;
    settle(&tree, made.epoch)?;
    let architecture = architecture()?;
    let package = folder.join(format!("counterfoil_{}_{architecture}.deb", version));
    let mut command = Command::new("dpkg-deb");
    command
        .arg("--root-owner-group")
        .arg(format!("-Z{}", made.packing))
        .arg("--build")
        .args([&tree, &package])
        .env("SOURCE_DATE_EPOCH", made.epoch.to_string());
    step(&mut command)?;
    fs::remove_dir_all(&tree)?;
    Ok(package)
}

fn architecture() -> Result<String> {
    Ok(capture(Command::new("dpkg").arg("--print-architecture"))?
        .trim()
        .to_owned())
}

/// Everything that is unpacked.
fn fill(made: &Made<'_>, version: &str, tree: &Path) -> Result<()> {
    put_file(made.program, &tree.join("usr/bin/counterfoil"), 0o755)?;
    put_file(made.verifier, &tree.join("usr/bin/counterfoil-verify"), 0o755)?;
    let unit = root().join("packaging/counterfoil.service");
    put_file(&unit, &tree.join("usr/lib/systemd/system/counterfoil.service"), 0o644)?;
    let doc = tree.join(DOC);
    for folder in ["guides", "reference", "concepts", "formats"] {
        let from = root().join("docs").join(folder);
        for entry in fs::read_dir(&from).with_context(|| format!("reading {}", from.display()))? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "md") {
                let name = path.file_name().context("an entry has a name")?;
                put_file(&path, &doc.join(folder).join(name), 0o644)?;
            }
        }
    }
    put_file(
        &root().join("packaging/debian/copyright"),
        &doc.join("copyright"),
        0o644,
    )?;
    packed(
        &fs::read_to_string(root().join("CHANGELOG.md"))?,
        &doc.join("changelog.gz"),
    )?;
    packed(made.notices, &doc.join("NOTICES.gz"))?;
    let commands = fs::read_to_string(root().join("docs/reference/commands.md"))?;
    let manual = manual::page(&commands, version, &day(made.epoch)?);
    packed(&manual, &tree.join("usr/share/man/man1/counterfoil.1.gz"))
}

fn day(epoch: u64) -> Result<String> {
    let text = capture(Command::new("date").args(["-u", "+%F", "-d", &format!("@{epoch}")]))?;
    Ok(text.trim().to_owned())
}

/// What `dpkg` itself reads.
fn control(made: &Made<'_>, version: &str, tree: &Path) -> Result<()> {
    let files = files(tree)?;
    let bytes: u64 = files
        .iter()
        .map(|path| fs::metadata(path).map_or(0, |meta| meta.len()))
        .sum();
    let names = files.iter().filter_map(|path| path.strip_prefix(tree).ok());
    let sums = capture(Command::new("md5sum").args(names).current_dir(tree))?;
    let text = fs::read_to_string(root().join("packaging/debian/control"))?
        .replace("{version}", version)
        .replace("{architecture}", &architecture()?)
        .replace("{installed_kib}", &bytes.div_ceil(1024).to_string())
        .replace("{libc}", &program::libc(&[made.program, made.verifier])?);
    let folder = tree.join("DEBIAN");
    put(text.as_bytes(), &folder.join("control"), 0o644)?;
    put(sums.as_bytes(), &folder.join("md5sums"), 0o644)?;
    for script in ["postinst", "prerm", "postrm"] {
        put_file(
            &root().join("packaging/debian").join(script),
            &folder.join(script),
            0o755,
        )?;
    }
    Ok(())
}

fn put_file(from: &Path, to: &Path, mode: u32) -> Result<()> {
    let bytes = fs::read(from).with_context(|| format!("reading {}", from.display()))?;
    put(&bytes, to, mode)
}

fn put(bytes: &[u8], to: &Path, mode: u32) -> Result<()> {
    let folder = to.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder)?;
    fs::write(to, bytes).with_context(|| format!("writing {}", to.display()))?;
    Ok(fs::set_permissions(to, fs::Permissions::from_mode(mode))?)
}

/// Writes a text packed, without its name and time in the head.
fn packed(text: &str, to: &Path) -> Result<()> {
    let plain = to.with_extension("");
    put(text.as_bytes(), &plain, 0o644)?;
    capture(Command::new("gzip").args(["-9", "--no-name"]).arg(&plain)).map(drop)
}

/// All files below `folder`, in the order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Gives every folder the same mode and everything the same time, whoever builds it and when.
fn settle(path: &Path, epoch: u64) -> Result<()> {
    if path.is_dir() {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
        for entry in fs::read_dir(path)? {
            settle(&entry?.path(), epoch)?;
        }
    }
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(epoch);
    Ok(fs::File::open(path)?.set_modified(at)?)
}
