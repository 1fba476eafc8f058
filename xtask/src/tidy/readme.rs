//! The README says two commands: the first runs the main job, the second passes the tests, and the build machine runs the second.

use super::Finding;
use super::tree::Tree;

const PAGE: &str = "README.md";
const BUILD_MACHINE: &str = ".ci/run";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(page) = tree.text(PAGE) else {
        return vec![Finding::of_file(PAGE, "is missing")];
    };
    let second = match commands(page) {
        Ok([_, second]) => second,
        Err(error) => return vec![Finding::of_file(PAGE, error)],
    };
    let runs = tree
        .text(BUILD_MACHINE)
        .unwrap_or_default()
        .lines()
        .any(|line| line.trim() == second);
    if runs {
        vec![]
    } else {
        vec![Finding::of_file(BUILD_MACHINE, format!("does not run `{second}`"))]
    }
}

/// The two commands of a README: the lines of its fenced `sh` blocks.
///
/// # Errors
/// When there are not exactly two.
pub(crate) fn commands(page: &str) -> Result<[String; 2], String> {
    let mut found = Vec::new();
    let mut fence: Option<&str> = None;
    for line in page.lines().map(str::trim) {
        match (line.strip_prefix("```"), fence) {
            (Some(kind), None) => fence = Some(kind),
            (Some(_), Some(_)) => fence = None,
            (None, Some("sh")) if !line.is_empty() && !line.starts_with('#') => found.push(line.to_owned()),
            _ => {}
        }
    }
    found
        .try_into()
        .map_err(|found: Vec<_>| format!("says {} commands in `sh` blocks, not two", found.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "# A\n```sh\ncargo run -- demo\n```\nthen\n```sh\n# all tests\ncargo xtask test\n```\n```text\nls\n```\n";

    #[test]
    fn two_commands_are_found() {
        assert_eq!(commands(GOOD).unwrap(), ["cargo run -- demo", "cargo xtask test"]);
        for page in ["", "```sh\na\n```", "```sh\na\nb\nc\n```"] {
            assert!(commands(page).is_err(), "{page}");
        }
    }

    #[test]
    fn the_build_machine_runs_the_second() {
        for (script, expected) in [("set -e\ncargo xtask test\n", 0), ("cargo test\n", 1)] {
            assert_eq!(
                check(&Tree::of(&[(PAGE, GOOD), (BUILD_MACHINE, script)])).len(),
                expected,
                "{script}"
            );
        }
        assert_eq!(check(&Tree::of(&[(PAGE, GOOD)])).len(), 1);
    }
}
