//! `cargo xtask test`: every test, on both engines and in a real browser, then the doc tests.
//!
//! Nothing is skipped: what is missing is installed or ends the run, and a test that a plain run leaves out is a failure.

use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::place::root;
use crate::run::{say, shown};
use crate::surroundings::Surroundings;

/// What `cargo xtask test` shall run.
#[derive(Debug, PartialEq, Args)]
pub(crate) struct Wanted {
    /// Install what is missing through sudo when not root
    #[arg(long)]
    pub(crate) install: bool,
    /// Only tests that this nextest filter expression picks, such as `test(tamper)`; leaves out the doc tests
    #[arg(long, value_name = "EXPR")]
    pub(crate) filter: Option<String>,
}

/// How many tests ended how.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    fn and(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

/// Runs the tests and prints `N passed, N failed` as its last line.
///
/// # Errors
/// When the surroundings cannot be had, something does not build, a test fails, or a plain run leaves one out.
pub(crate) fn test(wanted: &Wanted) -> Result<()> {
    let surroundings = Surroundings::ready(wanted.install)?;
    let nextest = has_nextest();
    if !nextest && wanted.filter.is_some() {
        bail!("--filter is nextest's language: install it with `cargo install cargo-nextest --locked`");
    }

    let (tests, mut all_well) = run(surroundings.around(&mut suite(nextest, wanted.filter.as_deref())))?;
    let mut tally = tests;
    if wanted.filter.is_none() && (all_well || tests.failed > 0) {
        let (doc_tests, well) = run(surroundings.around(&mut doc_tests()))?;
        tally = tally.and(doc_tests);
        all_well &= well;
    }
    drop(surroundings);

    say(format_args!("{} passed, {} failed", tally.passed, tally.failed));
    if !all_well {
        bail!("not all is well");
    }
    if wanted.filter.is_none() && tally.skipped > 0 {
        bail!("{} tests were left out: no test may be ignored", tally.skipped);
    }
    if tally.passed == 0 {
        bail!("no test ran");
    }
    Ok(())
}

/// Whether cargo-nextest is installed.
pub(crate) fn has_nextest() -> bool {
    Command::new("cargo")
        .args(["nextest", "--version"])
        .output()
        .is_ok_and(|output| output.status.success())
}

fn suite(nextest: bool, filter: Option<&str>) -> Command {
    let mut command = Command::new("cargo");
    if nextest {
        command.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
        if std::io::stderr().is_terminal() {
            command.args(["--color", "always"]);
        }
    } else {
        say(format_args!(
            "cargo-nextest is not installed: using `cargo test`, which has no time limits"
        ));
        // One at a time, since only nextest knows which tests share the browser.
        command
            .args(["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"])
            .env("RUST_TEST_THREADS", "1");
    }
    if let Some(filter) = filter {
        command.args(["-E", filter]);
    }
    command.current_dir(root());
    command
}

fn doc_tests() -> Command {
    let mut command = Command::new("cargo");
    command
        .args(["test", "--doc", "--workspace", "--no-fail-fast"])
        .current_dir(root());
    command
}

/// Runs a test command, passes its words on as they come, and counts from them.
///
/// # Errors
/// When the command cannot be started.
pub(crate) fn run(command: &mut Command) -> Result<(Tally, bool)> {
    let line = shown(command);
    say(format_args!("> {line}"));
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting `{line}`"))?;
    let stdout = child.stdout.take();
    let stderr = child.stderr.take();
    let tally = std::thread::scope(|scope| {
        // nextest reports on standard error, the built-in harness on standard output.
        let first = scope.spawn(|| stdout.map(|from| listen(from, std::io::stdout())).unwrap_or_default());
        let second = scope.spawn(|| stderr.map(|from| listen(from, std::io::stderr())).unwrap_or_default());
        first.join().unwrap_or_default().and(second.join().unwrap_or_default())
    });
    let status: ExitStatus = child.wait().with_context(|| format!("waiting for `{line}`"))?;
    Ok((tally, status.success()))
}

fn listen(from: impl std::io::Read, mut to: impl Write) -> Tally {
    let mut tally = Tally::default();
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
        let _ = to.write_all(&line);
        tally = tally.and(counted(&String::from_utf8_lossy(&line)).unwrap_or_default());
        line.clear();
    }
    tally
}

/// Reads the counts of a summary line: nextest's `Summary [...] 3 tests run: 2 passed (1 slow), 1 failed, 0 skipped`, or the
/// built-in harness's `test result: ok. 2 passed; 0 failed; 1 ignored; ...`.
fn counted(line: &str) -> Option<Tally> {
    let line = without_colours(line);
    let counts = if line.trim_start().starts_with("Summary [") {
        line.split_once("run: ")?.1
    } else {
        // What nextest shows of a test that failed holds such a line too, further in.
        line.strip_prefix("test result: ")?.split_once(". ")?.1
    };
    let mut tally = Tally::default();
    for part in counts.split([',', ';']) {
        let mut words = part.split_whitespace();
        let (Some(number), Some(word)) = (words.next().and_then(|number| number.parse::<u64>().ok()), words.next())
        else {
            continue;
        };
        match word {
            "passed" => tally.passed += number,
            "failed" | "timed" | "exec" => tally.failed += number,
            "skipped" | "ignored" => tally.skipped += number,
            _ => {}
        }
    }
    Some(tally)
}

fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            for inner in characters.by_ref() {
                if inner.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_counted() {
        let cases = [
            (
                "     Summary [   0.004s] 3 tests run: 3 passed, 0 skipped",
                Some((3, 0, 0)),
            ),
            (
                "Summary [ 9.1s] 7 tests run: 4 passed (1 slow), 2 failed, 1 timed out, 5 skipped",
                Some((4, 3, 5)),
            ),
            (
                "\u{1b}[32;1m     Summary\u{1b}[0m [   0.1s] \u{1b}[1m2\u{1b}[0m tests run: \u{1b}[1m2\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, \u{1b}[1m0\u{1b}[0m skipped",
                Some((2, 0, 0)),
            ),
            (
                "test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
                Some((2, 0, 1)),
            ),
            (
                "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured",
                Some((1, 2, 0)),
            ),
            ("    test result: FAILED. 0 passed; 1 failed; 0 ignored", None),
            ("test tamper ... ok", None),
        ];
        for (line, expected) in cases {
            let expected = expected.map(|(passed, failed, skipped)| Tally {
                passed,
                failed,
                skipped,
            });
            assert_eq!(counted(line), expected, "{line}");
        }
    }

    #[test]
    fn a_filter_reaches_nextest() {
        let command = suite(true, Some("test(tamper)"));
        assert!(shown(&command).ends_with("-E 'test(tamper)'"), "{}", shown(&command));
    }
}
