//! Speaking to the developer and running other programs.
//!
//! A command is always shown before it runs, so that whoever reads the output can repeat any step by hand.

use std::ffi::OsStr;
use std::fmt::Arguments;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Tells the developer one line. Goes to standard error, so that standard output holds results only.
pub(crate) fn say(line: Arguments<'_>) {
    // A closed terminal must not turn a passed run into a failed one.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Puts one line of a result on standard output.
pub(crate) fn answer(line: Arguments<'_>) -> Result<()> {
    writeln!(io::stdout().lock(), "{line}").context("writing the result")
}

/// A command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let word = |text: &OsStr| {
        let text = text.to_string_lossy();
        let plain = !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_./=:@,+".contains(c));
        if plain { text.into_owned() } else { format!("'{text}'") }
    };
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(word)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Shows a command, runs it with the terminal's own input and output, and fails when it does.
///
/// # Errors
/// When the program cannot be started or ends with anything but success.
pub(crate) fn step(command: &mut Command) -> Result<()> {
    let line = shown(command);
    say(format_args!("> {line}"));
    let status = command.status().with_context(|| format!("starting `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed: {status}");
    }
    Ok(())
}

/// Runs a command silently and returns what it wrote.
///
/// # Errors
/// When the program cannot be started or fails; the message then holds what it wrote to standard error.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let line = shown(command);
    let output = command.output().with_context(|| format!("starting `{line}`"))?;
    if !output.status.success() {
        bail!(
            "`{line}` failed: {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The programs of this name that the shell would find, best first.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let found = capture(Command::new("sh").args(["-c", "command -v \"$1\"", "sh", name])).ok()?;
    let path = PathBuf::from(found.trim());
    path.is_absolute().then_some(path)
}

/// Whether this process runs as root.
pub(crate) fn is_root() -> bool {
    capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_would_be_typed() {
        let mut command = Command::new("cargo");
        command.args(["nextest", "run", "-E", "test(story_1)", ""]);
        assert_eq!(shown(&command), "cargo nextest run -E 'test(story_1)' ''");
    }

    #[test]
    fn a_failing_program_is_an_error_with_its_words() {
        let error = capture(Command::new("sh").args(["-c", "echo broken >&2; exit 3"])).unwrap_err();
        assert!(error.to_string().contains("broken"), "{error}");
    }

    #[test]
    fn programs_are_found_or_not() {
        assert!(find_program("sh").is_some());
        assert!(find_program("no-such-program-here").is_none());
    }
}
