//! What the PAS holds: the book of policies and claims, and the documents that were filed on claims. Bounded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest;
use bytes::Bytes;
use tokio::sync::broadcast;

use crate::samples::Book;

/// The number of the first document.
const FIRST_DOCUMENT: usize = 88_213;
/// The most that all files together may take, in bytes, and the most documents.
const MOST_BYTES: usize = 512 * 1024 * 1024;
const MOST_DOCUMENTS: usize = 100_000;

/// One file of a filed document.
#[derive(Clone, Debug, PartialEq)]
pub struct FiledFile {
    /// The name that it was sent with.
    pub name: String,
    /// For example `image/jpeg`.
    pub media_type: String,
    /// The bytes.
    pub content: Bytes,
    /// SHA-256 of the bytes in hexadecimal.
    pub sha256: String,
}

/// One document on a claim.
#[derive(Clone, Debug, PartialEq)]
pub struct FiledDocument {
    /// For example `DOC-88213`.
    pub id: String,
    /// The claim that it is on.
    pub claim: String,
    /// The sender's own id of the item.
    pub external_id: String,
    /// `message` or `attachment`.
    pub kind: String,
    /// When it happened, RFC 3339, as the sender wrote it.
    pub occurred_at: String,
    /// When it was filed here, in microseconds since 1970.
    pub received_micros: i64,
    /// `customer` or `staff`.
    pub from: String,
    /// The text.
    pub text: String,
    /// The files.
    pub files: Vec<FiledFile>,
}

/// A document on its way in.
pub(crate) struct Incoming {
    pub(crate) claim: String,
    pub(crate) external_id: String,
    pub(crate) kind: String,
    pub(crate) occurred_at: String,
    pub(crate) from: String,
    pub(crate) text: String,
    pub(crate) files: Vec<FiledFile>,
}

/// What became of a filing.
pub(crate) enum Filed {
    New(FiledDocument),
    /// The same key with the same body: the first answer again.
    Again(FiledDocument),
    /// The same key with another body.
    Conflict,
    /// It was there, and was withdrawn.
    Withdrawn,
    /// No room.
    Full,
}

/// What became of the wish to withdraw.
pub(crate) enum Withdrawn {
    /// It is gone since then.
    Done { id: String, at_micros: i64 },
    /// It must be kept.
    MustBeKept,
    /// Nothing came in under this key.
    Unknown,
}

pub(crate) struct Registry {
    book: Book,
    keeps_all: AtomicBool,
    shelf: Mutex<Documents>,
    changes: broadcast::Sender<String>,
}

/// A place on the shelf; what was withdrawn leaves it empty.
enum Shelved {
    Here(FiledDocument),
    Withdrawn { id: String, at_micros: i64 },
}

impl Shelved {
    fn here(&self) -> Option<&FiledDocument> {
        match self {
            Self::Here(document) => Some(document),
            Self::Withdrawn { .. } => None,
        }
    }
}

#[derive(Default)]
struct Documents {
    all: Vec<Shelved>,
    /// The numbers of those that must be kept.
    kept: BTreeSet<String>,
    /// Per idempotency key: the digest of the request, and the place in `all`.
    keys: BTreeMap<String, (Vec<u8>, usize)>,
    total_bytes: usize,
}

impl Registry {
    pub(crate) fn new(book: Book) -> Self {
        let (changes, _) = broadcast::channel(64);
        Self {
            book,
            keeps_all: AtomicBool::new(false),
            shelf: Mutex::default(),
            changes,
        }
    }

    pub(crate) fn book(&self) -> &Book {
        &self.book
    }

    /// Says on which claim something was filed.
    pub(crate) fn watch(&self) -> broadcast::Receiver<String> {
        self.changes.subscribe()
    }

    /// Files once per key. `request_digest` tells the same request from another one under the same key.
    pub(crate) fn file(&self, key: &str, request_digest: Vec<u8>, incoming: Incoming, now_micros: i64) -> Filed {
        let mut shelf = self.lock();
        if let Some((known, place)) = shelf.keys.get(key) {
            let same = *known == request_digest;
            return match shelf.all.get(*place) {
                Some(Shelved::Withdrawn { .. }) => Filed::Withdrawn,
                Some(Shelved::Here(document)) if same => Filed::Again(document.clone()),
                _ => Filed::Conflict,
            };
        }
        let size: usize = incoming.text.len() + incoming.files.iter().map(|file| file.content.len()).sum::<usize>();
        if shelf.all.len() == MOST_DOCUMENTS || shelf.total_bytes + size > MOST_BYTES {
            return Filed::Full;
        }
        let place = shelf.all.len();
        let document = FiledDocument {
            id: format!("DOC-{}", FIRST_DOCUMENT + place),
            claim: incoming.claim,
            external_id: incoming.external_id,
            kind: incoming.kind,
            occurred_at: incoming.occurred_at,
            received_micros: now_micros,
            from: incoming.from,
            text: incoming.text,
            files: incoming.files,
        };
        shelf.total_bytes += size;
        shelf.keys.insert(key.to_owned(), (request_digest, place));
        shelf.all.push(Shelved::Here(document.clone()));
        drop(shelf);
        // An error only says that no page is open.
        let _ = self.changes.send(document.claim.clone());
        Filed::New(document)
    }

    /// Takes back what came in under a key; asked again it says the same.
    pub(crate) fn withdraw(&self, key: &str, now_micros: i64) -> Withdrawn {
        let mut shelf = self.lock();
        let Some(place) = shelf.keys.get(key).map(|(_, place)| *place) else {
            return Withdrawn::Unknown;
        };
        let (id, claim, size) = match &shelf.all[place] {
            Shelved::Withdrawn { id, at_micros } => {
                return Withdrawn::Done {
                    id: id.clone(),
                    at_micros: *at_micros,
                };
            }
            Shelved::Here(document) if shelf.kept.contains(&document.id) => return Withdrawn::MustBeKept,
            Shelved::Here(document) => (document.id.clone(), document.claim.clone(), size(document)),
        };
        shelf.total_bytes -= size;
        shelf.all[place] = Shelved::Withdrawn {
            id: id.clone(),
            at_micros: now_micros,
        };
        drop(shelf);
        // An error only says that no page is open.
        let _ = self.changes.send(claim);
        Withdrawn::Done {
            id,
            at_micros: now_micros,
        }
    }

    pub(crate) fn must_keep(&self, document: &str) {
        self.lock().kept.insert(document.to_owned());
    }

    pub(crate) fn withdraws(&self) -> bool {
        !self.keeps_all.load(Ordering::SeqCst)
    }

    pub(crate) fn offer_withdrawal(&self, offered: bool) {
        self.keeps_all.store(!offered, Ordering::SeqCst);
    }

    pub(crate) fn documents(&self) -> Vec<FiledDocument> {
        self.lock().all.iter().filter_map(Shelved::here).cloned().collect()
    }

    pub(crate) fn documents_on(&self, claim: &str) -> Vec<FiledDocument> {
        self.lock()
            .all
            .iter()
            .filter_map(Shelved::here)
            .filter(|document| document.claim == claim)
            .cloned()
            .collect()
    }

    pub(crate) fn file_of(&self, document: &str, index: usize) -> Option<FiledFile> {
        let shelf = self.lock();
        shelf
            .all
            .iter()
            .filter_map(Shelved::here)
            .find(|known| known.id == document)?
            .files
            .get(index)
            .cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Documents> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn size(document: &FiledDocument) -> usize {
    document.text.len() + document.files.iter().map(|file| file.content.len()).sum::<usize>()
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    digest::digest(&digest::SHA256, bytes)
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
