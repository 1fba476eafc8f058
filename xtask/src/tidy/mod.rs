//! `cargo xtask tidy`: the house rules that no compiler checks.
//!
//! Each rule is a function from the files of the working copy to findings, in a file of its own, with tests on small made-up
//! trees. Its settings are in `xtask/tidy/rules.toml`, the crate edges in `xtask/tidy/edges.toml`.

mod changelog;
mod edges;
mod engine;
mod expose;
mod file_sizes;
mod fluent;
mod folder_map;
mod links;
mod machine_paths;
mod module_docs;
mod names;
mod page_words;
mod readme;
mod script_words;
mod source;
mod tree;

use std::fmt;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::place::root;
use crate::run::say;

pub(crate) use readme::commands as readme_commands;
use tree::Tree;

/// Something that a rule has to say about a place.
#[derive(Debug, PartialEq)]
struct Finding {
    path: String,
    /// Counted from 1; `None` speaks of the whole file.
    line: Option<usize>,
    text: String,
    /// A note does not fail the run.
    is_note: bool,
}

impl Finding {
    fn of_file(path: &str, text: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: None,
            text: text.into(),
            is_note: false,
        }
    }

    fn at(path: &str, line: usize, text: impl Into<String>) -> Self {
        Self {
            line: Some(line),
            ..Self::of_file(path, text)
        }
    }

    fn into_note(self) -> Self {
        Self { is_note: true, ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        write!(f, "{}{line}: {}", self.path, self.text)
    }
}

/// The settings of all rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    file_sizes: file_sizes::Settings,
    names: names::Settings,
    module_docs: module_docs::Settings,
    page_words: page_words::Settings,
    script_words: script_words::Settings,
    fluent: fluent::Settings,
    expose: expose::Settings,
    engine: engine::Settings,
    machine_paths: machine_paths::Settings,
}

impl Rules {
    fn read() -> Result<Self> {
        toml::from_str(include_str!("../../tidy/rules.toml")).context("reading xtask/tidy/rules.toml")
    }
}

/// Checks the working copy against every rule and prints what it finds.
///
/// # Errors
/// When a rule finds more than notes, or the working copy or the settings cannot be read.
pub(crate) fn tidy() -> Result<()> {
    let tree = Tree::of_folder(root())?;
    let rules = Rules::read()?;
    let edges = edges::Edges::read()?;
    let findings = [
        ("edges", edges::check(&tree, &edges)),
        ("file_sizes", file_sizes::check(&tree, &rules.file_sizes)),
        ("folder_map", folder_map::check(&tree)),
        ("names", names::check(&tree, &rules.names)),
        ("module_docs", module_docs::check(&tree, &rules.module_docs)),
        ("page_words", page_words::check(&tree, &rules.page_words)),
        ("script_words", script_words::check(&tree, &rules.script_words)),
        ("fluent", fluent::check(&tree, &rules.fluent)),
        ("links", links::check(&tree)),
        ("readme", readme::check(&tree)),
        ("expose", expose::check(&tree, &rules.expose)),
        ("engine", engine::check(&tree, &rules.engine)),
        ("machine_paths", machine_paths::check(&tree, &rules.machine_paths)),
        ("changelog", changelog::check(&tree)),
    ];

    let mut failed = 0;
    for (rule, finding) in findings
        .iter()
        .flat_map(|(rule, found)| found.iter().map(move |finding| (rule, finding)))
    {
        let weight = if finding.is_note { "note" } else { "tidy" };
        say(format_args!("{weight} [{rule}] {finding}"));
        failed += usize::from(!finding.is_note);
    }
    if failed > 0 {
        bail!("tidy: {failed} places to put in order");
    }
    say(format_args!(
        "tidy: {} rules, {} files, in order",
        findings.len(),
        tree.len()
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_are_complete() {
        Rules::read().unwrap();
        edges::Edges::read().unwrap();
    }

    #[test]
    fn a_finding_reads_like_a_compiler_message() {
        assert_eq!(Finding::at("a/b.rs", 7, "too long").to_string(), "a/b.rs:7: too long");
        assert_eq!(Finding::of_file("a/b.rs", "too long").to_string(), "a/b.rs: too long");
    }
}
