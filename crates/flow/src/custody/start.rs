//! Before anything is served: what the database, the mirror and the vault say about the log must be one story.
//!
//! The database may be ahead, by passes that broke off before they were signed; the sequencer signs those. It may never be behind, and never
//! tell another story: then it was rolled back or forked, and going on would make the log contradict what it has signed. Nor may the
//! mirror or the vault be behind by more than the one checkpoint at which a pass may break off: with an older vault, keys that were
//! destroyed would come back and addresses would be used twice.

use super::{away, sign, tiles};
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_ledger::Hash;
use counterfoil_ledger::checkpoint::CheckpointError;
use counterfoil_ledger::note::NoteError;
use counterfoil_ledger::tile::Edge;
use counterfoil_store::SequenceError;
use counterfoil_store::read::LogHead;
use counterfoil_vault::HeadError;

/// The log as it was found at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreement {
    /// How many leaves the database has.
    pub leaves: u64,
    /// Up to which size they are signed.
    pub signed: u64,
}

impl Agreement {
    /// How many leaves are still to be signed, at the sequencer's first pass.
    pub fn unsigned(&self) -> u64 {
        self.leaves - self.signed
    }
}

/// Who remembers the log beside the database's own rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// The checkpoints in the database.
    Checkpoint,
    /// The checkpoint mirrored in the blob store.
    Mirror,
    /// The head in the vault store.
    Vault,
}

impl Memory {
    /// What to do beside putting back the newer database, when this one knows more than the database has.
    const fn way_forward(self) -> &'static str {
        match self {
            Self::Mirror => {
                "; when that is lost, `counterfoil backup forward` brings the log forward from the mirror and erases again what was erased since"
            }
            Self::Checkpoint | Self::Vault => "",
        }
    }
}

impl std::fmt::Display for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Checkpoint => "the newest checkpoint in the database",
            Self::Mirror => "the checkpoint mirrored in the blob store",
            Self::Vault => "the head in the vault store",
        })
    }
}

/// Why nothing may be served. The text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartRefusal {
    /// The database holds less than was signed.
    #[error(
        "the log in the database ends at {leaves}, but {by} knows {size}: the database was rolled back or restored from an older \
         backup. Put back the newer database{}. Otherwise an older one can be used only together with a blob store and a vault store of \
         the same time",
        by.way_forward()
    )]
    RolledBack {
        /// How many leaves there are.
        leaves: u64,
        /// How many there were.
        size: u64,
        /// Who knows.
        by: Memory,
    },
    /// The mirror or the vault store knows less than was signed.
    #[error(
        "{by} ends at {size}, but later checkpoints were signed, up to {signed}: it was restored from an older backup, and what was \
         erased since then could come back with it. Put back the newer one, or restore database, blob store and vault store from \
         copies of the same time"
    )]
    Older {
        /// Which.
        by: Memory,
        /// What it knows.
        size: u64,
        /// What was signed.
        signed: u64,
    },
    /// The leaves give another root than was signed.
    #[error(
        "the first {size} leaves in the database do not give the root that {by} knows: leaves were altered, or the parts belong to \
         different installations or different times. Run `counterfoil verify` to see where, and put back the part that is wrong"
    )]
    Forked {
        /// At which size.
        size: u64,
        /// Who knows the other root.
        by: Memory,
    },
    /// What remembers the log cannot be believed.
    #[error("{by} was altered or is not of this log. Run `counterfoil verify`, and put it back from a backup")]
    Altered {
        /// Which.
        by: Memory,
    },
    /// What remembers the log is not signed with the key that was the log's at its size, as the vault store knows it.
    #[error(
        "{by} is not signed with a key that the vault store has for it. If the key of the log was changed, the vault store is from before that: put \
         back the newer one. Otherwise {by} was altered or is of another installation: run `counterfoil verify`, and put it back from a backup"
    )]
    OtherKey {
        /// Which.
        by: Memory,
    },
    /// What must remember the log is gone.
    #[error(
        "{by} is gone, while the log is signed up to {size}. If the blob store or the vault store was replaced or not mounted, put it \
         back"
    )]
    Missing {
        /// Which.
        by: Memory,
        /// How far the log is signed.
        size: u64,
    },
    /// The head of the log does not agree with itself.
    #[error(
        "the head of the log in the database was altered. Run `counterfoil verify`, and put the database back from a backup"
    )]
    Damaged,
    /// Something could not be read.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What one of them remembers.
pub(super) struct Remembered {
    pub(super) by: Memory,
    pub(super) size: u64,
    pub(super) root: Hash,
}

/// Compares what database, mirror and vault say about the log. Changes nothing.
///
/// # Errors
/// See [`StartRefusal`].
pub async fn agree(flow: &Flow) -> Result<Agreement, StartRefusal> {
    // Another node may be signing: what was signed before the others are read is what they may not lack.
    let before = checkpoint(flow).await?.map_or(0, |checkpoint| checkpoint.size);
    let vault = vault(flow).await?;
    let mirror = mirror(flow).await?;
    let checkpoint = checkpoint(flow).await?;
    let head = match flow.store().log_head().await {
        Ok(head) => head,
        Err(SequenceError::Damaged) => return Err(StartRefusal::Damaged),
        Err(error) => return Err(away(error).into()),
    };
    let leaves = u64::try_from(head.size).map_err(|_| StartRefusal::Damaged)?;

    // They are written in the order checkpoint, mirror, vault; so whatever the later one has, the earlier one had.
    if let (Some(vault), None) = (&vault, &mirror) {
        return Err(StartRefusal::Missing {
            by: Memory::Mirror,
            size: vault.size,
        });
    }
    if let (Some(mirror), None) = (&mirror, &checkpoint) {
        return Err(StartRefusal::Missing {
            by: Memory::Checkpoint,
            size: mirror.size,
        });
    }
    let signed = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
    for (by, remembered) in [(Memory::Vault, &vault), (Memory::Mirror, &mirror)] {
        let size = remembered.as_ref().map_or(0, |remembered| remembered.size);
        if missed(flow, size, before).await? > 1 {
            // One that tells another story is not merely older.
            if let Some(remembered) = remembered.as_ref().filter(|_| size <= leaves)
                && !goes_on(flow, size, remembered.root, &head, leaves).await?
            {
                return Err(StartRefusal::Forked { size, by });
            }
            return Err(StartRefusal::Older {
                by,
                size,
                signed: before,
            });
        }
    }
    let mirrored = mirror.as_ref().map_or(0, |mirror| mirror.size);
    // Asked first: from it the log can be brought forward.
    if mirrored > leaves {
        return Err(StartRefusal::RolledBack {
            leaves,
            size: mirrored,
            by: Memory::Mirror,
        });
    }
    for remembered in [vault, mirror, checkpoint].into_iter().flatten() {
        let Remembered { by, size, root } = remembered;
        if size > leaves {
            return Err(StartRefusal::RolledBack { leaves, size, by });
        }
        let same = goes_on(flow, size, root, &head, leaves).await?;
        if !same {
            return Err(StartRefusal::Forked { size, by });
        }
    }
    // Its leaves are all there, and that they were signed it does not know: it is from just before that.
    if mirrored > signed {
        return Err(StartRefusal::RolledBack {
            leaves,
            size: mirrored,
            by: Memory::Mirror,
        });
    }
    Ok(Agreement { leaves, signed })
}

/// How many checkpoints above `size` and up to `until` are signed, as far as two.
pub(super) async fn missed(flow: &Flow, size: u64, until: u64) -> Result<usize, Unavailable> {
    let until = tiles::signed(until)?;
    let later = flow.store().checkpoint_list(tiles::signed(size)?, 2).await?;
    Ok(later.iter().filter(|row| row.size <= until).count())
}

pub(super) async fn vault(flow: &Flow) -> Result<Option<Remembered>, StartRefusal> {
    match flow.vault().head().await {
        Ok(head) => Ok(head.map(|head| Remembered {
            by: Memory::Vault,
            size: head.size,
            root: head.root,
        })),
        Err(HeadError::Altered) => Err(StartRefusal::Altered { by: Memory::Vault }),
        Err(error) => Err(away(error).into()),
    }
}

async fn mirror(flow: &Flow) -> Result<Option<Remembered>, StartRefusal> {
    let Some(note) = flow.blobs().get(sign::MIRROR).await.map_err(away)? else {
        return Ok(None);
    };
    signed(flow, Memory::Mirror, &note).await.map(Some)
}

pub(super) async fn checkpoint(flow: &Flow) -> Result<Option<Remembered>, StartRefusal> {
    let Some(row) = flow.store().checkpoint_latest().await.map_err(Unavailable::from)? else {
        return Ok(None);
    };
    signed(flow, Memory::Checkpoint, row.note.as_bytes()).await.map(Some)
}

async fn signed(flow: &Flow, by: Memory, note: &[u8]) -> Result<Remembered, StartRefusal> {
    let checkpoint = sign::read(flow, note).await?.map_err(|error| refusal(by, &error))?;
    Ok(Remembered {
        by,
        size: checkpoint.size,
        root: checkpoint.root,
    })
}

/// What to say of a checkpoint that is not believed.
pub(super) fn refusal(by: Memory, error: &CheckpointError) -> StartRefusal {
    match error {
        CheckpointError::NotSignedByLog | CheckpointError::Note(NoteError::Unknown) => StartRefusal::OtherKey { by },
        _ => StartRefusal::Altered { by },
    }
}

/// Whether the log of `head` goes on from a tree of `size` leaves with `root`.
///
/// The tree itself may come from the tiles, since its root tells whether it is the right one. That the database goes on from it only the
/// database's own leaves and root can tell: tiles stay behind when a database is rolled back.
pub(super) async fn goes_on(
    flow: &Flow,
    size: u64,
    root: Hash,
    head: &LogHead,
    leaves: u64,
) -> Result<bool, Unavailable> {
    let stored = tiles::stored_edge(flow, size, leaves).await?.ok();
    let edge = match stored.filter(|edge| edge.root() == root) {
        Some(edge) => edge,
        None => tiles::grown(flow, Edge::default(), size).await?,
    };
    Ok(edge.root() == root && tiles::grown(flow, edge, leaves).await?.root() == head.root)
}
