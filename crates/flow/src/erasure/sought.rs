//! What the challenger looks for: sealed values of one erasure, by the address that each begins with, and rows of its key trees.
//!
//! Reads bytes from anywhere, in pieces of any size; opens nothing. A value that stands across a break in a file, such as the edge of a page, with its first 21 bytes is not seen.

use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::{ErasureId, TreeId};
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::leftovers::{AFTER, BEFORE, tree_rows_at};
use counterfoil_store::rows::ErasedKeyRow;
use counterfoil_vault::{Address, Probe, Run, TreeRow};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many keys are read at a time.
const PAGE: usize = 10_000;
/// Bytes of the id of a tree.
const ID: usize = 16;
/// The version with which an envelope and the file of a blob begin; the address follows (`docs/formats/sealed-envelope.md`, `docs/formats/blob.md`).
const VERSION: u8 = 1;

/// Why an erasure cannot be challenged.
#[derive(Debug, thiserror::Error)]
pub enum ChallengeError {
    /// The actor may not.
    #[error("this is not for you to challenge")]
    Refused,
    /// There is no such erasure.
    #[error("there is no such erasure")]
    Unknown,
    /// A restore lost its record.
    #[error(
        "a restore lost the decision on this erasure, and with it which keys it destroyed: it cannot be challenged; `counterfoil erase show` says what the log tells"
    )]
    Lost,
    /// Its keys are still being destroyed.
    #[error("it is still being done: challenge it once it is live")]
    NotLive,
    /// It was done by a version that kept no list.
    #[error("which keys it destroyed is not known here: an older version did it, and cannot be challenged")]
    KeysUnknown,
    /// A store cannot be reached.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Sees to it that the record of an erasure is here.
pub(super) async fn known(flow: &Flow, erasure: ErasureId) -> Result<(), ChallengeError> {
    let store = flow.store();
    if store.erasure_get(erasure).await.map_err(Unavailable::from)?.is_some() {
        return Ok(());
    }
    match store.erasure_lost(erasure).await.map_err(Unavailable::from)? {
        Some(_) => Err(ChallengeError::Lost),
        None => Err(ChallengeError::Unknown),
    }
}

/// The keys that one erasure destroyed.
pub struct Sought {
    erasure: ErasureId,
    keys: BTreeMap<TreeId, Vec<Run>>,
    /// Which last two bytes the id of a tree may have, so that nearly all places are passed by at once.
    ends: Vec<bool>,
}

impl Sought {
    /// What there is to be found of an erasure that is live.
    ///
    /// # Errors
    /// See [`ChallengeError`].
    pub async fn of(flow: &Flow, actor: &Actor, erasure: ErasureId) -> Result<Self, ChallengeError> {
        may(actor, Action::Erase).map_err(|_| ChallengeError::Refused)?;
        let store = flow.store();
        known(flow, erasure).await?;
        let live = store.erasures_live(&[erasure]).await.map_err(Unavailable::from)?;
        if live.is_empty() {
            return Err(ChallengeError::NotLive);
        }
        let mut keys: BTreeMap<TreeId, Vec<Run>> = BTreeMap::new();
        let mut last: Option<ErasedKeyRow> = None;
        loop {
            let page = store.erased_keys(erasure, last.as_ref(), PAGE).await;
            let page = page.map_err(Unavailable::from)?;
            for key in &page {
                let index = |index: i64| u32::try_from(index).map_err(|error| Unavailable(Box::new(error)));
                let run = Run::new(index(key.first)?, index(key.last)?);
                keys.entry(key.tree).or_default().push(run);
            }
            match page.into_iter().next_back() {
                Some(key) => last = Some(key),
                None => break,
            }
        }
        if keys.is_empty() {
            return Err(ChallengeError::KeysUnknown);
        }
        Ok(Self::with(erasure, keys))
    }

    fn with(erasure: ErasureId, keys: BTreeMap<TreeId, Vec<Run>>) -> Self {
        let keys: BTreeMap<TreeId, Vec<Run>> = keys.into_iter().map(|(tree, runs)| (tree, Run::joined(runs))).collect();
        let mut ends = vec![false; 1 << 16];
        for tree in keys.keys() {
            ends[end(tree.bytes())] = true;
        }
        Self { erasure, keys, ends }
    }

    /// Which erasure.
    pub fn erasure(&self) -> ErasureId {
        self.erasure
    }

    /// The trees that it destroyed keys of.
    pub fn trees(&self) -> Vec<TreeId> {
        self.keys.keys().copied().collect()
    }

    /// How many of those trees have a destroyed key that `probe` derives.
    pub fn derived_by(&self, probe: &Probe) -> u64 {
        let derived = self.keys.iter().filter(|(tree, runs)| probe.derives_any(**tree, runs));
        derived.count() as u64
    }

    /// The tree whose id these bytes are, with what is sought of it.
    fn tree(&self, id: &[u8; ID]) -> Option<(TreeId, &[Run])> {
        if !self.ends[end(id)] {
            return None;
        }
        let tree = TreeId::from_bytes(*id);
        Some((tree, self.keys.get(&tree)?))
    }
}

fn end(id: &[u8; ID]) -> usize {
    usize::from(u16::from_be_bytes([id[ID - 2], id[ID - 1]]))
}

/// Bytes on their way past what is sought.
pub struct Scan {
    sought: Arc<Sought>,
    /// The end of what was given, which the next bytes may complete.
    held: Vec<u8>,
    /// Up to where in `held` places were looked at.
    seen: usize,
    looked: u64,
    found: BTreeMap<Address, u64>,
    rows: Vec<TreeRow>,
}

/// What was found in some bytes.
#[derive(Default)]
pub struct Found {
    /// How many bytes were looked through.
    pub looked: u64,
    /// How often a sealed value of each address stands there.
    pub values: BTreeMap<Address, u64>,
    /// What may be rows of the trees.
    pub rows: Vec<TreeRow>,
}

impl Found {
    /// Takes what was found in other bytes along.
    pub fn and(&mut self, other: Self) {
        self.looked += other.looked;
        for (address, count) in other.values {
            *self.values.entry(address).or_default() += count;
        }
        for row in other.rows {
            if !self.rows.contains(&row) {
                self.rows.push(row);
            }
        }
    }

    /// How many sealed values stand there, and how many of them one of `probes` has a key for.
    pub fn opened_by(&self, probes: &[Probe]) -> (u64, u64) {
        let opens = |address: &Address| probes.iter().any(|probe| probe.derives(*address));
        self.values.iter().fold((0, 0), |(found, opened), (address, count)| {
            let opens = if opens(address) { *count } else { 0 };
            (found + count, opened + opens)
        })
    }
}

impl Scan {
    /// A scan of something new.
    pub fn new(sought: Arc<Sought>) -> Self {
        Self {
            sought,
            held: Vec::new(),
            seen: 0,
            looked: 0,
            found: BTreeMap::new(),
            rows: Vec::new(),
        }
    }

    /// Looks at the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.looked += bytes.len() as u64;
        self.held.extend_from_slice(bytes);
        let ready = self.held.len().saturating_sub(AFTER);
        self.look(ready);
        let keep = self.seen.saturating_sub(BEFORE);
        self.held.drain(..keep);
        self.seen -= keep;
    }

    /// What was found.
    pub fn end(mut self) -> Found {
        self.look(self.held.len());
        Found {
            looked: self.looked,
            values: self.found,
            rows: self.rows,
        }
    }

    fn look(&mut self, to: usize) {
        let sought = Arc::clone(&self.sought);
        for at in self.seen..to {
            let Some(id) = self.held[at..].first_chunk::<ID>() else {
                break;
            };
            if let Some((tree, runs)) = sought.tree(id) {
                self.tree_at(at, tree, runs);
            }
        }
        self.seen = self.seen.max(to);
    }

    fn tree_at(&mut self, at: usize, tree: TreeId, runs: &[Run]) {
        let index = self.held[at + ID..].first_chunk::<4>();
        let version = at.checked_sub(1).map(|before| self.held[before]);
        if let (Some(VERSION), Some(index)) = (version, index) {
            let index = u32::from_be_bytes(*index);
            if Run::new(index, index).meets(runs) {
                *self.found.entry(Address { tree, index }).or_default() += 1;
            }
        }
        for row in tree_rows_at(&self.held, at) {
            if !self.rows.contains(&row) {
                self.rows.push(row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TREE: TreeId = TreeId::from_bytes([7; 16]);

    fn sought() -> Arc<Sought> {
        let keys = BTreeMap::from([(TREE, vec![Run::new(5, 9), Run::new(3, 3)])]);
        Arc::new(Sought::with(ErasureId::from_bytes([1; 16]), keys))
    }

    fn value(index: u32) -> Vec<u8> {
        [&[VERSION], TREE.bytes().as_slice(), &index.to_be_bytes(), &[0xcc; 40]].concat()
    }

    proptest! {
        #[test]
        fn what_stands_there_is_found_however_the_bytes_come(
            before in 0_usize..20_000, between in 0_usize..9_000, indices in proptest::collection::vec(0_u32..12, 0..4), piece in 1_usize..9_000
        ) {
            let mut bytes = vec![0; before];
            for index in &indices {
                bytes.extend(value(*index));
                bytes.resize(bytes.len() + between, 0x55);
            }
            let mut scan = Scan::new(sought());
            bytes.chunks(piece).for_each(|piece| scan.push(piece));
            let found = scan.end();
            let expected = indices.iter().filter(|index| **index == 3 || (5..=9).contains(*index)).count() as u64;
            prop_assert_eq!(found.opened_by(&[]), (expected, 0));
            prop_assert_eq!(found.looked, bytes.len() as u64);
        }
    }

    #[test]
    fn neither_another_leaf_nor_the_bare_id_of_a_tree_is_a_value() {
        let mut scan = Scan::new(sought());
        scan.push(&value(4));
        scan.push(&[2; 8]);
        scan.push(TREE.bytes());
        assert_eq!(scan.end().opened_by(&[]), (0, 0));
    }
}
