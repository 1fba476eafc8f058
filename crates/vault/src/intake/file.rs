//! A file of a spooled post, sealed to the intake key until it is recorded under a key of its own (`docs/formats/spooled-file.md`).
//!
//! ```text
//! version 1 | intake seal of the file's key 85 | chunks as in a blob
//! ```
//!
//! Sealing needs only the day's public key; opening needs the vault, and ends when the day's private half is destroyed.

use super::{Day, IntakePublic};
use crate::blob::{BLOB_HEADER, BlobShape, Chunks, FileKey};
use crate::key::{Key, TAG};
use crate::open::OpenError;
use crate::place::AAD;
use crate::vault::Vault;
use counterfoil_model::{ConnectionId, DeliveryId, InstallationId, Opened, Random};
use std::ops::Range;

const VERSION: u8 = 1;
/// In the associated data of chunks; envelopes and blobs never have it there.
const FORMAT: u8 = 0x80 | VERSION;
const SEALED_KEY: usize = 1 + 4 + 32 + 32 + TAG;
/// Bytes before the first chunk.
pub const INTAKE_FILE_HEADER: usize = 1 + SEALED_KEY;

fn file_key(installation: InstallationId, connection: ConnectionId, reference: [u8; 16], key: &Key) -> FileKey {
    let mut aad = [0; AAD];
    aad[..16].copy_from_slice(installation.bytes());
    aad[16] = FORMAT;
    aad[17..33].copy_from_slice(connection.bytes());
    aad[33..49].copy_from_slice(&reference);
    FileKey::expanded(key, &[b"counterfoil/intake/v1/file"], aad)
}

/// Seals a file as it comes: header, what each push gives, then the end.
pub struct IntakeFileSealer {
    header: Vec<u8>,
    chunks: Chunks,
}

impl IntakePublic {
    /// Begins to seal the file that `reference` names.
    pub fn file_sealer(&self, connection: ConnectionId, reference: [u8; 16], random: &dyn Random) -> IntakeFileSealer {
        let key = Key::random(random);
        let mut header = vec![VERSION];
        header.extend(self.seal_alone(connection, DeliveryId::from_bytes(reference), key.bytes(), random));
        IntakeFileSealer {
            header,
            chunks: Chunks::new(file_key(self.installation(), connection, reference, &key)),
        }
    }
}

impl IntakeFileSealer {
    /// The first bytes of the sealed file.
    pub fn header(&self) -> Vec<u8> {
        self.header.clone()
    }

    /// Takes more of the file and gives the chunks that are full.
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

/// How such a file of a given length is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntakeFileShape(BlobShape);

impl IntakeFileShape {
    /// How much longer the header is than a blob's.
    const LONGER: u64 = (INTAKE_FILE_HEADER - BLOB_HEADER) as u64;

    /// The shape of a sealed file of `sealed` bytes; `None` when no file has that length.
    pub fn of(sealed: u64) -> Option<Self> {
        BlobShape::of(sealed.checked_sub(Self::LONGER)?).map(Self)
    }

    /// How many chunks it has, at least one.
    pub fn chunks(&self) -> u32 {
        self.0.chunks()
    }

    /// Where chunk `number` lies in the sealed file.
    pub fn sealed_range(&self, number: u32) -> Option<Range<u64>> {
        let range = self.0.sealed_range(number)?;
        Some(range.start + Self::LONGER..range.end + Self::LONGER)
    }

    /// The day whose key a file needs, by its first five bytes at least.
    pub fn day(start: &[u8]) -> Option<Day> {
        // Its own version, then the intake seal's.
        let day = start.get(2..6)?.try_into().ok()?;
        Some(Day::from_number(u32::from_be_bytes(day)))
    }
}

/// Opens the chunks of one such file.
pub struct IntakeFileOpener(FileKey);

impl Vault {
    /// Prepares to open the file that `reference` names, by the first [`INTAKE_FILE_HEADER`] bytes of it.
    ///
    /// # Errors
    /// As [`Vault::intake_open`].
    pub async fn intake_file_open(
        &self,
        connection: ConnectionId,
        reference: [u8; 16],
        header: &[u8],
    ) -> Result<IntakeFileOpener, OpenError> {
        let sealed = header
            .strip_prefix(&[VERSION])
            .filter(|sealed| sealed.len() == SEALED_KEY)
            .ok_or(OpenError::Altered)?;
        let key = self
            .intake_open(connection, DeliveryId::from_bytes(reference), sealed)
            .await?;
        let key = Key::from_slice(key.expose()).ok_or(OpenError::Altered)?;
        Ok(IntakeFileOpener(file_key(
            self.installation(),
            connection,
            reference,
            &key,
        )))
    }
}

impl IntakeFileOpener {
    /// Opens chunk `number`, from 0, whose sealed bytes are `sealed`.
    ///
    /// # Errors
    /// [`OpenError::Altered`] when it was altered or moved, or when the file was cut or lengthened.
    pub fn chunk(&self, shape: IntakeFileShape, number: u32, sealed: &[u8]) -> Result<Opened<Vec<u8>>, OpenError> {
        self.0.open(number, shape.chunks(), sealed)
    }
}
