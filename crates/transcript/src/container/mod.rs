//! What the app handed out: a text file, or a zip file with the text and its media.
//!
//! ```text
//! file ─► `PK`? ─ no ──► the file is the chat
//!               └ yes ─► entries ─► within limits? ─► one of them is the chat, the others are media
//! ```
//!
//! Names of entries are words to compare and to show. Nothing here makes a path of one, or writes anything anywhere. Entries are unpacked only
//! when they are read, each no further than the zip file's own directory says, against its checksum.

mod archive;
mod chat_name;
mod limits;

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use serde::Serialize;

use crate::redacted::redacted_debug;

use archive::Archive;
pub use limits::{ContainerError, Limits};

/// Bytes unpacked at once.
const BUFFER: usize = 64 * 1024;

/// A file that came with the chat.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Media {
    entry: String,
    size: u64,
    #[serde(skip)]
    place: Option<usize>,
}

impl Media {
    /// One that lies beside a loose text file, for [`crate::Tally::finish`]. It cannot be read from the container.
    pub fn beside(name: String, size: u64) -> Self {
        Self {
            entry: name,
            size,
            place: None,
        }
    }

    /// The last part of its name, by which messages call it.
    pub fn name(&self) -> &str {
        archive::last_part(&self.entry)
    }

    /// Its whole name in the container. Never a path to write to.
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// Bytes, unpacked.
    pub fn size(&self) -> u64 {
        self.size
    }
}

/// A text file, or a zip file, as the app handed it out.
pub struct Container<R> {
    inner: Inner<R>,
}

enum Inner<R> {
    Text(R),
    Zip { archive: Archive<R>, chats: Vec<usize> },
}

redacted_debug!(Media);

impl<R> std::fmt::Debug for Container<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Container(..)")
    }
}

impl<R: Read + Seek> Container<R> {
    /// Looks at a file: whether it is a zip file, and then which entries it has.
    ///
    /// # Errors
    /// [`ContainerError`] when it cannot be read, is damaged, or exceeds a limit. That no chat or several are in it is no error yet.
    pub fn open(mut source: R, limits: Limits) -> Result<Self, ContainerError> {
        let mut first = Vec::with_capacity(4);
        let size = source.seek(SeekFrom::End(0)).map_err(ContainerError::Read)?;
        source.seek(SeekFrom::Start(0)).map_err(ContainerError::Read)?;
        source
            .by_ref()
            .take(4)
            .read_to_end(&mut first)
            .map_err(ContainerError::Read)?;
        if !matches!(first[..], [b'P', b'K', 3, 4] | [b'P', b'K', 5, 6]) {
            limits.check_text(size)?;
            return Ok(Self {
                inner: Inner::Text(source),
            });
        }
        let archive = Archive::open(source, &limits)?;
        let chats = chat_name::candidates(&archive)?;
        for chat in &chats {
            limits.check_text(archive.size(*chat))?;
        }
        Ok(Self {
            inner: Inner::Zip { archive, chats },
        })
    }

    /// The names of the entries that can be the chat. A text file has none: it is the chat.
    pub fn chats(&self) -> Vec<&str> {
        match &self.inner {
            Inner::Text(_) => Vec::new(),
            Inner::Zip { archive, chats } => chats.iter().map(|place| archive.name(*place)).collect(),
        }
    }

    /// Takes the only one of these entries, of those that can be the chat, when there are several.
    ///
    /// # Errors
    /// [`ContainerError::NoSuchEntry`] when it is none of them, or its name is that of several.
    pub fn choose(&mut self, entry: &str) -> Result<(), ContainerError> {
        let Inner::Zip { archive, chats } = &mut self.inner else {
            return Err(ContainerError::NoSuchEntry);
        };
        let named: Vec<usize> = chats
            .iter()
            .copied()
            .filter(|place| archive.name(*place) == entry)
            .collect();
        let [only] = named[..] else {
            return Err(ContainerError::NoSuchEntry);
        };
        *chats = vec![only];
        Ok(())
    }

    /// The chat from its first byte. May be asked for again for another pass.
    ///
    /// # Errors
    /// [`ContainerError::NoChat`] and [`ContainerError::SeveralChats`], and when it cannot be read.
    pub fn chat(&mut self) -> Result<Box<dyn BufRead + '_>, ContainerError> {
        match &mut self.inner {
            Inner::Text(source) => {
                source.seek(SeekFrom::Start(0)).map_err(ContainerError::Read)?;
                Ok(Box::new(BufReader::with_capacity(BUFFER, source)))
            }
            Inner::Zip { archive, chats } => match chats[..] {
                [] => Err(ContainerError::NoChat),
                [chat] => Ok(Box::new(BufReader::with_capacity(BUFFER, archive.read(chat)?))),
                _ => Err(ContainerError::SeveralChats { count: chats.len() }),
            },
        }
    }

    /// Everything in the container but the chat, in its order; several of one name when there are.
    pub fn media(&self) -> Vec<Media> {
        let Inner::Zip { archive, chats } = &self.inner else {
            return Vec::new();
        };
        let chat = if let [only] = chats[..] { Some(only) } else { None };
        let others = (0..archive.len()).filter(|place| Some(*place) != chat);
        let media = |place| Media {
            entry: archive.name(place).to_owned(),
            size: archive.size(place),
            place: Some(place),
        };
        others.map(media).collect()
    }

    /// A file that came with the chat, unpacked as it is read. Ends in an error when its size or checksum is not what the container says.
    ///
    /// # Errors
    /// [`ContainerError::NoSuchEntry`] for a file that is not in this container, [`ContainerError::UnknownMethod`], [`ContainerError::Damaged`].
    pub fn read(&self, media: &Media) -> Result<impl Read + use<'_, R>, ContainerError> {
        match (&self.inner, media.place) {
            (Inner::Zip { archive, .. }, Some(place))
                if place < archive.len() && archive.name(place) == media.entry =>
            {
                archive.read(place)
            }
            _ => Err(ContainerError::NoSuchEntry),
        }
    }
}
