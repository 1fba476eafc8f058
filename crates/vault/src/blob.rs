//! The bytes of a file, sealed in chunks so that ranges can be read (`docs/formats/blob.md`).
//!
//! ```text
//! header: version 1 | tree 16 | index 4 | salt 32        then chunks: AES-256-GCM( 64 KiB ) | tag 16 ... last chunk, shorter
//! ```
//!
//! The STREAM construction: the nonce of each chunk is a prefix, its number and whether it is the last. So a chunk that was
//! cut off, moved, repeated or taken from another file does not open. Source: Hoang, Reyhanitabar, Rogaway, Vizár, "Online
//! Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015. A range that does not reach the end does not prove
//! that the end is there; the digest in the record does.

use crate::key::{self, Key, NONCE, TAG, expand_into};
use crate::open::OpenError;
use crate::place::{AAD, Address, Place, associated};
use counterfoil_model::{InstallationId, Opened, Random, TreeId};
use std::ops::Range;
use zeroize::Zeroizing;

/// Readable bytes per chunk; only the last may have fewer.
pub const BLOB_CHUNK: usize = 64 << 10;
/// Bytes before the first chunk.
pub const BLOB_HEADER: usize = 1 + 16 + 4 + SALT;

const SALT: usize = 32;
const PREFIX: usize = 7;
const SEALED_CHUNK: usize = BLOB_CHUNK + TAG;
/// The version in the header and, with the bit 0x40 that envelopes never set, in the associated data.
const VERSION: u8 = 1;
const FORMAT: u8 = 0x40 | VERSION;

/// The key of one file, with what binds its chunks to their place.
pub(crate) struct FileKey {
    key: Key,
    prefix: [u8; PREFIX],
    aad: [u8; AAD],
}

impl FileKey {
    fn new(installation: InstallationId, item: &Key, address: Address, place: Place, salt: &[u8; SALT]) -> Self {
        let blob = item.expand(&[b"counterfoil/vault/v1/blob", &[place.label.code()]]);
        let aad = associated(installation, FORMAT, place, address);
        Self::expanded(&blob, &[b"counterfoil/vault/v1/file", salt], aad)
    }

    /// Key and nonce prefix out of `from`, with what each chunk is bound to.
    pub(crate) fn expanded(from: &Key, info: &[&[u8]], aad: [u8; AAD]) -> Self {
        let mut material = Zeroizing::new([0; 32 + PREFIX]);
        expand_into(from.bytes(), info, material.as_mut_slice());
        let mut prefix = [0; PREFIX];
        prefix.copy_from_slice(&material[32..]);
        Self {
            key: Key::from_slice(&material[..32]).expect("the slice has 32 bytes"),
            prefix,
            aad,
        }
    }

    /// Opens chunk `number` of `chunks`.
    pub(crate) fn open(&self, number: u32, chunks: u32, sealed: &[u8]) -> Result<Opened<Vec<u8>>, OpenError> {
        if number >= chunks {
            return Err(OpenError::Altered);
        }
        let nonce = self.nonce(number, number + 1 == chunks);
        key::open(self.key.bytes(), nonce, &self.aad, sealed)
            .map(|mut plain| Opened::new(std::mem::take(&mut *plain)))
            .ok_or(OpenError::Altered)
    }

    fn nonce(&self, number: u32, last: bool) -> [u8; NONCE] {
        let mut nonce = [0; NONCE];
        nonce[..PREFIX].copy_from_slice(&self.prefix);
        nonce[PREFIX..NONCE - 1].copy_from_slice(&number.to_be_bytes());
        nonce[NONCE - 1] = u8::from(last);
        nonce
    }
}

/// The chunks of one file, sealed as they come.
pub(crate) struct Chunks {
    file: FileKey,
    number: u32,
    waiting: Zeroizing<Vec<u8>>,
}

impl Chunks {
    pub(crate) fn new(file: FileKey) -> Self {
        Self {
            file,
            number: 0,
            waiting: Zeroizing::new(Vec::with_capacity(BLOB_CHUNK)),
        }
    }

    pub(crate) fn push(&mut self, mut plain: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(plain.len() / BLOB_CHUNK * SEALED_CHUNK);
        while !plain.is_empty() {
            if self.waiting.len() == BLOB_CHUNK {
                self.seal(false, &mut out);
                self.number = self.number.checked_add(1).expect("a file has fewer than 2^32 chunks");
            }
            let (now, later) = plain.split_at(plain.len().min(BLOB_CHUNK - self.waiting.len()));
            self.waiting.extend_from_slice(now);
            plain = later;
        }
        out
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.waiting.len() + TAG);
        self.seal(true, &mut out);
        out
    }

    fn seal(&mut self, last: bool, out: &mut Vec<u8>) {
        // Room first: a buffer that moved while it held readable bytes would leave a copy behind.
        out.reserve(self.waiting.len() + TAG);
        let from = out.len();
        out.extend_from_slice(&self.waiting);
        let nonce = self.file.nonce(self.number, last);
        key::seal(self.file.key.bytes(), nonce, &self.file.aad, out, from);
        self.waiting.clear();
    }
}

/// Seals a file as it comes: [`BlobSealer::header`], what each [`BlobSealer::push`] gives, then [`BlobSealer::finish`].
pub struct BlobSealer {
    chunks: Chunks,
    header: [u8; BLOB_HEADER],
}

impl BlobSealer {
    pub(crate) fn new(
        installation: InstallationId,
        random: &dyn Random,
        item: &Key,
        address: Address,
        place: Place,
    ) -> Self {
        let salt = random.array::<SALT>();
        let mut header = [0; BLOB_HEADER];
        header[0] = VERSION;
        header[1..17].copy_from_slice(address.tree.bytes());
        header[17..21].copy_from_slice(&address.index.to_be_bytes());
        header[21..].copy_from_slice(&salt);
        Self {
            chunks: Chunks::new(FileKey::new(installation, item, address, place, &salt)),
            header,
        }
    }

    /// The first bytes of the sealed file; also what [`Vault::blob_open`](crate::Vault::blob_open) asks for.
    pub fn header(&self) -> Vec<u8> {
        self.header.to_vec()
    }

    /// Takes more of the file and gives the chunks that are full. The newest chunk waits, since it may be the last.
    ///
    /// # Panics
    /// When the file has 2^32 chunks (256 TiB).
    pub fn push(&mut self, plain: &[u8]) -> Vec<u8> {
        self.chunks.push(plain)
    }

    /// The last chunk, which may be empty.
    pub fn finish(self) -> Vec<u8> {
        self.chunks.finish()
    }
}

/// How a sealed file of a given length is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobShape {
    sealed: u64,
    chunks: u32,
}

impl BlobShape {
    /// The shape of a sealed file of `sealed` bytes, header included; `None` when no file has that length.
    pub fn of(sealed: u64) -> Option<Self> {
        let body = sealed.checked_sub(BLOB_HEADER as u64)?;
        let chunks = body.div_ceil(SEALED_CHUNK as u64);
        let last = body.checked_sub(chunks.checked_sub(1)? * SEALED_CHUNK as u64)?;
        // Only the one chunk of an empty file is empty.
        if last < TAG as u64 || (last == TAG as u64 && chunks > 1) {
            return None;
        }
        Some(Self {
            sealed,
            chunks: u32::try_from(chunks).ok()?,
        })
    }

    /// How many chunks it has, at least one.
    pub fn chunks(&self) -> u32 {
        self.chunks
    }

    /// How many readable bytes it has.
    pub fn length(&self) -> u64 {
        self.sealed - BLOB_HEADER as u64 - u64::from(self.chunks) * TAG as u64
    }

    /// Where chunk `number` lies in the sealed file; `None` when there is no such chunk.
    pub fn sealed_range(&self, number: u32) -> Option<Range<u64>> {
        if number >= self.chunks {
            return None;
        }
        let start = BLOB_HEADER as u64 + u64::from(number) * SEALED_CHUNK as u64;
        Some(start..self.sealed.min(start + SEALED_CHUNK as u64))
    }

    /// Which chunks hold the readable bytes `range`; empty when the range is empty or past the end.
    pub fn chunks_of(&self, range: Range<u64>) -> Range<u32> {
        let end = range.end.min(self.length());
        if range.start >= end {
            return 0..0;
        }
        let chunk = |offset: u64| u32::try_from(offset / BLOB_CHUNK as u64).unwrap_or(u32::MAX);
        chunk(range.start)..chunk(end - 1) + 1
    }
}

/// Opens the chunks of one sealed file, in any order.
pub struct BlobOpener {
    file: FileKey,
    header: [u8; BLOB_HEADER],
}

/// What a header says.
pub(crate) struct Header {
    pub(crate) address: Address,
    salt: [u8; SALT],
    bytes: [u8; BLOB_HEADER],
}

impl Header {
    /// Reads a header; `None` when it is none.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; BLOB_HEADER] = bytes.try_into().ok()?;
        let (version, rest) = bytes.split_first()?;
        let (tree, rest) = rest.split_first_chunk::<16>()?;
        let (index, salt) = rest.split_first_chunk::<4>()?;
        if *version != VERSION {
            return None;
        }
        Some(Self {
            address: Address {
                tree: TreeId::from_bytes(*tree),
                index: u32::from_be_bytes(*index),
            },
            salt: salt.try_into().ok()?,
            bytes,
        })
    }
}

/// Whose key opens the file whose first [`BLOB_HEADER`] bytes these are, as they claim; `None` when they are no header. It is proven only by opening.
pub fn blob_address(header: &[u8]) -> Option<Address> {
    Header::parse(header).map(|header| header.address)
}

impl BlobOpener {
    pub(crate) fn new(installation: InstallationId, item: &Key, header: &Header, place: Place) -> Self {
        Self {
            file: FileKey::new(installation, item, header.address, place, &header.salt),
            header: header.bytes,
        }
    }

    /// Opens chunk `number`, from 0, whose sealed bytes are `sealed`; `shape` comes from the length of the sealed file.
    ///
    /// # Errors
    /// [`OpenError::Altered`] when the chunk was altered, moved or taken from another file, or when the file was cut or
    /// lengthened so that another chunk is the last.
    pub fn chunk(&self, shape: BlobShape, number: u32, sealed: &[u8]) -> Result<Opened<Vec<u8>>, OpenError> {
        self.file.open(number, shape.chunks, sealed)
    }

    /// Opens a whole sealed file, header included.
    ///
    /// # Errors
    /// [`OpenError::Altered`] when anything of it was altered.
    pub fn whole(&self, sealed: &[u8]) -> Result<Opened<Vec<u8>>, OpenError> {
        let shape = u64::try_from(sealed.len())
            .ok()
            .and_then(BlobShape::of)
            .filter(|_| sealed.starts_with(&self.header))
            .ok_or(OpenError::Altered)?;
        let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
        for (number, chunk) in (0..).zip(sealed[BLOB_HEADER..].chunks(SEALED_CHUNK)) {
            plain.extend_from_slice(self.chunk(shape, number, chunk)?.expose());
        }
        Ok(Opened::new(std::mem::take(&mut *plain)))
    }
}
