//! Nothing in the repository names a path that exists on one machine only.

use serde::Deserialize;

use super::Finding;
use super::tree::Tree;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    first_folders: Vec<String>,
}

pub(super) fn check(tree: &Tree, settings: &Settings) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.texts(|path| path != "Cargo.lock") {
        for (number, line) in (1..).zip(text.lines()) {
            if settings.first_folders.iter().any(|folder| names_path_in(line, folder)) {
                found.push(Finding::at(path, number, "names a path of one machine"));
            }
        }
    }
    found
}

fn names_path_in(line: &str, folder: &str) -> bool {
    let start = format!("/{folder}/");
    let belongs_to_longer = |before: &str| before.ends_with(|c: char| c.is_alphanumeric() || "._-~/{}>)*".contains(c));
    line.match_indices(&start)
        .any(|(place, _)| !belongs_to_longer(&line[..place]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_paths_are_found() {
        let settings = Settings {
            first_folders: vec!["depot".into()],
        };
        let cases = [
            ("cd /depot/a", 1),
            ("\"/depot/a\"", 1),
            ("/depot/", 1),
            ("https://example.org/depot/a", 0),
            ("docs/depot/a", 0),
            ("{root}/depot/a", 0),
            ("/depots/a", 0),
        ];
        for (text, expected) in cases {
            assert_eq!(check(&Tree::of(&[("a.md", text)]), &settings).len(), expected, "{text}");
        }
    }
}
