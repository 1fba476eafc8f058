//! A file that came with a message: where to fetch it and how to check it.

use serde_json::Value;

use super::shape;
use crate::redacted::redacted_debug;

/// What a file is meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Sound.
    Audio {
        /// Recorded in the chat as a voice note.
        voice: bool,
    },
    /// Any other file.
    Document,
    /// A sticker.
    Sticker,
}

/// A file of a message, not yet fetched.
#[derive(Clone, PartialEq, Eq)]
pub struct Media {
    /// What it is meant to be.
    pub kind: MediaKind,
    /// The provider's id to look it up by; missing if the provider could not take the file in.
    pub id: Option<String>,
    /// The type that the sender's device named, such as `audio/ogg; codecs=opus`.
    pub mime_type: Option<String>,
    /// SHA-256 of the bytes; `None` if missing or not readable as one.
    pub sha256: Option<[u8; 32]>,
    /// The words written under it.
    pub caption: Option<String>,
    /// The name that the sender gave; chosen outside, never to be used as a path.
    pub filename: Option<String>,
    /// A short-lived address of the bytes.
    pub url: Option<String>,
}

redacted_debug!(Media);

impl Media {
    /// Reads the object of a media message; `None` if there is neither an id nor an address to fetch the bytes by.
    pub(crate) fn read(kind: MediaKind, object: &Value) -> Option<Self> {
        let media = Self {
            kind,
            id: shape::some_text(object, "id"),
            mime_type: shape::some_text(object, "mime_type"),
            sha256: shape::sha256(object, "sha256"),
            caption: shape::some_text(object, "caption"),
            filename: shape::some_text(object, "filename"),
            // Another handler's request names the address `link`.
            url: shape::first_text(object, &["url", "link"]),
        };
        (media.id.is_some() || media.url.is_some()).then_some(media)
    }

    /// A file that the provider could not take in.
    pub(crate) fn missing(kind: MediaKind) -> Self {
        Self {
            kind,
            id: None,
            mime_type: None,
            sha256: None,
            caption: None,
            filename: None,
            url: None,
        }
    }
}
