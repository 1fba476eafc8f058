//! The seeds of the keys that sign the log: one, or two while the key is being changed.
//!
//! ```text
//! make      the seed of the next key; until the log says so, nothing is signed with it
//! destroy   the seed of the key before, once the log has vouched for the next; its public key stays, so that what it signed is known again
//! ```
//!
//! Which of two signs is decided outside, by the log itself. A copy of the vault store from before has the destroyed seed until the epoch that wraps it there is
//! retired.

use crate::epoch::Epochs;
use crate::key::Key;
use crate::key_store::SecretRow;
use crate::secret::{self, Unloaded};
use crate::trees::TRIES;
use crate::vault::{Vault, VaultError};
use counterfoil_model::InstallationId;
use std::sync::{Arc, PoisonError};

/// The name of the first one, from before there were others.
const FIRST: &str = "log-seed";
const LATER: &str = "log-seed/";
const PUBLIC: &str = "log-public/";

/// The name of the seed of key `number`, from 1.
pub(crate) fn seed_name(number: i64) -> String {
    match number {
        1 => FIRST.to_owned(),
        later => format!("{LATER}{later}"),
    }
}

/// The number of the key that a seed is of; `None` for any other secret.
pub(crate) fn seed_number(name: &str) -> Option<i64> {
    let number = match name.strip_prefix(LATER) {
        Some(number) => number.parse().ok()?,
        None => 1,
    };
    (seed_name(number) == name).then_some(number)
}

fn public_name(number: i64) -> String {
    format!("{PUBLIC}{number}")
}

fn public_number(name: &str) -> Option<i64> {
    let number = name.strip_prefix(PUBLIC)?.parse().ok()?;
    (public_name(number) == name).then_some(number)
}

/// The seed of one Ed25519 key that signs the log. Wiped when dropped.
pub struct LogSeed {
    number: i64,
    seed: Key,
}

impl LogSeed {
    /// Which of the log's keys, from 1.
    pub const fn number(&self) -> i64 {
        self.number
    }

    /// The 32 bytes, for the ledger's signing key.
    pub fn reveal(&self) -> &[u8; 32] {
        self.seed.bytes()
    }
}

/// What the vault has of the log's keys.
pub struct LogSeeds {
    seeds: Vec<LogSeed>,
    retired: Vec<(i64, [u8; 32])>,
}

impl LogSeeds {
    /// Opens those among the rows that are of the log's keys; else the name of one that is missing, does not open or is one too many.
    pub(crate) fn load(installation: InstallationId, epochs: &Epochs, rows: &[SecretRow]) -> Result<Self, Unloaded> {
        let open = |row: &SecretRow| {
            secret::unwrap_row(installation, epochs, row).ok_or_else(|| Unloaded::Altered(row.name.clone()))
        };
        let (mut seeds, mut retired) = (Vec::new(), Vec::new());
        for row in rows {
            if let Some(number) = seed_number(&row.name) {
                let seed = open(row)?;
                seeds.push(LogSeed { number, seed });
            } else if let Some(number) = public_number(&row.name) {
                retired.push((number, *open(row)?.bytes()));
            }
        }
        seeds.sort_by_key(LogSeed::number);
        retired.sort_unstable();
        // A public key is put there just before its seed is destroyed.
        retired.retain(|(number, _)| seeds.iter().all(|seed| seed.number != *number));
        let numbers = retired.iter().map(|(number, _)| *number);
        let numbers = numbers.chain(seeds.iter().map(LogSeed::number));
        if let [first, .., last] = &seeds[..]
            && last.number != first.number + 1
        {
            // No change makes a third: somebody put one back that was destroyed.
            return Err(Unloaded::Altered(seed_name(first.number)));
        }
        match (1..).zip(numbers).find(|(due, number)| due != number) {
            Some((due, _)) => Err(Unloaded::Missing(seed_name(due))),
            None if seeds.is_empty() => Err(Unloaded::Missing(seed_name(retired.len() as i64 + 1))),
            None => Ok(Self { seeds, retired }),
        }
    }

    /// The seeds that there are, oldest first: one, or two while the key is being changed.
    pub fn seeds(&self) -> &[LogSeed] {
        &self.seeds
    }

    /// The public keys whose seeds were destroyed, oldest first.
    pub fn retired(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.retired.iter().map(|(_, public)| public)
    }
}

impl Vault {
    /// The seeds of the log's keys as last read.
    pub fn log_seeds(&self) -> Arc<LogSeeds> {
        let seeds = self.log_seeds_cell().read();
        Arc::clone(&seeds.unwrap_or_else(PoisonError::into_inner))
    }

    /// The seeds of the log's keys as they are now.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`]; [`VaultError::Altered`] when an epoch or a seed was; [`VaultError::RootKey`], [`VaultError::OtherProvider`].
    pub async fn log_seeds_now(&self) -> Result<Arc<LogSeeds>, VaultError> {
        self.epochs_reload().await?;
        Ok(self.log_seeds())
    }

    /// Makes the seed of the next key, unless it is there: the seeds are two then.
    ///
    /// # Errors
    /// [`VaultError::SecretContended`] when others kept turning the epoch; [`VaultError::NoOpenEpoch`]; as [`Vault::log_seeds_now`].
    pub async fn log_seed_make(&self) -> Result<Arc<LogSeeds>, VaultError> {
        for _ in 0..TRIES {
            let seeds = self.log_seeds_now().await?;
            let [only] = seeds.seeds() else { return Ok(seeds) };
            let row = secret::wrap_row(
                self.installation(),
                &self.epochs(),
                self.random(),
                seed_name(only.number + 1),
                1,
                &Key::random(self.random()),
            );
            // When it is not kept, another node was first, or the epoch is not open any more.
            let kept = self.keys().secret_insert(row.ok_or(VaultError::NoOpenEpoch)?).await;
            kept.map_err(VaultError::Unavailable)?;
        }
        Err(VaultError::SecretContended)
    }

    /// Destroys the seed of key `number`, whose public key is `public`, which is kept. Nothing unless it is the older of two: whoever asks may have
    /// been overtaken by others, who ended that change and began the next.
    ///
    /// # Errors
    /// [`VaultError::Altered`] when another public key is kept for that number; as [`Vault::log_seed_make`].
    pub async fn log_seed_destroy(&self, number: i64, public: [u8; 32]) -> Result<(), VaultError> {
        for _ in 0..TRIES {
            let seeds = self.log_seeds_now().await?;
            match seeds.seeds() {
                [older, _] if older.number == number => {}
                _ => return Ok(()),
            }
            let name = public_name(number);
            let rows = self.keys().secrets().await.map_err(VaultError::Unavailable)?;
            let kept = rows.iter().find(|row| row.name == name);
            if let Some(row) = kept {
                let kept = secret::unwrap_row(self.installation(), &self.epochs(), row);
                if kept.is_none_or(|kept| *kept.bytes() != public) {
                    return Err(VaultError::altered("secret", name));
                }
            } else {
                let public = Key::from_slice(&public).ok_or(VaultError::NoOpenEpoch)?;
                let row = secret::wrap_row(self.installation(), &self.epochs(), self.random(), name, 1, &public);
                let kept = self.keys().secret_insert(row.ok_or(VaultError::NoOpenEpoch)?).await;
                if !kept.map_err(VaultError::Unavailable)? {
                    continue;
                }
            }
            let deleted = self.keys().secret_delete(seed_name(number), self.clock().wall());
            // When it was not there, another node was first.
            deleted.await.map_err(VaultError::Unavailable)?;
            return self.epochs_reload().await;
        }
        Err(VaultError::SecretContended)
    }
}
