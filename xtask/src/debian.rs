//! What the tests and fuzzing need from the machine, and how it gets there.
//!
//! Nothing is skipped when something is missing: it is installed from Debian (as root, or with `--install` through `sudo`), or the
//! run ends here and says what is wanting.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::postgres;
use crate::run::{find_program, is_root, say, step};

/// A program that is needed, and the Debian package that brings it.
struct Need {
    package: &'static str,
    what_for: &'static str,
    is_there: fn() -> bool,
}

/// What fuzzing needs besides.
const FUZZING: &[Need] = &[Need {
    package: "g++",
    what_for: "libFuzzer, which is written in C++",
    is_there: || find_program("g++").or_else(|| find_program("c++")).is_some(),
}];

const TESTS: &[Need] = &[
    Need {
        package: "postgresql",
        what_for: "the second of the two engines",
        is_there: || postgres::programs().is_some(),
    },
    Need {
        package: "chromium",
        what_for: "the browser tests",
        is_there: || chromium().is_some(),
    },
    Need {
        package: "chromium-driver",
        what_for: "steering the browser",
        is_there: || chromedriver().is_some(),
    },
    Need {
        package: "dpkg",
        what_for: "building and unpacking the Debian package",
        is_there: || find_program("dpkg-deb").is_some(),
    },
    Need {
        package: "systemd",
        what_for: "judging the systemd unit",
        is_there: || find_program("systemd-analyze").is_some(),
    },
    Need {
        package: "strace",
        what_for: "seeing that a post is on disk before it is answered",
        is_there: || find_program("strace").is_some(),
    },
];

/// Where the browser is, if it is there.
pub(crate) fn chromium() -> Option<String> {
    first_of(
        &["/usr/bin/chromium"],
        &["chromium", "chromium-browser", "google-chrome"],
    )
}

/// Where the browser's WebDriver is, if it is there.
pub(crate) fn chromedriver() -> Option<String> {
    first_of(&["/usr/bin/chromedriver"], &["chromedriver"])
}

fn first_of(paths: &[&str], names: &[&str]) -> Option<String> {
    let fixed = paths
        .iter()
        .find(|path| Path::new(path).exists())
        .map(ToString::to_string);
    fixed.or_else(|| {
        names
            .iter()
            .find_map(|name| find_program(name))
            .map(|path| path.display().to_string())
    })
}

/// Makes sure that everything the tests need is there.
///
/// # Errors
/// When something is missing and may not or could not be installed.
pub(crate) fn require(install: bool) -> Result<()> {
    require_all(TESTS, install)
}

/// Makes sure that everything fuzzing needs is there.
///
/// # Errors
/// When something is missing and may not or could not be installed.
pub(crate) fn require_for_fuzzing(install: bool) -> Result<()> {
    require_all(FUZZING, install)
}

fn require_all(needs: &'static [Need], install: bool) -> Result<()> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    for need in &missing {
        say(format_args!(
            "missing: Debian package {} ({})",
            need.package, need.what_for
        ));
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    if !is_root() && !install {
        bail!(
            "install them with `apt-get install {}`, or run this again with --install",
            packages.join(" ")
        );
    }
    if find_program("apt-get").is_none() {
        bail!(
            "this machine has no apt-get: install {} in its own way",
            packages.join(", ")
        );
    }
    // Mirrors hiccup; one repetition settles most of it and a second would only hide a real fault.
    if let Err(first) = apt_get(&packages) {
        say(format_args!("{first}; trying once more"));
        apt_get(&packages)?;
    }
    let still: Vec<&str> = self::missing(needs).iter().map(|need| need.package).collect();
    if !still.is_empty() {
        bail!("installed, but still not found: {}", still.join(", "));
    }
    Ok(())
}

fn missing(needs: &'static [Need]) -> Vec<&'static Need> {
    needs.iter().filter(|need| !(need.is_there)()).collect()
}

fn apt_get(packages: &[&str]) -> Result<()> {
    let command = |arguments: &[&str]| {
        let mut command = Command::new(if is_root() { "env" } else { "sudo" });
        command
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--yes", "--quiet"])
            .args(arguments);
        command
    };
    step(&mut command(&["update"]))?;
    step(command(&["install", "--no-install-recommends"]).args(packages))
}
