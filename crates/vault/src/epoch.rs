//! Epochs: the key under which trees and secrets are wrapped for a while, itself wrapped by a root key.
//!
//! ```text
//! made ──► open ──► closed ──► retired
//! ```
//!
//! One epoch is open at a time: the transaction that opens the next closes it. The row of an epoch carries a code over all its columns, made
//! with the epoch's own key while there is one, so that a changed state or date shows (`docs/formats/key-tree.md`). Nothing here destroys a key.

use crate::key::{Key, Mac};
use crate::key_store::{EpochRow, KeyStore, KeyStoreError};
use crate::root::{EpochKey, RootKey, RootKeyError};
use crate::vault::VaultError;
use counterfoil_model::{InstallationId, Random, Timestamp};
use std::collections::BTreeMap;
use subtle::ConstantTimeEq;

const VERSION: u8 = 1;

/// How far an epoch has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpochStage {
    /// It is known, and nothing is wrapped under it until every node has its root key.
    Made,
    /// Everything new is wrapped under it.
    Open,
    /// Nothing new is wrapped under it, and what is gets wrapped anew.
    Closed,
    /// Nothing is wrapped under it any more, and its key is gone from the vault store.
    Retired,
}

impl EpochStage {
    /// The number in a row: never change one.
    pub const fn code(self) -> i64 {
        match self {
            Self::Open => 1,
            Self::Closed => 2,
            Self::Retired => 3,
            Self::Made => 4,
        }
    }

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Retired => "retired",
        }
    }

    pub(crate) fn of(code: i64) -> Option<Self> {
        let all = [Self::Open, Self::Closed, Self::Retired, Self::Made];
        all.into_iter().find(|stage| stage.code() == code)
    }
}

/// An epoch as its row tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epoch {
    /// From 1, one by one.
    pub number: i64,
    /// How far it has come.
    pub stage: EpochStage,
    /// Since when it is open; while it is made, since when it is that.
    pub opened_at: Timestamp,
    /// The kind of provider that has its root key.
    pub provider: String,
}

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

/// Why the epochs were not read.
pub(crate) enum Unread {
    Unavailable(KeyStoreError),
    Fault(EpochFault),
}

impl From<EpochFault> for Unread {
    fn from(fault: EpochFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Unread> for VaultError {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Unavailable(error) => Self::Unavailable(error),
            Unread::Fault(fault) => fault.into(),
        }
    }
}

/// The keys of the epochs that are not retired.
pub(crate) struct Epochs {
    keys: BTreeMap<i64, Key>,
    open: Option<i64>,
    rows: Vec<EpochRow>,
}

impl Epochs {
    /// Reads the epochs as they are now. While one is being retired, its root key may go just as its row is read: then they are read again.
    pub(crate) async fn read(
        installation: InstallationId,
        keys: &dyn KeyStore,
        root: &dyn RootKey,
    ) -> Result<Self, Unread> {
        let mut rows = keys.epochs().await.map_err(Unread::Unavailable)?;
        loop {
            let fault = match Self::load(installation, root, rows.clone()).await {
                Ok(epochs) => return Ok(epochs),
                Err(fault) => fault,
            };
            let now = keys.epochs().await.map_err(Unread::Unavailable)?;
            if now == rows {
                return Err(fault.into());
            }
            rows = now;
        }
    }

    /// Opens the rows with `root`. Of a made epoch the root key may be missing still, and of a closed one be gone already, if nothing
    /// is wrapped under it: [`Epochs::gone`]. Retired rows are looked at by [`Epochs::retired`].
    async fn load(installation: InstallationId, root: &dyn RootKey, rows: Vec<EpochRow>) -> Result<Self, EpochFault> {
        let (mut keys, mut open) = (BTreeMap::new(), None);
        for row in &rows {
            let fault = |reason| EpochFault {
                epoch: row.number,
                reason,
            };
            if let Some(key) = unwrap_row(installation, root, row).await.map_err(fault)? {
                keys.insert(row.number, key);
                if row.state == EpochStage::Open.code() {
                    open = open.max(Some(row.number));
                }
            }
        }
        Ok(Self { keys, open, rows })
    }

    /// Those of the rows that `root` opens, whatever is wrong with the others. Nothing is wrapped under any of them.
    pub(crate) async fn that_open(installation: InstallationId, root: &dyn RootKey, rows: &[EpochRow]) -> Self {
        let mut keys = BTreeMap::new();
        for row in rows {
            if let Ok(Some(key)) = unwrap_row(installation, root, row).await {
                keys.insert(row.number, key);
            }
        }
        Self {
            keys,
            open: None,
            rows: Vec::new(),
        }
    }

    /// The retired epochs, whose codes are made with `mac`, a secret that outlives them.
    pub(crate) fn retired(&self, installation: InstallationId, mac: &Mac) -> Result<Vec<i64>, EpochFault> {
        let retired = self.rows.iter().filter(|row| row.state == EpochStage::Retired.code());
        retired
            .map(|row| match is_retired(installation, mac, row) {
                true => Ok(row.number),
                false => Err(EpochFault {
                    epoch: row.number,
                    reason: Reason::Altered,
                }),
            })
            .collect()
    }

    /// The closed epochs whose root keys are not here.
    pub(crate) fn gone(&self) -> impl Iterator<Item = i64> {
        let gone = |row: &&EpochRow| row.state == EpochStage::Closed.code() && !self.keys.contains_key(&row.number);
        self.rows.iter().filter(gone).map(|row| row.number)
    }

    pub(crate) fn key(&self, number: i64) -> Option<&Key> {
        self.keys.get(&number)
    }

    /// The open epoch, under which everything new is wrapped.
    pub(crate) fn open(&self) -> Option<(i64, &Key)> {
        let number = self.open?;
        Some((number, self.keys.get(&number)?))
    }

    /// The epochs whose keys are here, newest first.
    pub(crate) fn here(&self) -> impl Iterator<Item = i64> {
        self.keys.keys().rev().copied()
    }

    /// The rows that it was read from.
    pub(crate) fn rows(&self) -> &[EpochRow] {
        &self.rows
    }
}

/// The key of an epoch; `None` when it is retired, closed and its root key gone, or made and its root key not here yet.
async fn unwrap_row(installation: InstallationId, root: &dyn RootKey, row: &EpochRow) -> Result<Option<Key>, Reason> {
    let stage = EpochStage::of(row.state).ok_or(Reason::Altered)?;
    if stage == EpochStage::Retired {
        return Ok(None);
    }
    if row.provider != root.name() {
        return Err(Reason::OtherProvider(row.provider.clone()));
    }
    let (version, rest) = row.wrapped.split_first().ok_or(Reason::Altered)?;
    let (code, wrapped) = rest.split_first_chunk::<32>().ok_or(Reason::Altered)?;
    if *version != VERSION {
        return Err(Reason::Altered);
    }
    let EpochKey(key) = match root.unwrap(installation, row.number, wrapped).await {
        Ok(key) => key,
        // Another node's key for it has not been brought here, or one of our own making stands in its place.
        Err(RootKeyError::Missing | RootKeyError::Altered) if stage == EpochStage::Made => return Ok(None),
        // In a copy from just before it was retired: whether anything needs it is looked at by who starts.
        Err(RootKeyError::Missing) if stage == EpochStage::Closed => return Ok(None),
        Err(RootKeyError::Altered) => return Err(Reason::Altered),
        Err(other) => return Err(Reason::RootKey(other)),
    };
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
    (number, stage): (i64, EpochStage),
    at: Timestamp,
) -> Result<EpochRow, RootKeyError> {
    root.make(installation, number).await?;
    let key = EpochKey(Key::random(random));
    let wrapped = root.wrap(installation, number, &key).await?;
    let row = EpochRow {
        number,
        state: stage.code(),
        provider: root.name().to_owned(),
        wrapped: Vec::new(),
        opened_at: at,
    };
    Ok(coded(installation, &key.0, row, &wrapped))
}

/// The row with its code.
fn coded(installation: InstallationId, key: &Key, mut row: EpochRow, wrapped: &[u8]) -> EpochRow {
    let code = code_of(installation, key, &row, wrapped);
    row.wrapped = [&[VERSION], code.as_slice(), wrapped].concat();
    row
}

/// The same epoch at another stage; `None` when its row is too short, which none is that was opened.
pub(crate) fn moved(
    installation: InstallationId,
    key: &Key,
    row: &EpochRow,
    stage: EpochStage,
    opened_at: Timestamp,
) -> Option<EpochRow> {
    let wrapped = row.wrapped.get(33..)?.to_vec();
    let row = EpochRow {
        state: stage.code(),
        opened_at,
        ..row.clone()
    };
    Some(coded(installation, key, row, &wrapped))
}

/// The same epoch, retired: without its key, and with a code of `mac`.
pub(crate) fn retired(installation: InstallationId, mac: &Mac, row: &EpochRow) -> EpochRow {
    let mut row = EpochRow {
        state: EpochStage::Retired.code(),
        ..row.clone()
    };
    let code = retired_code(installation, mac, &row);
    row.wrapped = [&[VERSION], code.as_slice()].concat();
    row
}

fn is_retired(installation: InstallationId, mac: &Mac, row: &EpochRow) -> bool {
    let code = retired_code(installation, mac, row);
    [&[VERSION], code.as_slice()].concat().ct_eq(&row.wrapped).into()
}

fn retired_code(installation: InstallationId, mac: &Mac, row: &EpochRow) -> [u8; 32] {
    mac.over(&[
        b"counterfoil/vault/v1/retired-epoch",
        installation.bytes(),
        &row.number.to_be_bytes(),
        &row.opened_at.micros().to_be_bytes(),
        row.provider.as_bytes(),
    ])
}
