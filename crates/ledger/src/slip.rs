//! The slip: all that the log keeps of one item for ever, as a file that a stranger can check.
//!
//! Made from the leaves and tiles of a log when somebody asks for it; checked with nothing but the log's key. Holds ids, kinds,
//! times, digests and commitments, and never content, a name or an address. That no leaf was left out it cannot show: for
//! that the whole log is there.
//!
//! Format: `docs/formats/slip.md`.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{self, Checkpoint, CheckpointError};
use crate::leaf::{Leaf, LeafError};
use crate::life::{Life, Step, Trail};
use crate::note::{Note, NoteError, VerifierKey};
use crate::proof::{ProofError, verify_inclusion};
use crate::{Hash, Id, hex, tree};

/// The first line, with the version. Never change what follows it; add a version.
const FIRST_LINE: &str = "counterfoil/slip/v1";

/// The most leaves that one slip may hold.
pub const LEAVES_MAX: usize = 65_535;

/// The most hashes that an inclusion proof can have: one for each bit of an index.
const HASHES_MAX: usize = 64;

/// The leaves of one item with their proofs against one checkpoint. Until it is verified, nothing in it may be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// The item.
    pub item: Id,
    /// Its leaves, in the order of the log, at least one.
    pub leaves: Vec<ProvenLeaf>,
    /// The checkpoint as signed, with the lines of its witnesses.
    pub checkpoint: Note,
}

/// A leaf's bytes, its place, and the proof that they belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenLeaf {
    /// Its place in the log, from 0.
    pub index: u64,
    /// Its bytes.
    pub entry: Vec<u8>,
    /// The inclusion proof, the leaf's sibling first.
    pub hashes: Vec<Hash>,
}

impl Slip {
    /// Reads a slip.
    ///
    /// # Errors
    /// [`SlipError::UnknownVersion`], [`SlipError::NotASlip`] or [`SlipError::Checkpoint`].
    pub fn parse(bytes: &[u8]) -> Result<Self, SlipError> {
        let text = std::str::from_utf8(bytes).map_err(|_| SlipError::NotASlip)?;
        let (first, rest) = text.split_once('\n').ok_or(SlipError::NotASlip)?;
        if first != FIRST_LINE {
            return Err(match first.strip_prefix("counterfoil/slip/v") {
                Some(_) => SlipError::UnknownVersion,
                None => SlipError::NotASlip,
            });
        }
        let (head, note) = rest.split_once("\n\n").ok_or(SlipError::NotASlip)?;
        let (item, leaves) = read(head).ok_or(SlipError::NotASlip)?;
        Ok(Self {
            item,
            leaves,
            checkpoint: Note::parse(note.as_bytes()).map_err(SlipError::Checkpoint)?,
        })
    }

    /// Checks that the log signed a tree that has each of these leaves at its place, and that all of them tell the life of
    /// the item.
    ///
    /// # Errors
    /// [`SlipError::Believe`] when the checkpoint is not good; [`SlipError::Leaf`], [`SlipError::Inclusion`],
    /// [`SlipError::OutOfOrder`] or [`SlipError::OfSomethingElse`] with the place of the first leaf that is wrong.
    pub fn verify(&self, log: &VerifierKey, witnesses: &[VerifierKey]) -> Result<Life, SlipError> {
        let verified = Checkpoint::verify(&self.checkpoint, log, witnesses).map_err(SlipError::Believe)?;
        let Checkpoint { size, root, .. } = &verified.checkpoint;
        let mut trail = Trail::of(self.item);
        let mut steps: Vec<Step> = Vec::with_capacity(self.leaves.len());
        for ProvenLeaf { index, entry, hashes } in &self.leaves {
            let index = *index;
            verify_inclusion(&tree::leaf_hash(entry), index, *size, root, hashes)
                .map_err(|source| SlipError::Inclusion { index, source })?;
            let leaf = Leaf::decode(entry).map_err(|source| SlipError::Leaf { index, source })?;
            if steps.last().is_some_and(|last| last.index >= index) {
                return Err(SlipError::OutOfOrder { index });
            }
            if !trail.takes(&leaf) {
                return Err(SlipError::OfSomethingElse { index });
            }
            steps.push(Step { index, leaf });
        }
        Ok(Life {
            item: self.item,
            steps,
            verified,
        })
    }
}

fn read(head: &str) -> Option<(Id, Vec<ProvenLeaf>)> {
    let mut lines = head.split('\n').peekable();
    let item = hex::read(lines.next()?.strip_prefix("item ")?)?;
    let mut leaves = Vec::new();
    while let Some(line) = lines.next() {
        let index = checkpoint::decimal(line.strip_prefix("leaf ")?)?;
        let entry = STANDARD.decode(lines.next()?).ok()?;
        let mut hashes = Vec::new();
        while let Some(hash) = lines.next_if(|line| !line.starts_with("leaf ")) {
            hashes.push(checkpoint::hash(hash)?);
        }
        if hashes.len() > HASHES_MAX || leaves.len() == LEAVES_MAX {
            return None;
        }
        leaves.push(ProvenLeaf { index, entry, hashes });
    }
    (!leaves.is_empty()).then_some((item, leaves))
}

/// The file's text.
impl fmt::Display for Slip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}\nitem {}", hex::Hex(&self.item))?;
        for leaf in &self.leaves {
            writeln!(f, "leaf {}\n{}", leaf.index, STANDARD.encode(&leaf.entry))?;
            leaf.hashes
                .iter()
                .try_for_each(|hash| writeln!(f, "{}", STANDARD.encode(hash)))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

/// Why a slip is not read or proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum SlipError {
    /// Written by a later version of the format.
    #[error("a slip of a later version")]
    UnknownVersion,
    /// The lines before the checkpoint are not those of a slip.
    #[error("not a slip")]
    NotASlip,
    /// The checkpoint in it cannot be read.
    #[error("the slip's checkpoint cannot be read")]
    Checkpoint(#[source] NoteError),
    /// The checkpoint in it is not believed.
    #[error("the slip's checkpoint is not believed")]
    Believe(#[source] CheckpointError),
    /// A leaf cannot be read.
    #[error("leaf {index} of the slip cannot be read")]
    Leaf {
        /// Its place in the log.
        index: u64,
        /// Why.
        source: LeafError,
    },
    /// A leaf is not at that place in the tree of the checkpoint.
    #[error("leaf {index} is not where the slip says")]
    Inclusion {
        /// The place.
        index: u64,
        /// Why.
        source: ProofError,
    },
    /// A leaf stands behind a later one, or twice.
    #[error("leaf {index} stands in the slip out of order")]
    OutOfOrder {
        /// Its place in the log.
        index: u64,
    },
    /// A leaf tells of something else than the item.
    #[error("leaf {index} does not belong to the item of the slip")]
    OfSomethingElse {
        /// Its place in the log.
        index: u64,
    },
}
