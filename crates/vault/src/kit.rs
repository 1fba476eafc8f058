//! The seal of an intake kit: what a node needs to verify and seal posts while every database is away, in one file, under a key of
//! its own (`docs/formats/intake-kit.md`).
//!
//! ```text
//! "CFKIT" version 8 | installation 16 | made at 8 | nonce 12 | AES-256-GCM( content ) | tag 16
//! ```
//!
//! What the content says is decided elsewhere; here it is sealed and opened. Nothing here reads or writes the kit's file.

use crate::key::{self, Key, Mac, NONCE, TAG};
use crate::root::folder::{key_at, write_new};
use crate::root::{KeyFolderError, RootKeyError};
use counterfoil_model::{ConnectionId, InstallationId, Opened, Random, Timestamp};
use std::path::Path;

const MAGIC: [u8; 8] = *b"CFKIT\x00\x00\x01";
const HEADER: usize = 8 + 16 + 8;

/// Why a kit does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KitError {
    /// It is not a kit of this version.
    #[error("this is not an intake kit of this version")]
    NotAKit,
    /// It was altered, or sealed under another key.
    #[error("the intake kit was altered, or belongs to another key")]
    Altered,
}

/// The key of a kit. Wiped when dropped.
pub struct KitKey(pub(crate) Key);

/// A kit, opened.
pub struct OpenedKit {
    /// Whose it is.
    pub installation: InstallationId,
    /// When it was made.
    pub made_at: Timestamp,
    /// What it says.
    pub content: Opened<Vec<u8>>,
}

impl KitKey {
    /// A fresh key, for a kit that goes to another node.
    pub fn fresh(random: &dyn Random) -> Self {
        Self(Key::random(random))
    }

    /// Reads the key from a file that is for its owner alone.
    ///
    /// # Errors
    /// [`RootKeyError::Missing`], [`RootKeyError::Folder`].
    pub fn read(path: &Path) -> Result<Self, RootKeyError> {
        key_at(path).map(Self)
    }

    /// Writes the key into a new file for its owner alone.
    ///
    /// # Errors
    /// [`KeyFolderError::Io`], also when there is such a file.
    pub fn write(&self, path: &Path) -> Result<(), KeyFolderError> {
        write_new(path, &self.0)
    }

    /// Seals a kit.
    pub fn seal(
        &self,
        installation: InstallationId,
        made_at: Timestamp,
        content: &Opened<Vec<u8>>,
        random: &dyn Random,
    ) -> Vec<u8> {
        let content = content.expose();
        let nonce = random.array::<NONCE>();
        let mut kit = Vec::with_capacity(HEADER + NONCE + content.len() + TAG);
        kit.extend_from_slice(&MAGIC);
        kit.extend_from_slice(installation.bytes());
        kit.extend_from_slice(&made_at.micros().to_be_bytes());
        let header: [u8; HEADER] = kit[..HEADER].try_into().expect("the header has been written");
        kit.extend_from_slice(&nonce);
        kit.extend_from_slice(content);
        key::seal(self.0.bytes(), nonce, &header, &mut kit, HEADER + NONCE);
        kit
    }

    /// Opens a kit.
    ///
    /// # Errors
    /// See [`KitError`].
    pub fn open(&self, kit: &[u8]) -> Result<OpenedKit, KitError> {
        let (installation, made_at) = Self::of(kit)?;
        let (header, rest) = kit.split_first_chunk::<HEADER>().ok_or(KitError::NotAKit)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(KitError::Altered)?;
        let mut content = key::open(self.0.bytes(), *nonce, header, sealed).ok_or(KitError::Altered)?;
        Ok(OpenedKit {
            installation,
            made_at,
            content: Opened::new(std::mem::take(&mut *content)),
        })
    }

    /// Whose kit this says it is and when it was made; sure only once it has been opened.
    ///
    /// # Errors
    /// [`KitError::NotAKit`].
    pub fn of(kit: &[u8]) -> Result<(InstallationId, Timestamp), KitError> {
        let rest = kit.strip_prefix(&MAGIC).ok_or(KitError::NotAKit)?;
        let (installation, rest) = rest.split_first_chunk::<16>().ok_or(KitError::NotAKit)?;
        let (made_at, _) = rest.split_first_chunk::<8>().ok_or(KitError::NotAKit)?;
        let made_at = Timestamp::from_micros(i64::from_be_bytes(*made_at));
        Ok((InstallationId::from_bytes(*installation), made_at))
    }
}

/// The key under which spooled files are named. Wiped when dropped.
pub struct ReferenceKey(Key);

impl ReferenceKey {
    pub(crate) fn derived(from: &Mac) -> Self {
        let key = from.over(&[b"counterfoil/intake/reference/v1"]);
        Self(Key::from_slice(&key).expect("an HMAC-SHA256 has 32 bytes"))
    }

    /// Takes 32 bytes from a kit; `None` for any other length.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        Key::from_slice(bytes).map(Self)
    }

    /// The 32 bytes, for a kit.
    pub fn reveal(&self) -> &[u8; 32] {
        self.0.bytes()
    }

    /// The name of the file that the provider knows as `media_id`: an HMAC, cut to 16 bytes.
    pub fn name(&self, connection: ConnectionId, media_id: &str) -> [u8; 16] {
        let whole = Mac::new(&self.0).over(&[connection.bytes(), media_id.as_bytes()]);
        let mut name = [0; 16];
        name.copy_from_slice(&whole[..16]);
        name
    }
}
