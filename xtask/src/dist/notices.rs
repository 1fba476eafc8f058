//! The works of others that are in the program and in the verifier, each with its licence: what whoever hands them on must hand on with them.

use crate::place::root;
use crate::run::capture;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The page: a list, then each text once, with the works that it came with.
///
/// # Errors
/// When cargo refuses, or a licence cannot be read.
pub(super) fn page() -> Result<String> {
    metadata()?.notices()
}

/// What cargo says about the packages.
#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Debug, Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    repository: Option<String>,
    manifest_path: PathBuf,
    source: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Debug, Deserialize)]
struct DependencyKind {
    kind: Option<String>,
}

/// Asks cargo, for the machine that this is.
fn metadata() -> Result<Metadata> {
    let version = capture(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let mut command = Command::new("cargo");
    command.args(["metadata", "--format-version", "1", "--locked", "--filter-platform"]);
    command.arg(host.context("rustc names no host")?).current_dir(root());
    serde_json::from_str(&capture(&mut command)?).context("reading what cargo says about the packages")
}

impl Metadata {
    /// What of others is built into the program or the verifier, by name and version.
    fn built_in(&self) -> Vec<&Package> {
        let packages: HashMap<&str, &Package> = self.packages.iter().map(|package| (&*package.id, package)).collect();
        let nodes: HashMap<&str, &Node> = self.resolve.nodes.iter().map(|node| (&*node.id, node)).collect();
        let is_handed_out = |package: &&Package| {
            package.source.is_none() && ["counterfoil", "counterfoil-verify"].contains(&&*package.name)
        };
        let handed_out = self.packages.iter().filter(is_handed_out);
        let mut next: Vec<&str> = handed_out.map(|package| &*package.id).collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = next.pop() {
            if seen.insert(id) {
                let needed = nodes.get(id).into_iter().flat_map(|node| &node.deps);
                // What only builds or tests is in neither.
                let needed = needed.filter(|dependency| dependency.dep_kinds.iter().any(|kind| kind.kind.is_none()));
                next.extend(needed.map(|dependency| &*dependency.pkg));
            }
        }
        let mut found: Vec<&Package> = seen.iter().filter_map(|id| packages.get(id).copied()).collect();
        found.retain(|package| package.source.is_some());
        found.sort_by_key(|package| (&package.name, &package.version));
        found
    }

    fn notices(&self) -> Result<String> {
        let mut page = String::from("Works of others in these programs, and their licences.\n\n");
        let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for package in self.built_in() {
            let work = format!("{} {}", package.name, package.version);
            let licence = package.license.as_deref().unwrap_or("see its text below");
            let place = package.repository.as_deref().unwrap_or("");
            page.push_str(&format!("{work}: {licence}  {place}\n"));
            for text in package.texts()? {
                texts.entry(text).or_default().push(work.clone());
            }
        }
        for (text, works) in texts {
            page.push_str(&format!(
                "\n{}\n\n{}:\n\n{}\n",
                "=".repeat(78),
                works.join(", "),
                text.trim_end()
            ));
        }
        Ok(page)
    }
}

impl Package {
    /// The texts that lie beside its manifest.
    fn texts(&self) -> Result<Vec<String>> {
        let folder = self.manifest_path.parent().context("a manifest lies in a folder")?;
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().to_uppercase();
            let is_one = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];
            if is_one.iter().any(|start| name.starts_with(start)) && entry.path().is_file() {
                names.push(entry.path());
            }
        }
        names.sort();
        let read = |path: &PathBuf| fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).replace('\r', ""));
        names
            .iter()
            .map(|path| read(path).with_context(|| format!("reading {}", path.display())))
            .collect()
    }
}
