//! Named secrets of the installation that lie wrapped in the vault store: `lookup/1`, `dedupe`, `digest`, `log-seed`,
//! `head-mac` the private halves of the intake keys, `intake/<day>`, and which days
//! have one, `intake/days`.
//!
//! Each is 32 bytes, wrapped under the epoch key and bound to every column of its row (`docs/formats/key-tree.md`).

use crate::epoch::Epochs;
use crate::key::{self, Key, Mac};
use crate::key_store::SecretRow;
use crate::start::StartError;
use crate::vault::VaultError;
use counterfoil_model::{InstallationId, Random};

const DEDUPE: &str = "dedupe";
const DIGEST: &str = "digest";
const LOG_SEED: &str = "log-seed";
const HEAD_MAC: &str = "head-mac";
const LOOKUP: &str = "lookup/";

/// What a first start makes.
pub(crate) const FIRST: [&str; 5] = ["lookup/1", DEDUPE, DIGEST, LOG_SEED, HEAD_MAC];

/// The seed of the Ed25519 key that signs the log. Wiped when dropped.
pub struct LogSeed(Key);

impl LogSeed {
    /// The 32 bytes, for the ledger's signing key.
    pub fn reveal(&self) -> &[u8; 32] {
        self.0.bytes()
    }
}

/// The secrets that every start loads.
pub(crate) struct Secrets {
    pub(crate) lookup: Mac,
    pub(crate) dedupe: Mac,
    pub(crate) digest: Mac,
    pub(crate) head: Mac,
    log_seed: Key,
}

impl Secrets {
    /// Opens the rows.
    pub(crate) fn load(installation: InstallationId, epochs: &Epochs, rows: &[SecretRow]) -> Result<Self, StartError> {
        let find = |name: &str| {
            let row = rows.iter().find(|row| row.name == name);
            let row = row.ok_or_else(|| StartError::SecretMissing(name.to_owned()))?;
            unwrap_row(installation, epochs, row).ok_or_else(|| StartError::Vault(VaultError::altered("secret", name)))
        };
        let newest_lookup = rows
            .iter()
            .filter_map(|row| row.name.strip_prefix(LOOKUP)?.parse::<u64>().ok())
            .max()
            .unwrap_or(1);
        Ok(Self {
            lookup: Mac::new(&find(&format!("{LOOKUP}{newest_lookup}"))?),
            dedupe: Mac::new(&find(DEDUPE)?),
            digest: Mac::new(&find(DIGEST)?),
            head: Mac::new(&find(HEAD_MAC)?),
            log_seed: find(LOG_SEED)?,
        })
    }

    pub(crate) fn log_seed(&self) -> LogSeed {
        LogSeed(self.log_seed.copy())
    }
}

/// Installation, epoch and generation at fixed lengths, then the name.
fn associated(installation: InstallationId, name: &str, epoch: i64, generation: i64) -> Vec<u8> {
    let mut aad = Vec::with_capacity(32 + name.len());
    aad.extend_from_slice(installation.bytes());
    aad.extend_from_slice(&epoch.to_be_bytes());
    aad.extend_from_slice(&generation.to_be_bytes());
    aad.extend_from_slice(name.as_bytes());
    aad
}

fn wrap_key(epoch: &Key, name: &str) -> Key {
    epoch.expand(&[b"counterfoil/vault/v1/secret", name.as_bytes()])
}

/// Wraps a secret for its row, under the newest open epoch; `None` when none is open. The first row has generation 1.
pub(crate) fn wrap_row(
    installation: InstallationId,
    epochs: &Epochs,
    random: &dyn Random,
    name: String,
    generation: i64,
    secret: &Key,
) -> Option<SecretRow> {
    let (epoch, key) = epochs.open()?;
    let aad = associated(installation, &name, epoch, generation);
    Some(SecretRow {
        wrapped: key::wrap(&wrap_key(key, &name), random, &aad, secret.bytes()),
        name,
        epoch,
        generation,
    })
}

/// Opens a row; `None` when it was altered.
pub(crate) fn unwrap_row(installation: InstallationId, epochs: &Epochs, row: &SecretRow) -> Option<Key> {
    let aad = associated(installation, &row.name, row.epoch, row.generation);
    let bytes = key::unwrap(&wrap_key(epochs.key(row.epoch)?, &row.name), &aad, &row.wrapped)?;
    Key::from_slice(&bytes)
}
