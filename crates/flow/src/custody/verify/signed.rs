//! What was signed or kept about the log: checkpoints, the mirror, the vault's head. Each claims a root at a size.

use super::report::What;
use super::{Run, key_changes};
use crate::context::Unavailable;
use crate::custody::{away, sign};
use counterfoil_ledger::Hash;
use counterfoil_ledger::checkpoint::{Checkpoint, CheckpointError};
use counterfoil_ledger::key_change::LogKeys;
use counterfoil_ledger::note::{Note, NoteError};
use counterfoil_store::rows::CheckpointRow;
use counterfoil_vault::HeadError;
use std::collections::{BTreeMap, VecDeque};

/// Checkpoints per page.
const PAGE: usize = 256;

/// Somebody's word that the tree of that size had this root.
pub(super) struct Claim {
    pub(super) size: u64,
    pub(super) root: Hash,
    /// Who says so, in words.
    pub(super) by: String,
}

/// All claims, smallest size first, a page of checkpoints at a time.
pub(super) struct Claims {
    keys: LogKeys,
    /// Claims that are no checkpoint rows.
    others: BTreeMap<u64, Vec<Claim>>,
    page: VecDeque<CheckpointRow>,
    after: i64,
    exhausted: bool,
    /// The greatest size that somebody signed or sealed.
    pub(super) greatest: u64,
}

impl Claims {
    /// Reads the claims that stand alone. They are read in the opposite order to that in which they are written, so that beside a
    /// working sequencer each is at most as far as the next.
    pub(super) async fn gather(run: &mut Run<'_>) -> Result<Self, Unavailable> {
        let flow = run.flow;
        let keys = key_changes::chain(run).await?;
        run.report.log.origin = keys.given().name().to_owned();
        run.report.log.key = keys.given().to_string();
        let mut claims = Self {
            keys,
            others: BTreeMap::new(),
            page: VecDeque::new(),
            after: i64::MIN,
            exhausted: false,
            greatest: 0,
        };
        let changes = claims.keys.changes().to_vec();
        for change in changes {
            let by = format!("the proof of the change of the log's key at leaf {}", change.leaf);
            claims.claim(change.checkpoint.size, change.checkpoint.root, &by);
        }
        let head = claims.head(run).await?;
        let mirrored = claims.mirror(run, head).await?;
        let newest = flow.store().checkpoint_latest().await?;
        let newest = match newest {
            Some(row) => claims.read(run, row.note.as_bytes()).await?.ok(),
            None => None,
        };
        if let Some(newest) = &newest {
            claims.greatest = claims.greatest.max(newest.size);
            run.report.log.signed = Some(newest.size);
        }
        let signed = newest.map_or(0, |newest| newest.size);
        if mirrored > signed {
            run.differs(
                format!("checkpoint {mirrored}"),
                "checkpoint",
                mirrored.to_string(),
                None,
                What::Missing,
            );
        }
        for (told, name) in [(mirrored, "mirrored checkpoint"), (head.unwrap_or(0), "vault's head")] {
            if told < signed {
                run.report.note(format!(
                    "The {name} is at {told} and catches up with {signed} at the sequencer's next pass."
                ));
            }
        }
        Ok(claims)
    }

    /// The size of the vault's head; `None` when there is none that can be believed.
    async fn head(&mut self, run: &mut Run<'_>) -> Result<Option<u64>, Unavailable> {
        match run.flow.vault().head().await {
            Ok(Some(head)) => {
                self.claim(head.size, head.root, "the vault's head");
                Ok(Some(head.size))
            }
            Ok(None) => Ok(None),
            Err(HeadError::Altered) => {
                run.differs(
                    "the head of the log in the vault store",
                    "head",
                    "1",
                    None,
                    What::Altered,
                );
                Ok(None)
            }
            Err(error) => Err(away(error)),
        }
    }

    /// The size of the mirrored checkpoint; 0 when there is none that can be believed.
    async fn mirror(&mut self, run: &mut Run<'_>, head: Option<u64>) -> Result<u64, Unavailable> {
        let place = "the mirrored checkpoint";
        let Some(bytes) = run.flow.blobs().get(sign::MIRROR).await.map_err(away)? else {
            if head.is_some() {
                run.differs(place, "object", sign::MIRROR, None, What::Missing);
            }
            return Ok(0);
        };
        match self.read(run, &bytes).await? {
            Ok(mirror) => {
                if head.is_some_and(|head| mirror.size < head) {
                    run.differs(place, "object", sign::MIRROR, None, What::Altered);
                }
                // The head is written after the mirror: at the very first checkpoint it may just be on its way.
                if head.is_none() && mirror.size > 0 && run.flow.store().checkpoint_list(i64::MIN, 2).await?.len() > 1 {
                    run.differs(
                        "the head of the log in the vault store",
                        "head",
                        "1",
                        None,
                        What::Missing,
                    );
                }
                self.claim(mirror.size, mirror.root, place);
                Ok(mirror.size)
            }
            Err(error) => {
                run.differs(place, "object", sign::MIRROR, None, what(&error));
                Ok(0)
            }
        }
    }

    /// What a note says, if it is a checkpoint that the key of its time signed. The key may have been changed since the keys were read.
    async fn read(&mut self, run: &Run<'_>, note: &[u8]) -> Result<Result<Checkpoint, CheckpointError>, Unavailable> {
        let first = believed(&self.keys, note);
        if !matches!(&first, Err(error) if what(error) == What::NotSigned) {
            return Ok(first);
        }
        let (now, _) = key_changes::read(run).await?;
        if now == self.keys {
            return Ok(first);
        }
        self.keys = now;
        Ok(believed(&self.keys, note))
    }

    fn claim(&mut self, size: u64, root: Hash, by: &str) {
        self.greatest = self.greatest.max(size);
        self.others.entry(size).or_default().push(Claim {
            size,
            root,
            by: by.to_owned(),
        });
    }

    /// All claims about sizes up to `size` that were not given yet, smallest first.
    pub(super) async fn up_to(&mut self, run: &mut Run<'_>, size: u64) -> Result<Vec<Claim>, Unavailable> {
        let later = self.others.split_off(&(size + 1));
        let mut claims: Vec<Claim> = std::mem::replace(&mut self.others, later)
            .into_values()
            .flatten()
            .collect();
        while let Some(row) = self.checkpoint(run, size).await? {
            run.report.log.checkpoints += 1;
            let (place, id) = (format!("checkpoint {}", row.size), row.size.to_string());
            match self.read(run, row.note.as_bytes()).await? {
                Ok(signed) if i64::try_from(signed.size) == Ok(row.size) => {
                    claims.push(Claim {
                        size: signed.size,
                        root: signed.root,
                        by: place,
                    });
                }
                Ok(_) => run.differs(place, "checkpoint", id, Some("size"), What::Altered),
                Err(error) => run.differs(place, "checkpoint", id, Some("note"), what(&error)),
            }
        }
        claims.sort_by_key(|claim| claim.size);
        Ok(claims)
    }

    /// The next checkpoint whose row says a size of at most `size`.
    async fn checkpoint(&mut self, run: &Run<'_>, size: u64) -> Result<Option<CheckpointRow>, Unavailable> {
        if self.page.is_empty() && !self.exhausted {
            self.page = run.flow.store().checkpoint_list(self.after, PAGE).await?.into();
            self.exhausted = self.page.len() < PAGE;
            self.after = self.page.back().map_or(self.after, |row| row.size);
        }
        let next = self
            .page
            .front()
            .is_some_and(|row| u64::try_from(row.size).unwrap_or(0) <= size);
        Ok(if next { self.page.pop_front() } else { None })
    }
}

fn believed(keys: &LogKeys, note: &[u8]) -> Result<Checkpoint, CheckpointError> {
    let note = Note::parse(note).map_err(CheckpointError::Note)?;
    // Under a checkpoint at which the key changed there are two signatures, and either may have been altered.
    note.verify(keys.all()).map_err(CheckpointError::Note)?;
    Checkpoint::verify(&note, keys.of(&note), &[]).map(|verified| verified.checkpoint)
}

fn what(error: &CheckpointError) -> What {
    match error {
        CheckpointError::NotSignedByLog | CheckpointError::Note(NoteError::Unknown) => What::NotSigned,
        _ => What::Altered,
    }
}
