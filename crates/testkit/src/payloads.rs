//! Recorded webhook payloads: our own samples, and the public corpus where it lies beside the repository or is named.

use crate::surroundings;
use std::path::{Path, PathBuf};

/// Every payload with its name, in the order of the names.
///
/// # Panics
/// When a file cannot be read.
pub fn payloads() -> Vec<(String, Vec<u8>)> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    files(&here.join("../whatsapp/samples"), &mut found);
    if let Some(corpus) = corpus(here) {
        files(&corpus, &mut found);
    }
    found.sort();
    found
}

fn corpus(here: &Path) -> Option<PathBuf> {
    let folder = surroundings::corpus().unwrap_or_else(|| here.join("../../../shared/corpus"));
    [folder.join("webhooks"), folder]
        .into_iter()
        .find(|folder| folder.join("msg-text.json").is_file())
}

fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    let entries = std::fs::read_dir(folder).expect("the folder of payloads can be read");
    for entry in entries {
        let path = entry.expect("the folder of payloads can be read").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "json") {
            let body = std::fs::read(&path).expect("a payload can be read");
            found.push((path.display().to_string(), body));
        }
    }
}
