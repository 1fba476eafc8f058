//! Changes of a log's key: by which of its signatures one key vouches for the next, and which key a checkpoint must be signed with.
//!
//! ```text
//! leaf: before, after ─► the first checkpoint with it, signed by both ─► proof of the change (a slip) ─┐
//! one key that was given by other means ─────────────────────────────────────────────────────────────┴─► chain of keys
//! ```
//!
//! The sequencer signs such checkpoints and the operator's command asks for them; verifiers follow the chain from the key that they hold. A leaf alone
//! changes nothing, since whoever writes leaves could write it. Trusts no key by itself.
//!
//! Format: `docs/formats/checkpoint-and-tiles.md`.

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::leaf::{Fact, Leaf};
use crate::note::{Algorithm, Note, NoteError, VerifierKey};
use crate::registry::{FactKey, LeafKind};
use crate::slip::{Slip, SlipError};

/// The folder of a log in which the proofs of its changes of the key lie, each by the place of its leaf.
pub const FOLDER: &str = "key-change";

/// Two keys of a log, as a leaf names them: nothing more than what somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The key that signs so far.
    pub before: VerifierKey,
    /// The key that is to sign from then on.
    pub after: VerifierKey,
}

impl Named {
    /// What a leaf of the log with that name says of a change of its key; `None` when it is of another kind, or does not name two keys. Whatever its subject is, since a verifier does
    /// not know which one is the installation's: so a log signs none with another.
    pub fn of(origin: &str, leaf: &Leaf) -> Option<Self> {
        let key = |fact| match leaf.facts.get(&fact) {
            Some(Fact::Hash(public)) => VerifierKey::new(origin, Algorithm::Ed25519, *public).ok(),
            _ => None,
        };
        (leaf.kind == LeafKind::LogKeyChanged).then_some(())?;
        Some(Self {
            before: key(FactKey::PreviousKey)?,
            after: key(FactKey::PublicKey)?,
        })
    }
}

/// A change of the key of a log that both keys signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyChange {
    /// The place of the leaf that names the keys.
    pub leaf: u64,
    /// The keys.
    pub keys: Named,
    /// The checkpoint with that leaf that both of them signed.
    pub checkpoint: Checkpoint,
}

impl KeyChange {
    /// Reads the proof of a change. That its keys are those of the log in question only a chain can tell: see [`LogKeys::follow`].
    ///
    /// # Errors
    /// [`KeyChangeError::Slip`] or [`KeyChangeError::NotAProof`] when it is no such file, spelled in the one way; [`KeyChangeError::NotVouchedFor`] when
    /// the key before did not sign, [`KeyChangeError::NotHeld`] when the key after did not.
    pub fn read(bytes: &[u8]) -> Result<Self, KeyChangeError> {
        let slip = Slip::parse(bytes).map_err(KeyChangeError::Slip)?;
        if slip.to_string().as_bytes() != bytes {
            return Err(KeyChangeError::NotAProof);
        }
        Self::of(&slip)
    }

    /// The same of a slip.
    ///
    /// # Errors
    /// As [`KeyChange::read`].
    pub fn of(slip: &Slip) -> Result<Self, KeyChangeError> {
        let note = &slip.checkpoint;
        let ([proven], 2) = (&slip.leaves[..], note.signatures().len()) else {
            return Err(KeyChangeError::NotAProof);
        };
        let leaf = proven.index;
        let named = Leaf::decode(&proven.entry).ok();
        let origin = Checkpoint::parse(note.text()).map_err(|error| KeyChangeError::Slip(SlipError::Believe(error)))?;
        let keys = named
            .and_then(|named| Named::of(&origin.origin, &named))
            .filter(|keys| keys.before != keys.after)
            .ok_or(KeyChangeError::NotAProof)?;
        let signed = |key: &VerifierKey, without: KeyChangeError| match slip.verify(key, &[]) {
            Err(SlipError::Believe(
                CheckpointError::NotSignedByLog | CheckpointError::Note(NoteError::Unknown | NoteError::WrongSignature),
            )) => Err(without),
            Err(error) => Err(KeyChangeError::Slip(error)),
            Ok(life) => Ok(life.verified.checkpoint),
        };
        let checkpoint = signed(&keys.before, KeyChangeError::NotVouchedFor { leaf })?;
        signed(&keys.after, KeyChangeError::NotHeld { leaf })?;
        let in_order = note.signatures()[0].key_id() == keys.before.id();
        if !in_order {
            return Err(KeyChangeError::NotAProof);
        }
        Ok(Self { leaf, keys, checkpoint })
    }
}

/// The keys of one log, oldest first, each vouched for by the one before. What was given is one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogKeys {
    given: VerifierKey,
    changes: Vec<KeyChange>,
}

impl From<VerifierKey> for LogKeys {
    /// A log of which one key is known.
    fn from(given: VerifierKey) -> Self {
        Self {
            given,
            changes: Vec::new(),
        }
    }
}

impl LogKeys {
    /// The chain of these changes, in whatever order they come, from the key that was given, forwards and backwards.
    ///
    /// # Errors
    /// [`KeyChangeError::NoLink`] with the leaf of the first change that nothing joins to the others, or all of them to the key.
    pub fn follow(given: VerifierKey, changes: impl IntoIterator<Item = KeyChange>) -> Result<Self, KeyChangeError> {
        let mut changes: Vec<KeyChange> = changes.into_iter().collect();
        changes.sort_by_key(|change| change.leaf);
        for pair in changes.windows(2) {
            let joined = pair[0].keys.after == pair[1].keys.before && pair[0].checkpoint.size <= pair[1].leaf;
            if !joined {
                return Err(KeyChangeError::NoLink { leaf: pair[1].leaf });
            }
        }
        let keys = Self { given, changes };
        match keys.changes.first() {
            Some(first) if !keys.all().any(|key| *key == keys.given) => {
                Err(KeyChangeError::NoLink { leaf: first.leaf })
            }
            _ => Ok(keys),
        }
    }

    /// The key that was given by other means.
    pub const fn given(&self) -> &VerifierKey {
        &self.given
    }

    /// The changes, in the order of their leaves.
    pub fn changes(&self) -> &[KeyChange] {
        &self.changes
    }

    /// All keys, oldest first.
    pub fn all(&self) -> impl Iterator<Item = &VerifierKey> {
        let first = self.changes.first().map_or(&self.given, |first| &first.keys.before);
        std::iter::once(first).chain(self.changes.iter().map(|change| &change.keys.after))
    }

    /// The key that must have signed a checkpoint of that size.
    pub fn at(&self, size: u64) -> &VerifierKey {
        let passed = self.changes.iter().rfind(|change| change.checkpoint.size <= size);
        match (passed, self.changes.first()) {
            (Some(last), _) => &last.keys.after,
            (None, Some(first)) => &first.keys.before,
            (None, None) => &self.given,
        }
    }

    /// The key that must have signed this checkpoint, by the size that it says; the given one when it says none.
    pub fn of(&self, note: &Note) -> &VerifierKey {
        match Checkpoint::parse(note.text()) {
            Ok(checkpoint) => self.at(checkpoint.size),
            Err(_) => &self.given,
        }
    }
}

/// Why a change of the key is not believed.
#[derive(Debug, thiserror::Error)]
pub enum KeyChangeError {
    /// The slip cannot be read, or proves nothing.
    #[error("the proof of a change of the log's key is not sound")]
    Slip(#[source] SlipError),
    /// It is another slip, or not spelled in the one way.
    #[error("not the proof of a change of the log's key")]
    NotAProof,
    /// The key that signed until then did not sign it.
    #[error("the log's key before did not vouch for the change of the key at leaf {leaf}")]
    NotVouchedFor {
        /// The place of the leaf.
        leaf: u64,
    },
    /// The key that is said to sign from then on did not sign it.
    #[error("the key that leaf {leaf} names did not sign, so nobody is known to hold it")]
    NotHeld {
        /// The place of the leaf.
        leaf: u64,
    },
    /// It joins neither the change before it nor the given key.
    #[error(
        "the change of the log's key at leaf {leaf} does not join the key before it, or leads to or from another log's key"
    )]
    NoLink {
        /// The place of the leaf.
        leaf: u64,
    },
}
