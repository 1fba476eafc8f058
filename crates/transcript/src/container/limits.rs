//! How much a container may hold, and why one is refused.

use std::io;

/// What a container may hold. Files beyond are refused before anything is unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries of a zip file.
    pub entries: u64,
    /// Bytes of an entry's name.
    pub name_bytes: usize,
    /// Bytes of all entries together, unpacked.
    pub total_bytes: u64,
    /// Bytes of the chat.
    pub chat_bytes: u64,
    /// How many times its packed size an entry may have, unless it is smaller than ten mebibytes.
    pub ratio: u64,
}

/// Under this size no entry is a bomb.
const HARMLESS_BYTES: u64 = 10 << 20;

impl Default for Limits {
    /// The app exports at most some ten thousand messages with media.
    fn default() -> Self {
        Self {
            entries: 50_000,
            name_bytes: 1024,
            total_bytes: 64 << 30,
            chat_bytes: 1 << 30,
            ratio: 200,
        }
    }
}

/// Why a container is refused.
#[derive(Debug, thiserror::Error)]
pub enum ContainerError {
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Read(#[source] io::Error),
    /// It begins like a zip file and is none, or not a whole one.
    #[error("the zip file is damaged or cut off: export the chat again")]
    Damaged(#[source] rawzip::Error),
    /// Its directory tells of more or fewer entries than there are.
    #[error("the zip file does not hold what its directory says: export the chat again")]
    Contradicts,
    /// Entries that lie within each other, as in files made to fill a disk.
    #[error("entries of the zip file overlap: no export of WhatsApp does")]
    Overlap,
    /// Too many entries.
    #[error("the zip file has more than {limit} entries")]
    TooManyEntries {
        /// The limit.
        limit: u64,
    },
    /// A name that is too long.
    #[error("the zip file has a name of more than {limit} bytes")]
    NameTooLong {
        /// The limit.
        limit: usize,
    },
    /// Too much altogether.
    #[error("the zip file unpacks to more than {limit} bytes: export the chat without media")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// The chat is too large.
    #[error("the chat has more than {limit} bytes")]
    ChatTooLarge {
        /// The limit.
        limit: u64,
    },
    /// An entry that is packed too well to be true.
    #[error("an entry of the zip file unpacks to more than {limit} times its size: no export of WhatsApp does")]
    Bomb {
        /// The limit.
        limit: u64,
    },
    /// An entry is encrypted.
    #[error("the zip file is encrypted: unpack it and bring the text")]
    Encrypted,
    /// An entry is packed in a way that the app does not use.
    #[error("an entry of the zip file is packed in an unknown way")]
    UnknownMethod,
    /// Nothing in it is a chat.
    #[error("no chat is in the zip file: give one that WhatsApp exported")]
    NoChat,
    /// Several entries can be the chat.
    #[error("{count} entries of the zip file can be the chat: choose one")]
    SeveralChats {
        /// How many.
        count: usize,
    },
    /// The container has no such entry, or several.
    #[error("the container has no such entry")]
    NoSuchEntry,
}

impl Limits {
    pub(super) fn check_text(&self, size: u64) -> Result<(), ContainerError> {
        let limit = self.chat_bytes;
        if size > limit {
            Err(ContainerError::ChatTooLarge { limit })
        } else {
            Ok(())
        }
    }

    pub(super) fn check_entry(&self, packed: u64, size: u64) -> Result<(), ContainerError> {
        let limit = self.ratio;
        let bomb = size > HARMLESS_BYTES && size / packed.max(1) > limit;
        if bomb {
            Err(ContainerError::Bomb { limit })
        } else {
            Ok(())
        }
    }
}
