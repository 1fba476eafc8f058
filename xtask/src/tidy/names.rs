//! No drawers: a folder or file is named after what is inside.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::Finding;
use super::tree::Tree;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    forbidden: BTreeSet<String>,
}

pub(super) fn check(tree: &Tree, settings: &Settings) -> Vec<Finding> {
    let ours = |path: &&str| {
        ["crates/", "xtask/", "docs/"]
            .iter()
            .any(|start| path.starts_with(start))
    };
    tree.paths()
        .chain(tree.folders())
        .filter(ours)
        .filter_map(|path| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let stem = name.split('.').next().unwrap_or(name);
            let text = || format!("`{stem}` says nothing about what is inside");
            settings
                .forbidden
                .contains(stem)
                .then(|| Finding::of_file(path, text()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawers_are_found() {
        let settings = Settings {
            forbidden: ["util".to_owned(), "core".to_owned()].into(),
        };
        let tree = Tree::of(&[
            ("crates/web/src/util.rs", ""),
            ("crates/core/src/lib.rs", ""),
            ("crates/web/src/score.rs", ""),
            ("core.toml", ""),
        ]);
        let found: Vec<_> = check(&tree, &settings)
            .into_iter()
            .map(|finding| finding.path)
            .collect();
        assert_eq!(found, ["crates/web/src/util.rs", "crates/core"]);
    }
}
