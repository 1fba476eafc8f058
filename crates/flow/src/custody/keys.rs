//! The log's keys, as they are shown: public halves alone.

use super::key_change::changes;
use super::sign::Keys;
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_ledger::note::VerifierKey;

/// What a key of the log is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It signs.
    Signs,
    /// It is made, and signs from the checkpoint on that a running server makes next.
    Next,
    /// It signed, and its seed is destroyed: what it signed verifies with it for ever.
    Destroyed,
}

impl Standing {
    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signs => "signs",
            Self::Next => "next",
            Self::Destroyed => "destroyed",
        }
    }
}

/// A key of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyView {
    /// The key, as auditors are given it.
    pub key: VerifierKey,
    /// What it is good for.
    pub standing: Standing,
    /// The place of the leaf that names it; none of the first key, and of one that no leaf names yet.
    pub leaf: Option<u64>,
}

/// All keys of the log, oldest first.
///
/// # Errors
/// [`Unavailable`].
pub async fn keys(flow: &Flow) -> Result<Vec<KeyView>, Unavailable> {
    let (keys, changes) = (Keys::now(flow).await?, changes(flow).await?);
    let retired = keys.known().count() - keys.held().len();
    let views = keys.known().enumerate().map(|(place, key)| KeyView {
        key: key.clone(),
        standing: match place {
            place if place < retired => Standing::Destroyed,
            place if place == retired => Standing::Signs,
            _ => Standing::Next,
        },
        leaf: changes
            .iter()
            .find(|(_, change)| change.after == *key)
            .map(|(leaf, _)| *leaf),
    });
    Ok(views.collect())
}
