//! What was signed or kept about the log: checkpoints, the mirror, the vault's head. Each claims a root at a size.

use super::Run;
use super::report::What;
use crate::context::Unavailable;
use crate::custody::{away, sign};
use counterfoil_ledger::Hash;
use counterfoil_ledger::checkpoint::CheckpointError;
use counterfoil_ledger::note::{NoteError, VerifierKey};
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
    key: VerifierKey,
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
        let key = sign::key(flow)?.verifier().clone();
        run.report.log.origin = key.name().to_owned();
        run.report.log.key = key.to_string();
        let mut claims = Self {
            key,
            others: BTreeMap::new(),
            page: VecDeque::new(),
            after: i64::MIN,
            exhausted: false,
            greatest: 0,
        };
        let head = claims.head(run).await?;
        let mirrored = claims.mirror(run, head).await?;
        let newest = flow.store().checkpoint_latest().await?;
        let newest = newest.and_then(|row| sign::read(&claims.key, row.note.as_bytes()).ok());
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
        match sign::read(&self.key, &bytes) {
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
            match sign::read(&self.key, row.note.as_bytes()) {
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

fn what(error: &CheckpointError) -> What {
    match error {
        CheckpointError::NotSignedByLog | CheckpointError::Note(NoteError::Unknown) => What::NotSigned,
        _ => What::Altered,
    }
}
