//! Crates use only the crates that `edges.toml` allows, and all of them take the workspace's lints.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde::Deserialize;
use toml::{Table, Value};

use super::Finding;
use super::tree::Tree;

/// The allowed edges, by folder name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edges {
    uses: BTreeMap<String, BTreeSet<String>>,
    tests_use: TestsUse,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TestsUse {
    any: BTreeSet<String>,
}

impl Edges {
    pub(super) fn read() -> Result<Self> {
        toml::from_str(include_str!("../../tidy/edges.toml")).context("reading xtask/tidy/edges.toml")
    }
}

pub(super) fn check(tree: &Tree, edges: &Edges) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (path, text) in tree.texts(is_manifest) {
        let name = folder_name(path);
        seen.insert(name);
        let manifest: Table = match text.parse() {
            Ok(manifest) => manifest,
            Err(error) => {
                found.push(Finding::of_file(path, format!("is not a manifest: {error}")));
                continue;
            }
        };
        let Some(allowed) = edges.uses.get(name) else {
            found.push(Finding::of_file(
                path,
                format!("`{name}` has no row in xtask/tidy/edges.toml"),
            ));
            continue;
        };
        for (used, in_tests) in ours(&manifest) {
            // A crate may switch on its own features for its tests.
            let may_use = (in_tests && used == name)
                || allowed.contains(used)
                || (in_tests && edges.tests_use.any.contains(used));
            if !may_use {
                found.push(Finding::of_file(path, format!("`{name}` may not use `{used}`")));
            }
        }
        let takes_lints = manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace"))
            .and_then(Value::as_bool);
        if takes_lints != Some(true) {
            found.push(Finding::of_file(path, "does not take the workspace's lints"));
        }
    }
    for name in edges.uses.keys().filter(|name| !seen.contains(name.as_str())) {
        found.push(Finding::of_file(
            "xtask/tidy/edges.toml",
            format!("`{name}` is not a crate"),
        ));
    }
    found
}

fn is_manifest(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts[..], ["crates", _, "Cargo.toml"] | ["xtask", "Cargo.toml"])
}

fn folder_name(manifest: &str) -> &str {
    manifest.rsplit('/').nth(1).unwrap_or_default()
}

/// The crates of ours that a manifest names, by folder name, and whether only for tests.
fn ours(manifest: &Table) -> Vec<(&str, bool)> {
    let targets = manifest.get("target").and_then(Value::as_table);
    let parts = targets
        .into_iter()
        .flat_map(Table::values)
        .filter_map(Value::as_table)
        .chain([manifest]);
    let mut used = Vec::new();
    for part in parts {
        for (kind, in_tests) in [
            ("dependencies", false),
            ("build-dependencies", false),
            ("dev-dependencies", true),
        ] {
            let Some(dependencies) = part.get(kind).and_then(Value::as_table) else {
                continue;
            };
            for (key, value) in dependencies {
                let package = value.get("package").and_then(Value::as_str).unwrap_or(key);
                let folder = package.strip_prefix("counterfoil-");
                used.extend(
                    folder
                        .or(matches!(package, "counterfoil" | "xtask").then_some(package))
                        .map(|f| (f, in_tests)),
                );
            }
        }
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINTS: &str = "[lints]\nworkspace = true\n";

    fn edges() -> Edges {
        toml::from_str("[uses]\nmodel = []\nweb = [\"model\"]\n[tests_use]\nany = [\"testkit\"]\n").unwrap()
    }

    fn findings(web: &str) -> Vec<String> {
        let web = format!("{web}\n{LINTS}");
        let tree = Tree::of(&[("crates/model/Cargo.toml", LINTS), ("crates/web/Cargo.toml", &web)]);
        check(&tree, &edges()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn allowed_edges_pass() {
        let web = "[dependencies]\ncounterfoil-model.workspace = true\naxum = \"1\"\n\
                   [dev-dependencies]\ncounterfoil-testkit.workspace = true\n";
        assert!(findings(web).is_empty());
    }

    #[test]
    fn other_edges_fail() {
        let cases = [
            "[dependencies]\ncounterfoil-store.workspace = true\n",
            "[dependencies]\nrows = { package = \"counterfoil-store\", path = \"../store\" }\n",
            "[target.'cfg(unix)'.dependencies]\ncounterfoil-store.workspace = true\n",
            "[dev-dependencies]\ncounterfoil-store.workspace = true\n",
        ];
        for web in cases {
            assert_eq!(
                findings(web),
                ["crates/web/Cargo.toml: `web` may not use `store`"],
                "{web}"
            );
        }
        let in_product = "[dependencies]\ncounterfoil-testkit.workspace = true\n";
        assert_eq!(
            findings(in_product),
            ["crates/web/Cargo.toml: `web` may not use `testkit`"]
        );
    }

    #[test]
    fn crates_and_rows_belong_together() {
        let tree = Tree::of(&[("crates/model/Cargo.toml", LINTS), ("crates/other/Cargo.toml", LINTS)]);
        let found: Vec<_> = check(&tree, &edges()).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "crates/other/Cargo.toml: `other` has no row in xtask/tidy/edges.toml",
                "xtask/tidy/edges.toml: `web` is not a crate"
            ]
        );
    }

    #[test]
    fn lints_are_taken() {
        let tree = Tree::of(&[("crates/model/Cargo.toml", ""), ("crates/web/Cargo.toml", LINTS)]);
        assert_eq!(
            check(&tree, &edges()),
            [Finding::of_file(
                "crates/model/Cargo.toml",
                "does not take the workspace's lints"
            )]
        );
    }
}
