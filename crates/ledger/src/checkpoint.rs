//! Checkpoints: the signed statement of a log's size and root.
//!
//! The sequencer signs one after each growth that it has made durable, never two that are not consistent; mirror,
//! witnesses and verifiers read them. Does not say whether the tree is right: that is for tiles and proofs.
//!
//! Format: `docs/formats/checkpoint-and-tiles.md`. Source: C2SP tlog-checkpoint v1.0.0, read 2026-11-22.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Hash;
use crate::note::{self, Algorithm, LogKey, Note, NoteError, VerifierKey};

/// The size and root of one log at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, which is also the name of its key.
    pub origin: String,
    /// How many entries the tree has.
    pub size: u64,
    /// The root of that tree.
    pub root: Hash,
}

/// A checkpoint that a log's key signed, and who else has seen it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The known witnesses whose cosignatures are good.
    pub sightings: Vec<Sighting>,
}

/// A witness says that it saw a checkpoint, consistent with all that it saw before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The witness's key name.
    pub witness: String,
    /// When, in POSIX seconds by the witness's clock.
    pub time: u64,
}

impl Checkpoint {
    /// The text that is signed: origin, size and root, a line each.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// Reads a checkpoint's text. Extension lines are allowed and not looked at.
    ///
    /// # Errors
    /// [`CheckpointError::NotACheckpoint`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text
            .strip_suffix('\n')
            .ok_or(CheckpointError::NotACheckpoint)?
            .split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::NotACheckpoint);
        };
        if origin.is_empty() || lines.any(str::is_empty) {
            return Err(CheckpointError::NotACheckpoint);
        }
        Ok(Self {
            origin: origin.to_owned(),
            size: decimal(size).ok_or(CheckpointError::NotACheckpoint)?,
            root: hash(root).ok_or(CheckpointError::NotACheckpoint)?,
        })
    }

    /// Signs the checkpoint. The caller must have made size and root durable before.
    ///
    /// # Errors
    /// [`CheckpointError::AnotherOrigin`] when the key has another name than the log.
    pub fn sign(&self, key: &LogKey) -> Result<Note, CheckpointError> {
        if self.origin != key.verifier().name() {
            return Err(CheckpointError::AnotherOrigin);
        }
        Note::sign(self.text(), key).map_err(CheckpointError::Note)
    }

    /// Reads a signed checkpoint and believes it if the log's key signed it; says which of the known witnesses did.
    ///
    /// # Errors
    /// [`CheckpointError::Note`] when a known signature is wrong or none is there, [`CheckpointError::NotSignedByLog`]
    /// when only witnesses signed, [`CheckpointError::AnotherOrigin`], [`CheckpointError::NotACheckpoint`].
    pub fn verify(note: &Note, log: &VerifierKey, witnesses: &[VerifierKey]) -> Result<Verified, CheckpointError> {
        let good = note
            .verify(witnesses.iter().chain([log]))
            .map_err(CheckpointError::Note)?;
        if log.algorithm() != Algorithm::Ed25519 || !good.iter().any(|signature| signature.key == log) {
            return Err(CheckpointError::NotSignedByLog);
        }
        let checkpoint = Self::parse(note.text())?;
        if checkpoint.origin != log.name() {
            return Err(CheckpointError::AnotherOrigin);
        }
        let sighting = |signature: note::GoodSignature<'_>| {
            signature.time.map(|time| Sighting {
                witness: signature.key.name().to_owned(),
                time,
            })
        };
        Ok(Verified {
            checkpoint,
            sightings: good.into_iter().filter_map(sighting).collect(),
        })
    }
}

/// A decimal number without sign or leading zero.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

/// A hash in base64.
pub(crate) fn hash(text: &str) -> Option<Hash> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// Why a checkpoint is not signed, not read or not believed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CheckpointError {
    /// The note around it is not read or not believed.
    #[error("the note of the checkpoint was not accepted")]
    Note(#[source] NoteError),
    /// The text is no checkpoint.
    #[error("not a checkpoint")]
    NotACheckpoint,
    /// The log's own signature is missing.
    #[error("the log did not sign the checkpoint")]
    NotSignedByLog,
    /// It is of another log than the key.
    #[error("the checkpoint is of another log than the key")]
    AnotherOrigin,
}
