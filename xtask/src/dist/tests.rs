//! The package, put together from the program as the tests were built with it, unpacked and tried.

use super::{Made, epoch, into, notices};
use crate::run::capture;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The program of this name that lies beside this test.
fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let program = own.ancestors().nth(2).unwrap().join(name);
    assert!(
        program.is_file(),
        "{} is not there: `cargo build --package {name}` makes it, as does a run of all tests",
        program.display()
    );
    program
}

/// A folder of its own; gone when dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("counterfoil-dist-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// What is packed here is not handed to anybody, so it is packed in no time.
fn made<'a>(program: &'a Path, verifier: &'a Path, notices: &'a str) -> Made<'a> {
    Made {
        program,
        verifier,
        notices,
        epoch: epoch().unwrap(),
        packing: "none",
    }
}

/// As little as there can be of a program.
fn small(scratch: &Scratch) -> PathBuf {
    let path = scratch.0.join("small");
    fs::write(&path, "#!/bin/sh\n# GLIBC_2.34\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn package(files: &[PathBuf]) -> &PathBuf {
    files
        .iter()
        .find(|file| file.extension().is_some_and(|ending| ending == "deb"))
        .unwrap()
}

/// What is in a package: mode, owner and name of each.
fn listed(package: &Path) -> String {
    capture(Command::new("dpkg-deb").arg("--contents").arg(package)).unwrap()
}

#[test]
fn the_package_holds_what_it_must_and_can_be_used() {
    let scratch = Scratch::new("whole");
    let notices = notices::page().unwrap();
    let (program, verifier) = (program("counterfoil"), program("counterfoil-verify"));
    let files = into(&scratch.0.join("dist"), &made(&program, &verifier, &notices)).unwrap();
    let package = package(&files);
    let list = listed(package);
    for (mode, name) in [
        ("-rwxr-xr-x", "./usr/bin/counterfoil"),
        ("-rwxr-xr-x", "./usr/bin/counterfoil-verify"),
        ("-rw-r--r--", "./usr/lib/systemd/system/counterfoil.service"),
        ("-rw-r--r--", "./usr/share/man/man1/counterfoil.1.gz"),
        ("-rw-r--r--", "./usr/share/doc/counterfoil/copyright"),
        ("-rw-r--r--", "./usr/share/doc/counterfoil/NOTICES.gz"),
        ("-rw-r--r--", "./usr/share/doc/counterfoil/guides/install.md"),
        ("-rw-r--r--", "./usr/share/doc/counterfoil/formats/slip.md"),
        ("drwxr-xr-x", "./usr/share/doc/counterfoil/"),
    ] {
        let line = list.lines().find(|line| line.ends_with(&format!(" {name}")));
        let line = line.unwrap_or_else(|| panic!("{name} is missing: {list}"));
        assert!(line.starts_with(mode) && line.contains("root/root"), "{line}");
    }
    let field = |name: &str| capture(Command::new("dpkg-deb").arg("--field").arg(package).arg(name)).unwrap();
    assert!(field("Depends").starts_with("libc6 (>= 2."));
    assert!(field("Version").starts_with("0."));

    let sums = capture(
        Command::new("sha256sum")
            .args(["--check", "SHA256SUMS"])
            .current_dir(scratch.0.join("dist")),
    );
    let sums = sums.unwrap();
    assert_eq!(sums.matches(": OK").count(), 4);
    assert!(sums.contains("counterfoil-verify: OK"), "{sums}");
    let alone = capture(Command::new(scratch.0.join("dist/counterfoil-verify")).arg("--version")).unwrap();
    assert!(alone.starts_with("counterfoil-verify "), "{alone}");

    let tree = scratch.0.join("tree");
    capture(Command::new("dpkg-deb").arg("--extract").args([package, &tree])).unwrap();
    let installed = tree.join("usr/bin/counterfoil");
    assert!(
        capture(Command::new(&installed).arg("--version"))
            .unwrap()
            .starts_with("counterfoil ")
    );
    let verifier = fs::read(tree.join("usr/bin/counterfoil-verify")).unwrap();
    assert!(
        verifier == fs::read(scratch.0.join("dist/counterfoil-verify")).unwrap(),
        "the verifier alone is another one than the package's"
    );
    let manual = tree.join("usr/share/man/man1/counterfoil.1.gz");
    let manual = capture(Command::new("gzip").arg("-dc").arg(manual)).unwrap();
    assert!(manual.contains(".SH \"COUNTERFOIL DOCTOR\""));
    let notices = tree.join("usr/share/doc/counterfoil/NOTICES.gz");
    let notices = capture(Command::new("gzip").arg("-dc").arg(notices)).unwrap();
    assert!(notices.contains("\nrustls ") && notices.contains("Apache License") && !notices.contains("\nproptest "));

    // It makes an installation and looks at it, from where it was unpacked.
    let house = scratch.0.join("house");
    fs::create_dir(&house).unwrap();
    let run = |arguments: &[&str]| {
        Command::new(&installed)
            .args(arguments)
            .current_dir(&house)
            .output()
            .unwrap()
    };
    let made = run(&[
        "init",
        "--json",
        "--key-folder",
        "keys",
        "--administrator",
        "Ada Moreno",
    ]);
    assert!(made.status.success(), "{made:?}");
    assert_eq!(run(&["doctor"]).status.code(), Some(3), "doubtful: no server runs");
    assert_eq!(run(&["health"]).status.code(), Some(1), "no server runs");
}

#[test]
fn the_same_program_packs_to_the_same_bytes() {
    let scratch = Scratch::new("twice");
    let small = small(&scratch);
    let built = |name: &str| {
        let files = into(&scratch.0.join(name), &made(&small, &small, "notices")).unwrap();
        fs::read(package(&files)).unwrap()
    };
    let first = built("first");
    fs::set_permissions(&small, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(first == built("second"), "two packages of one program differ");
}

#[test]
fn the_unit_is_right_and_lets_nothing_in_that_it_does_not_need() {
    let scratch = Scratch::new("unit");
    let small = small(&scratch);
    let files = into(&scratch.0.join("dist"), &made(&small, &small, "")).unwrap();
    let tree = scratch.0.join("tree");
    capture(Command::new("dpkg-deb").arg("--extract").args([package(&files), &tree])).unwrap();
    let unit = tree.join("usr/lib/systemd/system/counterfoil.service");
    let analyze = |arguments: &[&str]| {
        let mut command = Command::new("systemd-analyze");
        command.args(arguments).arg(&unit).env("SYSTEMD_COLORS", "0");
        command.output().unwrap()
    };
    // The program that it names is not installed on this machine.
    let told = fs::read_to_string(&unit).unwrap();
    fs::write(
        &unit,
        told.replace(
            "/usr/bin/counterfoil ",
            &format!("{} ", tree.join("usr/bin/counterfoil").display()),
        ),
    )
    .unwrap();
    let verified = analyze(&["verify", "--man=no"]);
    assert!(verified.status.success(), "{verified:?}");
    assert_eq!(
        String::from_utf8_lossy(&verified.stderr),
        "",
        "the unit has no mistakes"
    );

    let judged = analyze(&["security", "--offline=true", "--no-pager"]);
    let judged = String::from_utf8_lossy(&judged.stdout).into_owned();
    let (_, level) = judged
        .split_once("Overall exposure level for counterfoil.service: ")
        .unwrap();
    let level: f32 = level.split_whitespace().next().unwrap().parse().unwrap();
    assert!(level <= 1.5, "exposed by {level} of 10: {judged}");
}

#[test]
fn the_scripts_of_the_package_have_no_mistakes_and_are_for_everybody() {
    for script in ["postinst", "prerm", "postrm"] {
        let path = crate::place::root().join("packaging/debian").join(script);
        capture(Command::new("sh").arg("-n").arg(&path)).unwrap();
        assert!(fs::read_to_string(&path).unwrap().contains("\nset -e\n"));
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o002, 0);
    }
}
