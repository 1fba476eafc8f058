//! The log's key, and reading and making its checkpoints.

use super::away;
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_ledger::Hash;
use counterfoil_ledger::checkpoint::{Checkpoint, CheckpointError};
use counterfoil_ledger::note::{LogKey, Note, VerifierKey};

/// Where the newest checkpoint is mirrored.
pub(super) const MIRROR: &str = "ledger/checkpoint";

/// The key that signs checkpoints, named as the log is.
pub(super) fn key(flow: &Flow) -> Result<LogKey, Unavailable> {
    let seed = flow.vault().log_seed();
    LogKey::from_seed(&flow.inner.settings.log_origin, seed.reveal()).map_err(away)
}

/// Signs size and root, which must be durable.
pub(super) fn sign(key: &LogKey, size: u64, root: Hash) -> Result<Note, Unavailable> {
    let checkpoint = Checkpoint {
        origin: key.verifier().name().to_owned(),
        size,
        root,
    };
    checkpoint.sign(key).map_err(away)
}

/// What a note says, if it is a checkpoint that this log's key signed.
pub(super) fn read(key: &VerifierKey, note: &[u8]) -> Result<Checkpoint, CheckpointError> {
    let note = Note::parse(note).map_err(CheckpointError::Note)?;
    Checkpoint::verify(&note, key, &[]).map(|verified| verified.checkpoint)
}
