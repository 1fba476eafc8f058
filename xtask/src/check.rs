//! `cargo xtask check`: what can be said about the code without running it.

use std::process::Command;

use anyhow::{Result, bail};

use crate::place::root;
use crate::run::{say, step};
use crate::tidy;

/// Format, clippy, documentation and tidy. All of them run, so that one round shows everything.
///
/// # Errors
/// When any of them finds something.
pub(crate) fn check() -> Result<()> {
    let mut broken = Vec::new();
    for (name, arguments, flags) in [
        ("format", &["fmt", "--all", "--check"][..], None),
        (
            "clippy",
            &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
            None,
        ),
        (
            "documentation",
            &["doc", "--workspace", "--no-deps"],
            Some(("RUSTDOCFLAGS", "-D warnings")),
        ),
    ] {
        let mut command = Command::new("cargo");
        if let Err(error) = step(command.args(arguments).envs(flags).current_dir(root())) {
            say(format_args!("{error:#}"));
            broken.push(name);
        }
    }
    if let Err(error) = tidy::tidy() {
        say(format_args!("{error:#}"));
        broken.push("tidy");
    }
    if !broken.is_empty() {
        bail!("not in order: {}", broken.join(", "));
    }
    Ok(())
}
