//! The `.tlog-proof` file: all that a stranger needs, besides the entry and the log's key, to see that it was logged.
//!
//! Lies beside each exported record. What it carries as extra is not covered by any signature and is never believed.
//!
//! Format: `docs/formats/checkpoint-and-tiles.md`. Source: C2SP `tlog-proof@v1`, read 2026-11-22.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{self, Checkpoint, CheckpointError, Verified};
use crate::note::{Note, NoteError, VerifierKey};
use crate::proof::{ProofError, verify_inclusion};
use crate::{Hash, tree};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// The most hashes that an inclusion proof can have: one for each bit of an index.
const HASHES_MAX: usize = 64;

/// An inclusion proof with the signed checkpoint that it leads to.
///
/// Has no Debug: the extra may be an opening.
#[derive(Clone, PartialEq, Eq)]
pub struct ProofFile {
    /// Whatever the exporter adds, such as an opening that may be disclosed.
    pub extra: Option<Vec<u8>>,
    /// The place of the entry in the log, from 0.
    pub index: u64,
    /// The inclusion proof, the leaf's sibling first.
    pub hashes: Vec<Hash>,
    /// The checkpoint as signed, with the lines of its witnesses.
    pub checkpoint: Note,
}

impl ProofFile {
    /// Reads a proof file.
    ///
    /// # Errors
    /// [`ProofFileError::NotAProof`] or [`ProofFileError::Checkpoint`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofFileError> {
        let text = std::str::from_utf8(bytes).map_err(|_| ProofFileError::NotAProof)?;
        let (head, note) = text.split_once("\n\n").ok_or(ProofFileError::NotAProof)?;
        let checkpoint = Note::parse(note.as_bytes()).map_err(ProofFileError::Checkpoint)?;
        let (extra, index, hashes) = parse_head(head).ok_or(ProofFileError::NotAProof)?;
        Ok(Self {
            extra,
            index,
            hashes,
            checkpoint,
        })
    }

    /// Checks that the log signed a tree that has this entry at this place; says which of the known witnesses saw it.
    ///
    /// # Errors
    /// [`ProofFileError::Believe`] when the checkpoint is not good, [`ProofFileError::Inclusion`] when it is, but the
    /// entry is not in its tree at this place.
    pub fn verify(
        &self,
        entry: &[u8],
        log: &VerifierKey,
        witnesses: &[VerifierKey],
    ) -> Result<Verified, ProofFileError> {
        let verified = Checkpoint::verify(&self.checkpoint, log, witnesses).map_err(ProofFileError::Believe)?;
        let Checkpoint { size, root, .. } = &verified.checkpoint;
        verify_inclusion(&tree::leaf_hash(entry), self.index, *size, root, &self.hashes)
            .map_err(ProofFileError::Inclusion)?;
        Ok(verified)
    }
}

fn parse_head(head: &str) -> Option<(Option<Vec<u8>>, u64, Vec<Hash>)> {
    let mut lines = head
        .strip_prefix(FIRST_LINE)?
        .strip_prefix('\n')?
        .split('\n')
        .peekable();
    let extra = match lines.next_if(|line| line.starts_with("extra ")) {
        Some(line) => Some(STANDARD.decode(line.strip_prefix("extra ")?).ok()?),
        None => None,
    };
    let index = checkpoint::decimal(lines.next()?.strip_prefix("index ")?)?;
    let hashes: Vec<Hash> = lines.map(checkpoint::hash).collect::<Option<_>>()?;
    (hashes.len() <= HASHES_MAX).then_some((extra, index, hashes))
}

/// The file's text.
impl fmt::Display for ProofFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes
            .iter()
            .try_for_each(|hash| writeln!(f, "{}", STANDARD.encode(hash)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

/// Why a proof file is not read or proves nothing.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ProofFileError {
    /// The lines before the checkpoint are not those of a proof.
    #[error("not a proof file")]
    NotAProof,
    /// The checkpoint in it cannot be read.
    #[error("the proof's checkpoint cannot be read")]
    Checkpoint(#[source] NoteError),
    /// The checkpoint in it is not believed.
    #[error("the proof's checkpoint is not believed")]
    Believe(#[source] CheckpointError),
    /// The entry is not at that place in the tree of the checkpoint.
    #[error("the entry is not where the proof says")]
    Inclusion(#[source] ProofError),
}
