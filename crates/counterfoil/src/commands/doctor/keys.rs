//! The key folder as the doctor sees it: apart from the data, and for its owner alone.

use super::findings::Findings;
use crate::config::Settings;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The bits of a mode that let anybody but the owner in.
const OTHERS: u32 = 0o077;

/// Looks at the key folder.
pub(super) fn look(settings: &Settings, findings: &mut Findings) {
    let (folder, data) = (&settings.keys.folder, &settings.storage.data);
    let meta = match std::fs::metadata(folder) {
        Ok(meta) => meta,
        Err(error) => {
            return findings.broken(
                "key",
                format!("the key folder {} cannot be seen: {error}", folder.display()),
            );
        }
    };
    rights(folder, &meta, findings);
    let inside = match (folder.canonicalize(), data.canonicalize()) {
        (Ok(folder), Ok(data)) => folder.starts_with(data),
        _ => folder.starts_with(data),
    };
    if inside {
        findings.doubtful(
            "key",
            "it lies beside the data: every copy of the data folder can be read by whoever has it, and nothing erased is \
             unrecoverable",
        );
    } else if std::fs::metadata(data).is_ok_and(|data| data.dev() == meta.dev()) {
        findings.doubtful(
            "key",
            "it is apart from the data, but on the same disk: whoever has the whole disk has both",
        );
    } else {
        findings.well("key", "it is on another disk than the data");
    }
}

fn rights(folder: &Path, meta: &Metadata, findings: &mut Findings) {
    let mut open = Vec::new();
    if meta.mode() & OTHERS != 0 {
        open.push(folder.to_owned());
    }
    match std::fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries.flatten() {
                if entry.metadata().is_ok_and(|meta| meta.mode() & OTHERS != 0) {
                    open.push(entry.path());
                }
            }
        }
        Err(error) => return findings.broken("key rights", format!("the key folder cannot be read: {error}")),
    }
    match open.first() {
        None => findings.well("key rights", "the key folder and its files are for their owner alone"),
        Some(path) => findings.broken(
            "key rights",
            format!(
                "{} is open to other accounts; make it private with `chmod go= {0}`",
                path.display()
            ),
        ),
    }
}
