//! Named secrets of the installation that lie wrapped in the vault store: `dedupe`, `digest`, `head-mac`, the seeds of the log's keys, `log-seed` and
//! `log-seed/<number>`, with the public keys of those that were destroyed, `log-public/<number>`, the lookup keys of epochs, `lookup/<epoch>`, the private halves of the intake keys, `intake/<day>`, and which days have one, `intake/days`.
//!
//! Each is 32 bytes, wrapped under the epoch key and bound to every column of its row (`docs/formats/key-tree.md`).

use crate::epoch::Epochs;
use crate::key::{self, Key, Mac};
use crate::key_store::SecretRow;
use crate::lookup::LookupKeys;
use crate::start::StartError;
use crate::vault::VaultError;
use counterfoil_model::{InstallationId, Random};

const DEDUPE: &str = "dedupe";
const DIGEST: &str = "digest";
const HEAD_MAC: &str = "head-mac";
const LOOKUP: &str = "lookup/";

/// What a first start makes, besides the lookup key of the first epoch and the seed of the log's first key.
pub(crate) const FIRST: [&str; 3] = [DEDUPE, DIGEST, HEAD_MAC];

/// The name of the lookup key of an epoch.
pub(crate) fn lookup_name(epoch: i64) -> String {
    format!("{LOOKUP}{epoch}")
}

/// The epoch of a lookup key; `None` for any other secret.
pub(crate) fn lookup_epoch(name: &str) -> Option<i64> {
    let epoch = name.strip_prefix(LOOKUP)?.parse().ok()?;
    (lookup_name(epoch) == name).then_some(epoch)
}

/// The secrets that every start loads and that stay.
pub(crate) struct Secrets {
    pub(crate) dedupe: Mac,
    pub(crate) digest: Mac,
    pub(crate) head: Mac,
}

impl Secrets {
    /// Opens the rows.
    pub(crate) fn load(installation: InstallationId, epochs: &Epochs, rows: &[SecretRow]) -> Result<Self, StartError> {
        let find = |name: &str| {
            let row = rows.iter().find(|row| row.name == name);
            let row = row.ok_or_else(|| StartError::SecretMissing(name.to_owned()))?;
            unwrap_row(installation, epochs, row).ok_or_else(|| StartError::Vault(VaultError::altered("secret", name)))
        };
        Ok(Self {
            dedupe: Mac::new(&find(DEDUPE)?),
            digest: Mac::new(&find(DIGEST)?),
            head: Mac::new(&find(HEAD_MAC)?),
        })
    }
}

impl LookupKeys {
    /// Opens those among the rows that are lookup keys; else the name of one that is missing or does not open.
    pub(crate) fn load(installation: InstallationId, epochs: &Epochs, rows: &[SecretRow]) -> Result<Self, Unloaded> {
        let keys = rows.iter().filter_map(|row| Some((lookup_epoch(&row.name)?, row)));
        let keys = keys.map(|(epoch, row)| {
            let key = unwrap_row(installation, epochs, row);
            let key = key.ok_or_else(|| Unloaded::Altered(row.name.clone()))?;
            Ok((epoch, Mac::new(&key)))
        });
        let newest = epochs.rows().last().map_or(1, |row| row.number);
        Self::of(keys.collect::<Result<_, _>>()?).ok_or_else(|| Unloaded::Missing(lookup_name(newest)))
    }
}

/// Which lookup key, or which key of the log, was not loaded.
pub(crate) enum Unloaded {
    Missing(String),
    Altered(String),
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
