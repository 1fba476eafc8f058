//! By what a message is known when the same chat is brought twice: who, when, what, and the how-manieth of its like.
//!
//! The bytes are for hashing, under a key of whoever imports; they hold content. The whole file's bytes are hashed first, by the importer: the same
//! file twice needs no look inside. Format: `docs/formats/exported-chat.md`, "Identity".

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::body::Body;
use crate::characters::plain;
use crate::reading::{Piece, What};
use crate::redacted::redacted_debug;

/// The version that the bytes begin with. What it stands for never changes: another way of writing takes another number.
const VERSION: u8 = 1;

/// Writes the identities of one chat's pieces, which must come in the order of the file: it counts those that are alike.
#[derive(Default)]
pub struct Identities {
    seen: HashMap<u64, u32>,
}

redacted_debug!(Identities);

impl Identities {
    /// For a chat from its beginning.
    pub fn new() -> Self {
        Self::default()
    }

    /// The bytes that a piece is known by; `None` for one of which nothing could be made.
    pub fn of(&mut self, piece: &Piece) -> Option<Vec<u8>> {
        let (at, author, body) = match &piece.what {
            What::Message(message) => (message.at, message.author.name.as_str(), parts(&message.body)),
            What::System(system) => (
                system.at,
                system.author.as_ref().map_or("", |author| author.name.as_str()),
                (0, vec![system.text.as_str()]),
            ),
            What::Unread(_) => return None,
        };
        let (tag, fields) = body;
        let mut bytes = Vec::with_capacity(64 + piece.raw.len());
        bytes.push(VERSION);
        put(&mut bytes, at.to_string().as_bytes());
        put(&mut bytes, author.as_bytes());
        bytes.push(tag);
        for field in fields {
            put(&mut bytes, normal(field).as_bytes());
        }
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let ordinal = self.seen.entry(hasher.finish()).or_default();
        bytes.extend_from_slice(&ordinal.to_be_bytes());
        *ordinal = ordinal.saturating_add(1);
        Some(bytes)
    }
}

/// The number of a kind, and the texts by which two of a kind differ.
fn parts(body: &Body) -> (u8, Vec<&str>) {
    fn all<'a>(first: &'a str, second: &'a Option<String>) -> Vec<&'a str> {
        vec![first, second.as_deref().unwrap_or_default()]
    }
    match body {
        Body::Text { text } => (1, vec![text]),
        Body::Attachment { name, caption, .. } => (2, all(name, caption)),
        Body::Omitted { caption, .. } => (3, all("", caption)),
        Body::Deleted { .. } => (4, vec![]),
        Body::ViewOnce => (5, vec![]),
        Body::Call { detail, .. } => (6, all("", detail)),
        Body::Location { link, .. } => (7, vec![link]),
        Body::LiveLocation { caption } => (8, all("", caption)),
        // Votes go on after an export: the answers are what it is known by.
        Body::Poll { question, options } => (
            9,
            std::iter::once(question.as_str())
                .chain(options.iter().map(|option| option.text.as_str()))
                .collect(),
        ),
        Body::Waiting => (10, vec![]),
        Body::Null => (11, vec![]),
    }
}

/// Without invisible characters, blanks plain, none at the end of a line, no empty lines at the end.
fn normal(text: &str) -> String {
    let shown = plain(text);
    let lines: Vec<&str> = shown
        .split('\n')
        .map(|line| line.trim_end_matches([' ', '\r']))
        .collect();
    lines.join("\n").trim_end_matches('\n').to_owned()
}

fn put(bytes: &mut Vec<u8>, field: &[u8]) {
    // A field is a part of one message, which is held in memory and far from four gibibytes.
    bytes.extend_from_slice(&u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend_from_slice(field);
}
