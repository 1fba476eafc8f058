//! The map in ARCHITECTURE.md names every crate and every folder of its sources, and nothing that is not there.
//!
//! The map is the first fenced block after the line `<!-- map -->`. Two blanks of indentation are one level; a name ends with `/`;
//! what follows are words for the reader. Below a crate the folder `src` is left out: `crates/store/sql/` is `crates/store/src/sql`.

use std::collections::BTreeSet;

use super::Finding;
use super::tree::Tree;

const PAGE: &str = "ARCHITECTURE.md";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(page) = tree.text(PAGE) else {
        return vec![Finding::of_file(PAGE, "is missing")];
    };
    let entries = entries(page);
    if entries.is_empty() {
        return vec![Finding::of_file(PAGE, "has no fenced block after `<!-- map -->`")];
    }

    let mut found = Vec::new();
    let mut named = BTreeSet::new();
    for entry in entries {
        if !entry.has_words {
            found.push(Finding::at(
                PAGE,
                entry.line,
                format!("the map says nothing about {}", entry.path),
            ));
        }
        // A name may stand for both: xtask/tidy/ is a folder of settings and one of sources.
        let places: Vec<String> = [entry.path.clone(), below_sources(&entry.path)]
            .into_iter()
            .filter(|path| tree.has(path))
            .collect();
        if places.is_empty() {
            found.push(Finding::at(
                PAGE,
                entry.line,
                format!("the map names {}, which is not there", entry.path),
            ));
        }
        named.extend(places);
    }
    for folder in tree.folders().filter(|folder| must_be_named(folder)) {
        if !named.contains(folder) {
            found.push(Finding::of_file(folder, format!("is not in the map of {PAGE}")));
        }
    }
    found
}

/// Crates, and the folders directly in their `src`.
fn must_be_named(folder: &str) -> bool {
    let parts: Vec<&str> = folder.split('/').collect();
    matches!(
        parts[..],
        ["crates", _] | ["crates", _, "src", _] | ["xtask"] | ["xtask", "src", _]
    )
}

/// `crates/store/sql` as `crates/store/src/sql`.
fn below_sources(path: &str) -> String {
    let crate_depth = if path.starts_with("crates/") { 2 } else { 1 };
    let mut parts: Vec<&str> = path.split('/').collect();
    if parts.len() > crate_depth {
        parts.insert(crate_depth, "src");
    }
    parts.join("/")
}

struct Entry {
    path: String,
    line: usize,
    has_words: bool,
}

fn entries(page: &str) -> Vec<Entry> {
    let block = (1..)
        .zip(page.lines())
        .skip_while(|(_, line)| line.trim() != "<!-- map -->")
        .skip_while(|(_, line)| !line.starts_with("```"))
        .skip(1)
        .take_while(|(_, line)| !line.starts_with("```"));
    let mut above: Vec<&str> = Vec::new();
    let mut entries = Vec::new();
    for (number, line) in block {
        let inner = line.trim_start_matches(' ');
        let Some((name, words)) = inner.split_once('/') else {
            continue;
        };
        above.truncate((line.len() - inner.len()) / 2);
        above.push(name);
        entries.push(Entry {
            path: above.join("/"),
            line: number,
            has_words: !words.trim().is_empty(),
        });
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(map: &str) -> Vec<String> {
        let page = format!("# A\n<!-- map -->\n\n```text\n{map}```\n");
        let tree = Tree::of(&[
            (PAGE, &page),
            ("crates/model/src/lib.rs", ""),
            ("crates/store/src/sql/mod.rs", ""),
            ("crates/store/src/sql/deeper/mod.rs", ""),
            ("crates/store/schema/columns.toml", ""),
        ]);
        check(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_true_map_passes() {
        let map = "crates/    what the product is made of\n  model/   words\n  store/   rows\n    sql/     one text\n    schema/  columns\n";
        assert!(findings(map).is_empty());
    }

    #[test]
    fn what_is_not_named_or_not_there_is_found() {
        let map = "crates/  parts\n  model/\n  store/  rows\n    suite/  gone\n";
        assert_eq!(
            findings(map),
            [
                "ARCHITECTURE.md:6: the map says nothing about crates/model",
                "ARCHITECTURE.md:8: the map names crates/store/suite, which is not there",
                "crates/store/src/sql: is not in the map of ARCHITECTURE.md",
            ]
        );
    }

    #[test]
    fn a_page_without_map_fails() {
        assert_eq!(check(&Tree::of(&[(PAGE, "# A")])).len(), 1);
        assert_eq!(check(&Tree::of(&[])).len(), 1);
    }
}
