//! Who outside has seen the log. A log that nobody else has seen can be written anew by whoever holds its key; so each check ends with
//! this, also when the answer is that nobody has.

use std::fmt;

use counterfoil_ledger::checkpoint::Verified;
use counterfoil_ledger::note::Note;
use serde::Serialize;

use crate::Keys;
use crate::words::time_of_seconds;

/// One witness who countersigned a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// The name of the witness's key.
    pub witness: String,
    /// When, by the witness's clock, in POSIX seconds.
    pub time: u64,
}

/// Who outside has countersigned a checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outside {
    /// The witnesses whose keys were given and whose signatures are good.
    pub seen: Vec<Seen>,
    /// How many witnesses' keys were given.
    pub asked: usize,
    /// How many more signatures stand there, of keys that were not given.
    pub unknown: usize,
}

impl Outside {
    /// Who has countersigned this checkpoint, which was verified before.
    pub(crate) fn of(note: &Note, verified: &Verified, keys: &Keys) -> Self {
        let known = keys.known();
        let is_known = |line: &&counterfoil_ledger::note::Signature| {
            known
                .iter()
                .any(|key| line.key_id() == key.id() && line.name() == key.name())
        };
        let known = note.signatures().iter().filter(is_known).count();
        let seen = |sighting: &counterfoil_ledger::checkpoint::Sighting| Seen {
            witness: sighting.witness.clone(),
            time: sighting.time,
        };
        Self {
            seen: verified.sightings.iter().map(seen).collect(),
            asked: keys.witnesses.len(),
            unknown: note.signatures().len() - known,
        }
    }
}

impl fmt::Display for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for seen in &self.seen {
            let time = time_of_seconds(seen.time);
            writeln!(f, "Seen from outside by {}, as of {time} by its clock.", seen.witness)?;
        }
        if self.seen.is_empty() && self.unknown == 0 {
            writeln!(
                f,
                "Nobody outside has countersigned this checkpoint: whoever holds the log's key could have written it anew."
            )?;
        } else if self.seen.is_empty() {
            writeln!(f, "No witness whose key was given has countersigned this checkpoint.")?;
        }
        match self.unknown {
            0 => Ok(()),
            1 => writeln!(
                f,
                "One more signature stands under it; its key was not given, so it was not checked."
            ),
            many => writeln!(
                f,
                "{many} more signatures stand under it; their keys were not given, so they were not checked."
            ),
        }
    }
}
