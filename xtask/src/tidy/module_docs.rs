//! Every Rust file opens with what it is.

use serde::Deserialize;

use super::Finding;
use super::tree::Tree;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    exempt: Vec<String>,
}

pub(super) fn check(tree: &Tree, settings: &Settings) -> Vec<Finding> {
    let ours = |path: &str| path.ends_with(".rs") && !settings.exempt.iter().any(|part| path.contains(part));
    tree.texts(ours)
        .filter(|(_, text)| !opens_with_words(text))
        .map(|(path, _)| {
            Finding::of_file(
                path,
                "does not open with `//!`: what it is, where it stands, what it never does",
            )
        })
        .collect()
}

/// Attributes of the crate may stand before the words.
fn opens_with_words(text: &str) -> bool {
    let first = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with("#!["))
        .unwrap_or_default();
    first.strip_prefix("//!").is_some_and(|words| !words.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_open_with_words() {
        let cases = [
            ("//! Where leaves are numbered.\nuse a;", true),
            ("#![expect(x, reason = \"y\")]\n\n//! Where leaves are numbered.", true),
            ("//!\nuse a;", false),
            ("// Where leaves are numbered.", false),
            ("use a;\n//! too late", false),
            ("", false),
        ];
        for (text, expected) in cases {
            assert_eq!(opens_with_words(text), expected, "{text}");
        }
    }

    #[test]
    fn only_rust_files_are_asked() {
        let settings = Settings {
            exempt: vec!["/fixtures/".into()],
        };
        let tree = Tree::of(&[("a.md", ""), ("a/fixtures/b.rs", ""), ("a/c.rs", "")]);
        let found: Vec<_> = check(&tree, &settings)
            .into_iter()
            .map(|finding| finding.path)
            .collect();
        assert_eq!(found, ["a/c.rs"]);
    }
}
