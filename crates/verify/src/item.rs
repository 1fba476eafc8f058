//! One item: its slip or one of its leaves, with what was disclosed of it.
//!
//! The leaves are proven first, then their commitments are compared with what was shown. The verdicts are those of the slip's page and are
//! never merged. What cannot be read is [`Unchecked`] and no verdict.
//!
//! Formats: `docs/formats/slip.md`, `docs/formats/opening.md`.

mod report;

pub use report::{FieldSaid, ItemReport, StepSaid};

use std::path::Path;

use counterfoil_ledger::checkpoint::CheckpointError;
use counterfoil_ledger::leaf::{Leaf, LeafError};
use counterfoil_ledger::life::{Life, Step, Trail, Verdict};
use counterfoil_ledger::note::NoteError;
use counterfoil_ledger::opening::Opening;
use counterfoil_ledger::proof_file::{ProofFile, ProofFileError};
use counterfoil_ledger::slip::{Slip, SlipError};

use crate::outside::Outside;
use crate::words::id;
use crate::{Keys, Unchecked, folder};

/// Checks a slip, and what was disclosed of its item.
///
/// # Errors
/// [`Unchecked::NotRead`] when it is no slip, or one of a later version.
pub fn slip(bytes: &[u8], shown: &[Opening], keys: &Keys) -> Result<ItemReport, Unchecked> {
    let not_read = |error: SlipError| Unchecked::NotRead("the slip", error.into());
    let slip = Slip::parse(bytes).map_err(not_read)?;
    match slip.verify(keys.signer(&slip.checkpoint), &keys.known()) {
        Ok(life) => {
            let outside = Outside::of(&slip.checkpoint, &life.verified, keys);
            Ok(ItemReport::told(&life, shown, outside))
        }
        Err(error) => {
            let verdict = match &error {
                SlipError::Believe(error) => believed(error),
                SlipError::Inclusion { .. } => Verdict::NotIncluded,
                SlipError::OutOfOrder { .. } | SlipError::OfSomethingElse { .. } => Verdict::Altered,
                SlipError::Leaf { .. } | SlipError::UnknownVersion | SlipError::NotASlip | SlipError::Checkpoint(_) => {
                    return Err(not_read(error));
                }
            };
            Ok(ItemReport::refused(slip.item, verdict, &error))
        }
    }
}

/// Says besides whether the slip holds every leaf of its item that the log holds, as the log's folder has it. A slip that left one out is
/// altered: it tells another life.
///
/// # Errors
/// [`Unchecked`] when the folder is not sound, or is of an earlier time than the slip.
pub fn whole(report: &mut ItemReport, folder: &Path, keys: &Keys) -> Result<(), Unchecked> {
    let (true, Some((_, size)), Some(item)) = (report.sound, &report.log, id(&report.item)) else {
        return Ok(());
    };
    let (mut trail, mut wanted) = (Trail::of(item), Vec::new());
    let log = folder::check(folder, keys, &[], |index, leaf| {
        if index < *size && trail.takes(leaf) {
            wanted.push(index);
        }
    })?;
    let reaches = log.size.is_some_and(|reached| reached >= *size);
    if !log.sound || log.later > 0 || !reaches {
        return Err(Unchecked::NotThatLog);
    }
    // Both are in the order of the log.
    let has = |index: &u64| report.steps.binary_search_by_key(index, |step| step.leaf).is_ok();
    let left_out = wanted.iter().filter(|index| !has(index)).count();
    report.left_out(left_out);
    Ok(())
}

/// Checks that one leaf is in the log by the proof file that lies beside it, and what was disclosed of it. The file's extra counts when it is
/// an opening file.
///
/// # Errors
/// [`Unchecked::NotRead`] when one of them is not what it should be, or of a later version.
pub fn proof(bytes: &[u8], entry: &[u8], shown: &[Opening], keys: &Keys) -> Result<ItemReport, Unchecked> {
    let proof = ProofFile::parse(bytes).map_err(|error| Unchecked::NotRead("the proof file", error.into()))?;
    let leaf = Leaf::decode(entry).map_err(|error: LeafError| Unchecked::NotRead("the leaf", error.into()))?;
    let verified = match proof.verify(entry, keys.signer(&proof.checkpoint), &keys.known()) {
        Ok(verified) => verified,
        Err(error) => {
            let verdict = match &error {
                ProofFileError::Believe(error) => believed(error),
                _ => Verdict::NotIncluded,
            };
            return Ok(ItemReport::refused(leaf.subject, verdict, &error));
        }
    };
    let mut shown = shown.to_vec();
    shown.extend(proof.extra.as_deref().and_then(|extra| Opening::parse(extra).ok()));
    let outside = Outside::of(&proof.checkpoint, &verified, keys);
    let life = Life {
        item: leaf.subject,
        steps: vec![Step {
            index: proof.index,
            leaf,
        }],
        verified,
    };
    Ok(ItemReport::told(&life, &shown, outside))
}

/// Reads an opening file.
///
/// # Errors
/// [`Unchecked::NotRead`].
pub fn opening(bytes: &[u8]) -> Result<Opening, Unchecked> {
    Opening::parse(bytes).map_err(|error| Unchecked::NotRead("the opening file", error.into()))
}

/// A known key's bad signature means that somebody altered what it signed; without one, another log signed it or none.
fn believed(error: &CheckpointError) -> Verdict {
    match error {
        CheckpointError::NotSignedByLog
        | CheckpointError::AnotherOrigin
        | CheckpointError::Note(NoteError::Unknown) => Verdict::NotIncluded,
        CheckpointError::Note(_) | CheckpointError::NotACheckpoint => Verdict::Altered,
    }
}
