//! Finding numbers, ids and names by keyed hash, also while the key of the hashes is replaced.
//!
//! ```text
//! value   the text that a row is found by, opened
//! renew   every row's hash made again under the key that is written
//! ```
//!
//! Whatever is looked for is asked for under all lookup keys that the vault knows, in one question. What is written is written under one of them: the
//! row of the installation says which, and each unit of work that writes a hash repeats that as a guard (`Lookups::stands`). So a
//! node that has not heard of a change may still find everything, and can write nothing beside what another has just written.

pub mod renew;
pub(crate) mod value;

use crate::Flow;
use crate::context::Unavailable;
use counterfoil_store::Change;
use counterfoil_vault::{Keyed, Lookup, LookupKeys};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The lookup keys of one moment, and which of them is written.
#[derive(Clone)]
pub(crate) struct Lookups {
    keys: Arc<LookupKeys>,
    epoch: i64,
}

/// The hashes by which one text may be found.
pub(crate) struct Hashes {
    /// The one that is written.
    pub(crate) written: Keyed,
    /// The others that there may be, while the key is replaced.
    pub(crate) others: Vec<Keyed>,
}

impl Hashes {
    /// All of them.
    pub(crate) fn all(&self) -> Vec<Keyed> {
        std::iter::once(self.written)
            .chain(self.others.iter().copied())
            .collect()
    }

    /// Whether one of them is `hash`.
    pub(crate) fn hold(&self, hash: Keyed) -> bool {
        self.written == hash || self.others.contains(&hash)
    }
}

impl Lookups {
    /// `None` when the key that is written is not among them.
    fn of(keys: Arc<LookupKeys>, epoch: i64) -> Option<Self> {
        keys.has(epoch).then_some(Self { keys, epoch })
    }

    /// The epoch of the key that is written.
    pub(crate) fn epoch(&self) -> i64 {
        self.epoch
    }

    /// The hashes of `text`, which the caller has brought to its one form.
    pub(crate) fn hashes(&self, kind: Lookup, text: &str) -> Hashes {
        let (mut written, mut others) = (None, Vec::new());
        for (epoch, hash) in self.keys.hashes(kind, text) {
            if epoch == self.epoch {
                written = Some(hash);
            } else {
                others.push(hash);
            }
        }
        Hashes {
            written: written.expect("the key that is written is among them"),
            others,
        }
    }

    /// The guard of a unit of work that writes a hash, to be named after its rows: the key is still the one that is written.
    pub(crate) fn stands(&self) -> Change {
        Change::lookup_stands(self.epoch)
    }
}

impl Flow {
    /// The lookup keys, and the one that was written when this node last looked.
    pub(crate) async fn lookups(&self) -> Result<Lookups, Unavailable> {
        let epoch = self.inner.lookup_epoch.load(Ordering::Relaxed);
        match Lookups::of(self.vault().lookup_keys(), epoch) {
            Some(lookups) => Ok(lookups),
            None => self.lookups_now().await,
        }
    }

    /// The same, looked up: after the guard was not met, and for whoever writes so seldom that they had better look first.
    pub(crate) async fn lookups_now(&self) -> Result<Lookups, Unavailable> {
        let epoch = lookup_epoch(self).await?;
        self.inner.lookup_epoch.fetch_max(epoch, Ordering::Relaxed);
        if let Some(lookups) = Lookups::of(self.vault().lookup_keys(), epoch) {
            return Ok(lookups);
        }
        let keys = self.vault().lookup_keys_now().await?;
        Lookups::of(keys, epoch).ok_or_else(|| {
            Unavailable(
                "the records bear hashes under a lookup key that this vault does not have: they are from another time than the vault; \
                 restore both from one backup"
                    .into(),
            )
        })
    }
}

/// The epoch of the lookup key that is written now.
async fn lookup_epoch(flow: &Flow) -> Result<i64, Unavailable> {
    let installation = flow.store().installation_get().await?;
    let installation = installation.ok_or_else(|| Unavailable("this data has no installation any more".into()))?;
    Ok(installation.lookup_epoch)
}
