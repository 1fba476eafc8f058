//! Scripts put no sentences of their own on the page: they take them from attributes that the template filled.
//!
//! A plain rule: where a line gives a text to something that people see or hear, no literal on it holds two words.

use serde::Deserialize;

use super::Finding;
use super::source::{has_two_words, literals};
use super::tree::Tree;

/// What shows a text to people.
const SHOWS: [&str; 13] = [
    ".textContent =",
    ".textContent +=",
    ".innerText =",
    ".innerHTML =",
    ".title =",
    ".placeholder =",
    ".ariaLabel =",
    ".alt =",
    ".append(",
    "setAttribute(\"aria-label\"",
    "setAttribute(\"title\"",
    "alert(",
    "confirm(",
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    folders: Vec<String>,
}

pub(super) fn check(tree: &Tree, settings: &Settings) -> Vec<Finding> {
    let scripts = |path: &str| {
        settings.folders.iter().any(|folder| path.starts_with(folder))
            && (path.ends_with(".js") || path.ends_with(".mjs"))
    };
    let mut found = Vec::new();
    for (path, text) in tree.texts(scripts) {
        let lines: Vec<&str> = text.lines().collect();
        for (place, line) in lines.iter().enumerate() {
            let Some(shown) = SHOWS
                .iter()
                .find_map(|mark| Some(&line[line.find(mark)? + mark.len()..]))
            else {
                continue;
            };
            // A long statement goes on in the next line.
            let next = if shown.trim().is_empty() {
                lines.get(place + 1).copied().unwrap_or_default()
            } else {
                ""
            };
            for literal in literals(shown, "\"'`").into_iter().chain(literals(next, "\"'`")) {
                if has_two_words(&without_insertions(literal)) {
                    found.push(Finding::at(
                        path,
                        place + 1,
                        format!("`{literal}` belongs into a Fluent file"),
                    ));
                }
            }
        }
    }
    found
}

/// Takes `${...}` out of a template literal.
fn without_insertions(literal: &str) -> String {
    let mut parts = literal.split("${");
    let first = parts.next().unwrap_or_default();
    let tails = parts.map(|part| part.split_once('}').map_or("", |(_, tail)| tail));
    std::iter::once(first).chain(tails).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_found() {
        let cases = [
            ("row.textContent = row.dataset.empty;", false),
            ("row.textContent = \"Nothing here yet\";", true),
            ("row.textContent =\n  'Nothing here';", true),
            ("row.textContent = `${count} new messages`;", true),
            ("row.textContent = `${a.b} ${c}`;", false),
            ("row.className = \"list row\";", false),
            ("row.setAttribute(\"aria-label\", \"Send again\");", true),
            ("row.append(\" \");", false),
            ("confirm('Really send?')", true),
        ];
        let settings = Settings {
            folders: vec!["assets/".into()],
        };
        for (script, expected) in cases {
            let tree = Tree::of(&[("assets/a.js", script)]);
            assert_eq!(!check(&tree, &settings).is_empty(), expected, "{script}");
        }
    }
}
