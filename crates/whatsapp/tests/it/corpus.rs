//! The public corpus of payloads, if it lies beside the repository: every file gives the kinds in the table.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use counterfoil_whatsapp::webhook::{ItemKind, split};

const TABLE: &str = include_str!("corpus_kinds.txt");

#[expect(
    clippy::disallowed_methods,
    reason = "the place of the corpus is a setting of the test run"
)]
fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let folder = std::env::var("COUNTERFOIL_CORPUS").map_or(beside, PathBuf::from);
    [folder.join("webhooks"), folder]
        .into_iter()
        .find(|folder| folder.join("msg-text.json").is_file())
}

fn table() -> BTreeMap<&'static str, Vec<&'static str>> {
    TABLE
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once(": ").expect("a line of the table has a name and kinds"))
        .map(|(file, kinds)| (file, kinds.split(' ').collect()))
        .collect()
}

fn files(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files(&entry.path(), &format!("{name}/"), found);
        } else if name.ends_with(".json") {
            found.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
}

#[test]
fn the_table_names_known_kinds_only() {
    assert_eq!(table().len(), 136);
    for kind in table().values().flatten() {
        assert!(ItemKind::from_name(kind).is_some(), "{kind}");
    }
}

#[test]
fn every_file_gives_the_kinds_in_the_table() {
    let Some(folder) = corpus() else { return };
    let mut found = BTreeMap::new();
    files(&folder, "", &mut found);
    let expected = table();
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, body) in &found {
        let kinds: Vec<_> = split(body).items.iter().map(|item| item.kind.name()).collect();
        assert_eq!(&kinds, &expected[name.as_str()], "{name}");
    }
}

/// The samples use some ids twice. Whatever order they come in, the count by kind must be the same, so two items that are
/// taken for one must be of one kind.
#[test]
fn items_taken_for_repeats_are_of_one_kind() {
    let Some(folder) = corpus() else { return };
    let mut found = BTreeMap::new();
    files(&folder, "", &mut found);
    let mut kinds: BTreeMap<Vec<u8>, (String, ItemKind)> = BTreeMap::new();
    for (name, body) in &found {
        for item in split(body).items {
            let (first, kind) = kinds
                .entry(item.dedupe)
                .or_insert_with(|| (name.clone(), item.kind))
                .clone();
            assert_eq!(kind, item.kind, "{first} and {name}");
        }
    }
}

#[test]
fn an_item_kept_whole_splits_into_itself() {
    let Some(folder) = corpus() else { return };
    let mut found = BTreeMap::new();
    files(&folder, "", &mut found);
    for (name, body) in &found {
        for item in split(body).items {
            let again = split(&item.raw).items;
            assert!(again.len() == 1 && again[0] == item, "{name}: {}", item.kind);
        }
    }
}
