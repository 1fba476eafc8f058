//! The keys that a check goes by: what was given, and what a log's changes of its key lead to from there.

use std::path::Path;

use counterfoil_ledger::key_change::{FOLDER, KeyChange, KeyChangeError, LogKeys};
use counterfoil_ledger::note::{Note, VerifierKey};

use crate::files::Files;
use crate::{Difference, Unchecked, What};

/// The keys that were given by other means than the files, and those that the log's own proofs lead to from there.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The log's.
    pub log: LogKeys,
    /// Those of witnesses.
    pub witnesses: Vec<VerifierKey>,
}

/// The proofs in the folder of a log of which no key could be made.
pub(crate) type Wrong = Vec<Difference>;

impl Keys {
    /// The keys that were given, and no other.
    pub fn of(log: VerifierKey, witnesses: Vec<VerifierKey>) -> Self {
        Self {
            log: log.into(),
            witnesses,
        }
    }

    /// The same with the keys that these proofs of changes of the log's key lead to.
    ///
    /// # Errors
    /// [`Unchecked::KeyNotFollowed`] when one of them is not sound, or no key vouched for it.
    pub fn with(self, changes: &[Vec<u8>]) -> Result<Self, Unchecked> {
        let read: Result<Vec<KeyChange>, KeyChangeError> = changes.iter().map(|bytes| KeyChange::read(bytes)).collect();
        let log = read.and_then(|changes| LogKeys::follow(self.log.given().clone(), changes));
        Ok(Self {
            log: log.map_err(Unchecked::KeyNotFollowed)?,
            witnesses: self.witnesses,
        })
    }

    /// The same with the keys to which the proofs in the folder of a log lead besides; where one of them is wrong, those that were given.
    ///
    /// # Errors
    /// [`Unchecked::Unreadable`].
    pub fn in_folder(&self, folder: &Path) -> Result<Self, Unchecked> {
        self.found(&Files::of(folder)).map(|(keys, _)| keys)
    }

    /// The same with the proofs that are wrong.
    pub(crate) fn found(&self, files: &Files) -> Result<(Self, Wrong), Unchecked> {
        let (mut changes, mut wrong) = (Vec::new(), Wrong::new());
        for path in files.list()? {
            let Some(leaf) = path.strip_prefix(FOLDER).and_then(|rest| rest.strip_prefix('/')) else {
                continue;
            };
            let Some(bytes) = files.read(&path)? else { continue };
            match KeyChange::read(&bytes) {
                Ok(change) if change.leaf.to_string() == leaf => changes.push(change),
                Err(KeyChangeError::NotVouchedFor { leaf }) => wrong.push(told(leaf, What::NotVouchedFor)),
                _ => wrong.push(Difference {
                    path,
                    leaf: None,
                    what: What::Altered,
                }),
            }
        }
        let given = self.log.given().clone();
        // What was given beside the folder stays, and may be a link that the folder lacks.
        let others = self.log.changes().iter().filter(|change| !changes.contains(change));
        let others: Vec<KeyChange> = others.cloned().collect();
        changes.extend(others);
        let log = LogKeys::follow(given, changes).unwrap_or_else(|error| {
            if let KeyChangeError::NoLink { leaf } = error {
                wrong.push(told(leaf, What::NotVouchedFor));
            }
            self.log.clone()
        });
        let witnesses = self.witnesses.clone();
        Ok((Self { log, witnesses }, wrong))
    }

    /// The key of the log that must have signed this checkpoint.
    pub(crate) fn signer(&self, note: &Note) -> &VerifierKey {
        self.log.of(note)
    }

    /// All keys whose signatures are looked at.
    pub(crate) fn known(&self) -> Vec<VerifierKey> {
        self.witnesses.iter().chain(self.log.all()).cloned().collect()
    }
}

/// Where the proof of the change that a leaf names lies.
pub(crate) fn path(leaf: u64) -> String {
    format!("{FOLDER}/{leaf}")
}

fn told(leaf: u64, what: What) -> Difference {
    Difference {
        path: path(leaf),
        leaf: None,
        what,
    }
}
