//! The log's keys, and reading and making its checkpoints.
//!
//! One key signs, and for the moment of a change two (see `key_change`). What an earlier key signed is known by its public half, which the vault keeps when it
//! destroys the seed; so no row of the database is believed about which keys are the log's. When each of them was in force the checkpoints tell that two of them signed.

use super::away;
use super::key_change::since;
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_ledger::Hash;
use counterfoil_ledger::checkpoint::{Checkpoint, CheckpointError};
use counterfoil_ledger::note::{Algorithm, LogKey, Note, NoteError, VerifierKey};
use counterfoil_vault::{HeadError, VaultError};
use std::ops::RangeInclusive;

/// Where the newest checkpoint is mirrored.
pub(super) const MIRROR: &str = "ledger/checkpoint";

/// The keys of the log that the vault knows, each with its time as far as that is known.
pub(super) struct Keys {
    /// Those whose seeds are there, oldest first: one, or two while the key is being changed.
    held: Vec<LogKey>,
    /// Those before, oldest first.
    retired: Vec<VerifierKey>,
    /// The size from which on each key but the first is in force, where a checkpoint that vouches for it is found.
    since: Vec<Option<u64>>,
    /// The size of the vault's head, where one of them is not found.
    head: u64,
}

impl Keys {
    /// The keys as they are now: another node may have changed them.
    pub(super) async fn now(flow: &Flow) -> Result<Self, Unavailable> {
        let origin = &flow.inner.settings.log_origin;
        let seeds = match flow.vault().log_seeds_now().await {
            Ok(seeds) => seeds,
            // What was altered in the vault store, be it the epoch or the provider that a row names, `verify` tells where it is; what was read
            // before that stands.
            Err(VaultError::Altered { .. } | VaultError::RootKey { .. } | VaultError::OtherProvider { .. }) => {
                flow.vault().log_seeds()
            }
            Err(error) => return Err(error.into()),
        };
        let held = seeds.seeds().iter();
        let held = held.map(|seed| LogKey::from_seed(origin, seed.reveal()));
        let retired = seeds.retired();
        let retired = retired.map(|public| VerifierKey::new(origin, Algorithm::Ed25519, *public));
        let mut keys = Self {
            held: held.collect::<Result<_, _>>().map_err(away)?,
            retired: retired.collect::<Result<_, _>>().map_err(away)?,
            since: Vec::new(),
            head: 0,
        };
        keys.since = since(flow, &keys).await?;
        if keys.since.contains(&None) {
            keys.head = match flow.vault().head().await {
                Ok(head) => head.map_or(0, |head| head.size),
                Err(HeadError::Altered) => 0,
                Err(error) => return Err(away(error)),
            };
        }
        Ok(keys)
    }

    /// Those that can sign, oldest first.
    pub(super) fn held(&self) -> &[LogKey] {
        &self.held
    }

    /// The number of the first of those that can sign, as the vault counts them.
    pub(super) fn held_from(&self) -> i64 {
        self.retired.len() as i64 + 1
    }

    /// All of them, oldest first.
    pub(super) fn known(&self) -> impl DoubleEndedIterator<Item = &VerifierKey> {
        self.retired.iter().chain(self.held.iter().map(LogKey::verifier))
    }

    /// Each key but the newest, with the one after it.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&VerifierKey, &VerifierKey)> {
        self.known().zip(self.known().skip(1))
    }

    /// The places of the keys of which one must have signed a checkpoint of that size.
    ///
    /// That is the one in force. Where a change is not found, the rows or the mirror being from before it or altered, it may be any of those between the two
    /// changes around that size; but none that is destroyed beyond the vault's head, up to which the vault knows itself what was signed.
    fn in_force(&self, size: u64) -> RangeInclusive<usize> {
        let begun = |since: &Option<u64>| since.is_some_and(|since| since <= size);
        let first = self.since.iter().rposition(begun).map_or(0, |place| place + 1);
        match self
            .since
            .iter()
            .position(|since| since.is_some_and(|since| since > size))
        {
            Some(last) => first..=last,
            None => {
                let last = first.max(self.retired.len());
                let first = if size > self.head { last } else { first };
                first..=last
            }
        }
    }

    /// The key of its time that signed a checkpoint; the newest, where more than one can be.
    pub(super) fn signer(&self, note: &Note) -> Result<&VerifierKey, CheckpointError> {
        let in_force = self.in_force(Checkpoint::parse(note.text())?.size);
        let known = self.known().enumerate();
        let signed = known.filter(|(place, key)| in_force.contains(place) && note.verify([*key]).is_ok());
        signed.last().map(|(_, key)| key).ok_or(CheckpointError::NotSignedByLog)
    }

    /// What a note says, if it is a checkpoint that this log's key of its time signed.
    pub(super) fn read(&self, note: &[u8]) -> Result<Checkpoint, CheckpointError> {
        let note = Note::parse(note).map_err(CheckpointError::Note)?;
        // A bad signature of any of them means that somebody altered what it signed.
        note.verify(self.known()).map_err(CheckpointError::Note)?;
        Checkpoint::verify(&note, self.signer(&note)?, &[]).map(|verified| verified.checkpoint)
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
