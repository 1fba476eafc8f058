//! A piece of a chat: some lines that belong together, and what was made of them.

use std::ops::Range;

use serde::Serialize;

use super::Suspicion;
use crate::author::Author;
use crate::body::Body;
use crate::local_time::LocalTime;
use crate::redacted::redacted_debug;
use crate::wording::SystemKind;

/// Lines that belong together.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// Counted from 1.
    pub first_line: u64,
    /// The last of its lines.
    pub last_line: u64,
    /// Where its bytes stand in the file, line ends included.
    pub bytes: Range<u64>,
    /// Its lines as they stand in the file, with their ends, except for what was cut and for bytes that are no text.
    pub raw: String,
    /// Sequences of bytes that were no text and became U+FFFD.
    pub replaced: u64,
    /// Lines that begin like the head of a message and did not make one: of another shape, of a day that no calendar has,
    /// or with an unknown word beside the time.
    pub lookalikes: u64,
    /// What did not fit into memory.
    pub cut: Cut,
    /// What it is.
    pub what: What,
}

/// What is missing from a piece's text because it was too long. It is still in the file, at the piece's place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// Bytes.
    pub bytes: u64,
    /// Lines behind the first that are missing or not whole.
    pub lines: u64,
}

/// What became of some lines.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Somebody said something.
    Message(Message),
    /// The app said something.
    System(SystemLine),
    /// Nothing could be made of it.
    Unread(Unread),
}

/// Something that somebody said, as the file has it: unverified.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// When, by the exporting device.
    pub at: LocalTime,
    /// Who, by the exporting device's address book.
    pub author: Author,
    /// What.
    pub body: Body,
    /// Whether it is said to have been edited: then this is the last of its versions.
    pub edited: bool,
    /// What speaks against its having been written by the app at this place.
    pub suspicions: Vec<Suspicion>,
}

/// Something that the app said.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SystemLine {
    /// When, by the exporting device.
    pub at: LocalTime,
    /// Under whose name iOS has it, which says nothing of who did it.
    pub author: Option<Author>,
    /// The words.
    pub text: String,
    /// What it is about, when the words are known.
    pub kind: Option<SystemKind>,
    /// What speaks against its having been written by the app at this place.
    pub suspicions: Vec<Suspicion>,
}

/// Why nothing could be made of some lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unread {
    /// They stand before the first head.
    Preamble,
    /// They begin with a head whose day does not exist under the order of dates that was taken.
    NoSuchDay,
}

redacted_debug!(Piece, What, Message, SystemLine);

impl Piece {
    /// How many lines it has.
    pub fn lines(&self) -> u64 {
        self.last_line - self.first_line + 1
    }

    /// When it was said, if it was.
    pub fn at(&self) -> Option<LocalTime> {
        match &self.what {
            What::Message(message) => Some(message.at),
            What::System(system) => Some(system.at),
            What::Unread(_) => None,
        }
    }

    /// What speaks against it.
    pub fn suspicions(&self) -> &[Suspicion] {
        match &self.what {
            What::Message(message) => &message.suspicions,
            What::System(system) => &system.suspicions,
            What::Unread(_) => &[],
        }
    }
}
