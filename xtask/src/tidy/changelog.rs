//! The changelog has a part for what is not released yet, and it says something.

use super::Finding;
use super::tree::Tree;

const PAGE: &str = "CHANGELOG.md";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let page = tree.text(PAGE).unwrap_or_default();
    let mut part = page
        .lines()
        .skip_while(|line| line.trim() != "## Unreleased")
        .peekable();
    if part.peek().is_none() {
        return vec![Finding::of_file(PAGE, "has no part `## Unreleased`")];
    }
    let says = part
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .any(|line| line.trim_start().starts_with('-'));
    if says {
        vec![]
    } else {
        vec![Finding::of_file(PAGE, "`## Unreleased` lists nothing")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreleased_says_something() {
        let cases = [
            ("# Changelog\n\n## Unreleased\n\n### Added\n- a\n", 0),
            ("## Unreleased\n\n## 0.1.0\n- a\n", 1),
            ("## 0.1.0\n- a\n", 1),
            ("", 1),
        ];
        for (page, expected) in cases {
            assert_eq!(check(&Tree::of(&[(PAGE, page)])).len(), expected, "{page}");
        }
    }
}
