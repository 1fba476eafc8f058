//! Files that people write stay short enough to be read in one go.

use serde::Deserialize;

use super::Finding;
use super::tree::Tree;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    note_over: usize,
    fail_over: usize,
    endings: Vec<String>,
    exempt: Vec<String>,
}

pub(super) fn check(tree: &Tree, settings: &Settings) -> Vec<Finding> {
    let written = |path: &str| {
        settings.endings.iter().any(|ending| path.ends_with(ending))
            && !settings.exempt.iter().any(|part| format!("/{path}").contains(part))
    };
    tree.texts(written)
        .filter_map(|(path, text)| match text.lines().count() {
            lines if lines > settings.fail_over => Some(Finding::of_file(
                path,
                format!("{lines} lines, at most {}: split it", settings.fail_over),
            )),
            lines if lines > settings.note_over => {
                Some(Finding::of_file(path, format!("{lines} lines: is it still one thing?")).into_note())
            }
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_files_are_noted_and_very_long_ones_fail() {
        let settings = Settings {
            note_over: 2,
            fail_over: 4,
            endings: vec![".rs".into()],
            exempt: vec!["/vectors/".into()],
        };
        let cases = [
            ("a.rs", 2, None),
            ("a.rs", 3, Some(true)),
            ("a.rs", 4, Some(true)),
            ("a.rs", 5, Some(false)),
            ("a.md", 9, None),
            ("vectors/a.rs", 9, None),
        ];
        for (path, lines, expected) in cases {
            let tree = Tree::of(&[(path, &"x\n".repeat(lines))]);
            let found = check(&tree, &settings);
            assert_eq!(
                found.first().map(|finding| finding.is_note),
                expected,
                "{path} with {lines} lines"
            );
        }
    }
}
