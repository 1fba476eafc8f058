//! A log in a folder, written as the server writes it: tiles as it grows, partial ones for each size that was signed, until they are full.

use std::fs;
use std::path::{Path, PathBuf};

use counterfoil_ledger::Hash;
use counterfoil_ledger::checkpoint::Checkpoint;
use counterfoil_ledger::commitment::{Label, commit};
use counterfoil_ledger::leaf::{Actor, Fact, Leaf};
use counterfoil_ledger::note::{LogKey, VerifierKey};
use counterfoil_ledger::registry::{FactKey, LeafKind, Outcome};
use counterfoil_ledger::tile::{Edge, Row, TILE_WIDTH, Tile, bundle};
use counterfoil_ledger::tree::leaf_hash;
use counterfoil_verify::Keys;
use tempfile::TempDir;

pub(crate) const ORIGIN: &str = "archive.example/ledger";

/// The key that signs.
pub(crate) fn key() -> LogKey {
    LogKey::from_seed(ORIGIN, &[7; 32]).unwrap()
}

/// Its public half.
pub(crate) fn vkey() -> VerifierKey {
    key().verifier().clone()
}

/// The keys that are given to check it.
pub(crate) fn keys() -> Keys {
    Keys::of(vkey(), Vec::new())
}

/// The bytes of leaf `i`: a message with commitments, or every third time a tick, as logs are made of.
pub(crate) fn entry(i: u64) -> Vec<u8> {
    let id = |i: u64| (u128::from(i) | (7 << 76)).to_be_bytes();
    let at = 1_795_381_200_000_000 + i64::try_from(i).unwrap();
    let leaf = if i % 3 == 2 {
        Leaf::new(LeafKind::Tick, at, id(i))
            .actor(Actor::SYSTEM)
            .follows(id(i - 1))
            .record([2; 32])
            .outcome(Outcome::Delivered)
    } else {
        let opening = [u8::try_from(i % 251).unwrap(); 32];
        Leaf::new(LeafKind::Message, at, id(i))
            .actor(Actor::contact([4; 16]))
            .record([1; 32])
            .commitment(Label::BODY, commit(&opening, &Label::BODY, b"hello"))
            .commitment(Label::SENDER, [3; 32])
            .fact(FactKey::Conversation, Fact::Id([5; 16]))
            .fact(FactKey::HappenedAt, Fact::Int(at))
    };
    leaf.encode().unwrap()
}

/// A log that lies in a folder.
pub(crate) struct Log {
    pub(crate) folder: TempDir,
    pub(crate) edge: Edge,
    /// Every entry so far.
    pub(crate) entries: Vec<Vec<u8>>,
}

impl Log {
    /// One that grew to each of these sizes and was signed there.
    pub(crate) fn grown(sizes: impl IntoIterator<Item = u64>) -> Self {
        let mut log = Self {
            folder: tempfile::tempdir().unwrap(),
            edge: Edge::default(),
            entries: Vec::new(),
        };
        for size in sizes {
            let next = log.entries.len() as u64;
            log.append((next..size).map(entry));
            log.sign();
        }
        log
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts entries at the end and writes what a growth writes.
    pub(crate) fn append(&mut self, entries: impl IntoIterator<Item = Vec<u8>>) {
        let from = self.edge.size();
        self.entries.extend(entries);
        let new = &self.entries[usize::try_from(from).unwrap()..];
        let hashes: Vec<Hash> = new.iter().map(|entry| leaf_hash(entry)).collect();
        for (tile, bytes) in self.edge.grow(&hashes) {
            self.put(&tile, &bytes);
        }
        for tile in Tile::grown(Row::Entries, from, self.edge.size()) {
            let first = usize::try_from(tile.index * u64::from(TILE_WIDTH)).unwrap();
            let bytes = bundle(&self.entries[first..first + usize::from(tile.width)]).unwrap();
            self.put(&tile, &bytes);
        }
    }

    fn put(&self, tile: &Tile, bytes: &[u8]) {
        let path = self.path().join(tile.to_string());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        let partial = PathBuf::from(format!("{}.p", path.display()));
        if tile.is_full() && partial.exists() {
            fs::remove_dir_all(partial).unwrap();
        }
    }

    /// Signs what is there.
    pub(crate) fn sign(&self) {
        let checkpoint = Checkpoint {
            origin: ORIGIN.to_owned(),
            size: self.edge.size(),
            root: self.edge.root(),
        };
        let note = checkpoint.sign(&key()).unwrap();
        fs::write(self.path().join("checkpoint"), note.to_string()).unwrap();
    }

    /// All files, as paths within the folder, in order.
    pub(crate) fn files(&self) -> Vec<String> {
        let (mut found, mut folders) = (Vec::new(), vec![self.path().to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path.strip_prefix(self.path()).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        found.sort();
        found
    }
}
