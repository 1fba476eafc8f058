//! What the check of a folder found, for people and for programs.

use std::fmt;

use counterfoil_ledger::checkpoint::Checkpoint;
use counterfoil_ledger::key_change::LogKeys;
use counterfoil_ledger::note::VerifierKey;
use serde::Serialize;

use crate::Difference;
use crate::outside::Outside;
use crate::words::hex;

/// The most differences that a report lists one by one; the others are counted.
const LISTED: usize = 1_000;

/// One key of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeySaid {
    /// The verifier key.
    pub key: String,
    /// The size from which it signs.
    pub from: u64,
}

/// What the check of a folder found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FolderReport {
    /// Whether nothing differs and everything could be read.
    pub sound: bool,
    /// The name of the log.
    pub origin: String,
    /// The size that the checkpoint signs; none when the checkpoint is not believed.
    pub size: Option<u64>,
    /// The root that it signs, 64 hex digits.
    pub root: Option<String>,
    /// The keys of the log, oldest first, when it changed them and each vouched for the next.
    pub keys: Vec<KeySaid>,
    /// Files that are as they should be.
    pub files: u64,
    /// Leaves that were read.
    pub leaves: u64,
    /// Leaves that a later version wrote: they are where they should be, and nobody here can read them.
    pub later: u64,
    /// Earlier checkpoints whose trees this log contains.
    pub earlier: u64,
    /// How many differences there are.
    pub differing: u64,
    /// The first 1,000 of them.
    pub differences: Vec<Difference>,
    /// Who outside has seen the checkpoint; none when it is not believed.
    pub outside: Option<Outside>,
}

impl FolderReport {
    pub(super) fn of(log: &VerifierKey) -> Self {
        Self {
            sound: true,
            origin: log.name().to_owned(),
            size: None,
            root: None,
            keys: Vec::new(),
            files: 0,
            leaves: 0,
            later: 0,
            earlier: 0,
            differing: 0,
            differences: Vec::new(),
            outside: None,
        }
    }

    pub(super) fn signed(&mut self, checkpoint: &Checkpoint) {
        self.size = Some(checkpoint.size);
        self.root = Some(hex(&checkpoint.root));
    }

    pub(super) fn keys(&mut self, keys: &LogKeys) {
        if !keys.changes().is_empty() {
            let from = std::iter::once(0).chain(keys.changes().iter().map(|change| change.checkpoint.size));
            let said = keys.all().zip(from);
            let said = said.map(|(key, from)| KeySaid {
                key: key.to_string(),
                from,
            });
            self.keys = said.collect();
        }
    }

    pub(super) fn differs(&mut self, difference: Difference) {
        self.sound = false;
        self.differing += 1;
        if self.differences.len() < LISTED {
            self.differences.push(difference);
        }
    }
}

impl fmt::Display for FolderReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "log      {}", self.origin)?;
        if let (Some(size), Some(root)) = (self.size, &self.root) {
            writeln!(f, "         size {size}, root {root}")?;
        }
        for KeySaid { key, from } in &self.keys {
            writeln!(f, "key      {key}, from size {from}")?;
        }
        writeln!(
            f,
            "read     {} leaves; {} files are as they should be",
            self.leaves, self.files
        )?;
        if self.later > 0 {
            writeln!(
                f,
                "note     {} leaves are of a later version: take a newer counterfoil-verify to read them",
                self.later
            )?;
        }
        if self.earlier > 0 {
            writeln!(
                f,
                "holds    the trees of {} earlier checkpoints, unchanged",
                self.earlier
            )?;
        }
        for difference in &self.differences {
            writeln!(f, "DIFFERS  {difference}")?;
        }
        let unlisted = self.differing - self.differences.len() as u64;
        if unlisted > 0 {
            writeln!(f, "DIFFERS  and {unlisted} more files")?;
        }
        match (self.sound, self.later) {
            (true, 0) => writeln!(f, "Sound: every file is what the signed checkpoint says.")?,
            (true, _) => writeln!(
                f,
                "Every file is what the signed checkpoint says, but not every leaf could be read."
            )?,
            (false, _) => writeln!(f, "Not sound: this is not the log that was signed, or not all of it.")?,
        }
        match &self.outside {
            Some(outside) => outside.fmt(f),
            None => Ok(()),
        }
    }
}
