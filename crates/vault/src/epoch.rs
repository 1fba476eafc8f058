//! Epochs: the key under which trees and secrets are wrapped for a while, itself wrapped by a root key.
//!
//! The row of an epoch carries a code over all its columns, made with the epoch's own key, so that a changed state or date
//! shows (`docs/formats/key-tree.md`). Nothing here destroys a key.

use crate::key::{Key, Mac};
use crate::key_store::EpochRow;
use crate::root::{EpochKey, RootKey, RootKeyError};
use crate::vault::VaultError;
use counterfoil_model::{InstallationId, Random, Timestamp};
use std::collections::BTreeMap;
use subtle::ConstantTimeEq;

const VERSION: u8 = 1;
const OPEN: i64 = 1;
const CLOSED: i64 = 2;
const RETIRED: i64 = 3;

/// Why the key of an epoch was not opened.
pub(crate) struct EpochFault {
    pub(crate) epoch: i64,
    pub(crate) reason: Reason,
}

pub(crate) enum Reason {
    Altered,
    OtherProvider(String),
    RootKey(RootKeyError),
}

impl From<EpochFault> for VaultError {
    fn from(fault: EpochFault) -> Self {
        let epoch = fault.epoch;
        match fault.reason {
            Reason::Altered => Self::altered("epoch", epoch),
            Reason::OtherProvider(provider) => Self::OtherProvider { epoch, provider },
            Reason::RootKey(source) => Self::RootKey { epoch, source },
        }
    }
}

/// The keys of the epochs that are not retired.
pub(crate) struct Epochs {
    keys: BTreeMap<i64, Key>,
    open: Option<i64>,
}

impl Epochs {
    /// Opens the rows with `root`.
    pub(crate) async fn load(
        installation: InstallationId,
        root: &dyn RootKey,
        rows: &[EpochRow],
    ) -> Result<Self, EpochFault> {
        let mut epochs = Self {
            keys: BTreeMap::new(),
            open: None,
        };
        for row in rows {
            let fault = |reason| EpochFault {
                epoch: row.number,
                reason,
            };
            if let Some(key) = unwrap_row(installation, root, row).await.map_err(fault)? {
                epochs.keys.insert(row.number, key);
                if row.state == OPEN {
                    epochs.open = epochs.open.max(Some(row.number));
                }
            }
        }
        Ok(epochs)
    }

    pub(crate) fn key(&self, number: i64) -> Option<&Key> {
        self.keys.get(&number)
    }

    /// The newest open epoch, under which everything new is wrapped.
    pub(crate) fn open(&self) -> Option<(i64, &Key)> {
        let number = self.open?;
        Some((number, self.keys.get(&number)?))
    }
}

/// The key of an epoch; `None` when it is retired.
async fn unwrap_row(installation: InstallationId, root: &dyn RootKey, row: &EpochRow) -> Result<Option<Key>, Reason> {
    match row.state {
        OPEN | CLOSED => {}
        RETIRED => {
            // A retired epoch has no key any more. While there still is one, the row is not telling the truth.
            let holds = root.holds(installation, row.number).await.map_err(Reason::RootKey)?;
            return if holds { Err(Reason::Altered) } else { Ok(None) };
        }
        _ => return Err(Reason::Altered),
    }
    if row.provider != root.name() {
        return Err(Reason::OtherProvider(row.provider.clone()));
    }
    let (version, rest) = row.wrapped.split_first().ok_or(Reason::Altered)?;
    let (code, wrapped) = rest.split_first_chunk::<32>().ok_or(Reason::Altered)?;
    if *version != VERSION {
        return Err(Reason::Altered);
    }
    let EpochKey(key) = root
        .unwrap(installation, row.number, wrapped)
        .await
        .map_err(|error| match error {
            RootKeyError::Altered => Reason::Altered,
            other => Reason::RootKey(other),
        })?;
    let good: bool = code_of(installation, &key, row, wrapped).ct_eq(code).into();
    if good { Ok(Some(key)) } else { Err(Reason::Altered) }
}

fn code_of(installation: InstallationId, key: &Key, row: &EpochRow, wrapped: &[u8]) -> [u8; 32] {
    let provider_length = u64::try_from(row.provider.len()).expect("a length fits 64 bits");
    Mac::new(&key.expand(&[b"counterfoil/vault/v1/epoch-row"])).over(&[
        installation.bytes(),
        &row.number.to_be_bytes(),
        &row.state.to_be_bytes(),
        &row.opened_at.micros().to_be_bytes(),
        &provider_length.to_be_bytes(),
        row.provider.as_bytes(),
        wrapped,
    ])
}

/// Makes a new epoch with a root key of its own. The row is not kept yet.
pub(crate) async fn make(
    installation: InstallationId,
    root: &dyn RootKey,
    random: &dyn Random,
    number: i64,
    at: Timestamp,
) -> Result<EpochRow, RootKeyError> {
    root.make(installation, number).await?;
    let key = EpochKey(Key::random(random));
    let wrapped = root.wrap(installation, number, &key).await?;
    let mut row = EpochRow {
        number,
        state: OPEN,
        provider: root.name().to_owned(),
        wrapped: Vec::new(),
        opened_at: at,
    };
    let code = code_of(installation, &key.0, &row, &wrapped);
    row.wrapped.push(VERSION);
    row.wrapped.extend_from_slice(&code);
    row.wrapped.extend_from_slice(&wrapped);
    Ok(row)
}
