//! The pass of a gate: one file with its certificate and key, whom it believes, where full nodes are, and at first the intake kit
//! (`docs/formats/hand-over.md`).

use super::certificate::Signed;
use super::wire::{Issued, Told, base64_text};
use crate::intake::shelf::{KitContent, KitShelf, ShelfError, replace};
use counterfoil_model::{GateId, InstallationId, Timestamp};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use zeroize::{Zeroize, Zeroizing};

const FORMAT: &str = "counterfoil-gate-pass-1";

/// Why a pass cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PassError {
    /// There is none.
    #[error("there is no pass at {path}: make one on a full node with `counterfoil gate add` and bring it here")]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// Others than the owner may read it.
    #[error("{path} can be used by others than its owner (mode {mode:o}): take those rights away with chmod go-rwx")]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It could not be read or written.
    #[error("the pass {path} could not be read or written")]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// It is no pass of this version.
    #[error("{path} is not a pass that this version understands")]
    Content {
        /// The file.
        path: PathBuf,
    },
    /// The kit that came with it cannot be put on the shelf.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
}

/// What a pass says. Never change what a field means; add another.
#[derive(Serialize, Deserialize)]
pub struct Pass {
    format: String,
    installation: InstallationId,
    gate: GateId,
    pub(super) nodes: Vec<String>,
    #[serde(with = "base64_text")]
    pub(super) authority: Vec<u8>,
    #[serde(with = "base64_text")]
    pub(super) key: Vec<u8>,
    pub(super) certificate: Issued,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kit_made_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kit: Option<KitContent>,
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl Pass {
    pub(super) fn new(
        (installation, gate): (InstallationId, GateId),
        nodes: &[String],
        authority: Vec<u8>,
        (key, signed): (&[u8], Signed),
        (made_at, kit): (Timestamp, KitContent),
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            installation,
            gate,
            nodes: nodes.to_vec(),
            authority,
            key: key.to_vec(),
            certificate: signed.into(),
            kit_made_at: Some(made_at.micros()),
            kit: Some(kit),
        }
    }

    /// The bytes of the file.
    ///
    /// # Panics
    /// Never: a pass is plain data.
    pub fn bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("a pass is plain data with texts for keys");
        bytes.push(b'\n');
        Zeroizing::new(bytes)
    }

    /// When its certificate ends.
    pub fn until(&self) -> Timestamp {
        self.certificate.until()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let pass: Self = serde_json::from_slice(bytes).ok()?;
        (pass.format == FORMAT).then_some(pass)
    }
}

/// The pass where it lies on this gate.
pub struct PassFile {
    path: PathBuf,
    pub(super) pass: Pass,
}

impl PassFile {
    /// Reads the pass at `path`, which must be for its owner alone.
    ///
    /// # Errors
    /// See [`PassError`].
    pub fn open(path: &Path) -> Result<Self, PassError> {
        let disk = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => PassError::Missing { path: path.to_owned() },
            _ => PassError::Disk {
                path: path.to_owned(),
                source,
            },
        };
        let mode = fs::metadata(path).map_err(disk)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            let path = path.to_owned();
            return Err(PassError::OpenToOthers { path, mode });
        }
        let bytes = Zeroizing::new(fs::read(path).map_err(disk)?);
        let pass = Pass::read(&bytes).ok_or_else(|| PassError::Content { path: path.to_owned() })?;
        Ok(Self {
            path: path.to_owned(),
            pass,
        })
    }

    /// Whose gate this is.
    pub fn installation(&self) -> InstallationId {
        self.pass.installation
    }

    /// Puts the kit that came with the pass on the shelf, unless a newer one lies there; from then on it is under the gate's own key only.
    ///
    /// # Errors
    /// [`PassError::Shelf`], [`PassError::Disk`].
    pub fn unpack(&mut self, shelf: &KitShelf) -> Result<(), PassError> {
        let Some(kit) = &self.pass.kit else { return Ok(()) };
        let made_at = Timestamp::from_micros(self.pass.kit_made_at.unwrap_or(0));
        if shelf.report().is_none_or(|there| there.made_at < made_at) {
            shelf.shelve(kit, made_at)?;
        }
        self.pass.kit = None;
        self.pass.kit_made_at = None;
        self.write()
    }

    /// Takes over what a full node told; whether the way to full nodes changed by it.
    pub(super) fn follow(&mut self, told: &Told) -> Result<bool, PassError> {
        let moved = !told.nodes.is_empty() && told.nodes != self.pass.nodes;
        if moved {
            self.pass.nodes.clone_from(&told.nodes);
        }
        if let Some(issued) = &told.certificate {
            self.pass.certificate = issued.clone();
        }
        let changed = moved || told.certificate.is_some();
        if changed {
            self.write()?;
        }
        Ok(changed)
    }

    fn write(&self) -> Result<(), PassError> {
        replace(&self.path, &self.pass.bytes()).map_err(|source| PassError::Disk {
            path: self.path.clone(),
            source,
        })
    }
}
