//! The log's keys, and reading and making its checkpoints.
//!
//! One key signs, and for the moment of a change two (see `key_change`). What an earlier key signed is known by its public half, which the vault keeps when it
//! destroys the seed; so no row of the database is believed about which keys are the log's.

use super::away;
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_ledger::Hash;
use counterfoil_ledger::checkpoint::{Checkpoint, CheckpointError};
use counterfoil_ledger::note::{Algorithm, LogKey, Note, NoteError, VerifierKey};
use counterfoil_vault::VaultError;

/// Where the newest checkpoint is mirrored.
pub(super) const MIRROR: &str = "ledger/checkpoint";

/// The keys of the log that the vault knows.
pub(super) struct Keys {
    /// Those whose seeds are there, oldest first: one, or two while the key is being changed.
    held: Vec<LogKey>,
    /// Those before, oldest first.
    retired: Vec<VerifierKey>,
}

impl Keys {
    /// The keys as they are now: another node may have changed them.
    pub(super) async fn now(flow: &Flow) -> Result<Self, Unavailable> {
        let origin = &flow.inner.settings.log_origin;
        let seeds = match flow.vault().log_seeds_now().await {
            Err(error @ VaultError::Unavailable(_)) => return Err(error.into()),
            // What was altered in the vault store `verify` tells where it is; what was read before that stands.
            Err(_) => flow.vault().log_seeds(),
            Ok(seeds) => seeds,
        };
        let held = seeds.seeds().iter();
        let held = held.map(|seed| LogKey::from_seed(origin, seed.reveal()));
        let retired = seeds.retired();
        let retired = retired.map(|public| VerifierKey::new(origin, Algorithm::Ed25519, *public));
        Ok(Self {
            held: held.collect::<Result<_, _>>().map_err(away)?,
            retired: retired.collect::<Result<_, _>>().map_err(away)?,
        })
    }

    /// Those that can sign, oldest first.
    pub(super) fn held(&self) -> &[LogKey] {
        &self.held
    }

    /// All of them, oldest first.
    pub(super) fn known(&self) -> impl DoubleEndedIterator<Item = &VerifierKey> {
        self.retired.iter().chain(self.held.iter().map(LogKey::verifier))
    }

    /// The newest of them that signed a note; the newest of all when none did.
    pub(super) fn signer(&self, note: &Note) -> Option<&VerifierKey> {
        let signed = |key: &&VerifierKey| note.verify([*key]).is_ok();
        self.known().rev().find(signed).or(self.known().next_back())
    }

    /// What a note says, if it is a checkpoint that one of this log's keys signed.
    pub(super) fn read(&self, note: &[u8]) -> Result<Checkpoint, CheckpointError> {
        let note = Note::parse(note).map_err(CheckpointError::Note)?;
        // A bad signature of any of them means that somebody altered what it signed.
        note.verify(self.known()).map_err(CheckpointError::Note)?;
        let signer = self.signer(&note).ok_or(CheckpointError::NotSignedByLog)?;
        Checkpoint::verify(&note, signer, &[]).map(|verified| verified.checkpoint)
    }
}

/// Signs size and root, which must be durable, with each of these keys.
pub(super) fn sign(keys: &[LogKey], size: u64, root: Hash) -> Result<Note, Unavailable> {
    let Some((first, others)) = keys.split_first() else {
        return Err(away(NoteError::NoSignatures));
    };
    let checkpoint = Checkpoint {
        origin: first.verifier().name().to_owned(),
        size,
        root,
    };
    let mut note = checkpoint.sign(first).map_err(away)?;
    for key in others {
        note.sign_too(key).map_err(away)?;
    }
    Ok(note)
}

/// What a note says, by the keys as they are now.
pub(super) async fn read(flow: &Flow, note: &[u8]) -> Result<Result<Checkpoint, CheckpointError>, Unavailable> {
    Ok(Keys::now(flow).await?.read(note))
}
