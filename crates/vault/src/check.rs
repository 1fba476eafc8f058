//! Checking the vault store: whether every row still opens.

use crate::epoch::{Epochs, Reason, Unread};
use crate::intake::span::{self, Span};
use crate::intake::{day_of, name_of};
use crate::key_store::{KeyStoreError, SecretRow, TreeRow};
use crate::log_seed::LogSeeds;
use crate::root::RootKeyError;
use crate::secret::{FIRST, Unloaded, lookup_epoch, lookup_name, unwrap_row};
use crate::tree::Tree;
use crate::vault::Vault;

/// Trees per page.
const PAGE: i64 = 500;

/// How much was looked at, and the first row that does not open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VaultCheck {
    /// Epochs.
    pub epochs: u64,
    /// Named secrets.
    pub secrets: u64,
    /// Key trees.
    pub trees: u64,
    /// Whether a head is kept.
    pub head: bool,
    /// The first row that is missing or does not open. The counts go up to it.
    pub broken: Option<Broken>,
}

/// A row that is missing or does not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// `epoch`, `secret`, `tree` or `head`.
    pub table: &'static str,
    /// The row's own id.
    pub id: String,
}

/// Why the vault store could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The vault store could not be reached.
    #[error("the vault store could not be reached")]
    Unavailable(#[source] KeyStoreError),
    /// The root key of an epoch could not be used.
    #[error("the root key of epoch {epoch} could not be used")]
    RootKey {
        /// Which epoch.
        epoch: i64,
        /// Why.
        #[source]
        source: RootKeyError,
    },
}

impl Vault {
    /// Opens every row of the vault store: epochs, secrets, trees and the head. What is opened is wiped at once.
    ///
    /// # Errors
    /// [`CheckError::Unavailable`], [`CheckError::RootKey`] when it could not be looked at; what is broken is in the result.
    pub async fn check(&self) -> Result<VaultCheck, CheckError> {
        let mut check = VaultCheck::default();
        // Before the epochs, so that each is among them also when one is opened meanwhile.
        let secrets = self.keys().secrets().await.map_err(CheckError::Unavailable)?;
        let epochs = match self.check_epochs(&mut check).await? {
            Some(epochs) => epochs,
            None => return Ok(check),
        };
        self.check_secrets(&epochs, &secrets, &mut check);
        if check.broken.is_none() {
            self.check_trees(&epochs, &mut check).await?;
        }
        if check.broken.is_none() {
            self.check_head(&mut check).await?;
        }
        Ok(check)
    }

    async fn check_epochs(&self, check: &mut VaultCheck) -> Result<Option<Epochs>, CheckError> {
        let rows = self.keys().epochs().await.map_err(CheckError::Unavailable)?;
        // Numbers go up one by one from 1, so a row that was taken away shows as a hole, or as no rows at all.
        let hole = (1..).zip(&rows).find(|(number, row)| *number != row.number);
        if rows.is_empty() || hole.is_some() {
            check.broken = broken("epoch", hole.map_or(1, |(number, _)| number));
            return Ok(None);
        }
        let read = Epochs::read(self.installation(), self.keys(), self.root()).await;
        let sound = read.and_then(|epochs| {
            epochs.retired(self.installation(), &self.secrets().head)?;
            Ok(epochs)
        });
        let fault = match sound {
            Ok(epochs) => {
                check.epochs = u64::try_from(epochs.rows().len()).unwrap_or(u64::MAX);
                return Ok(Some(epochs));
            }
            Err(Unread::Unavailable(error)) => return Err(CheckError::Unavailable(error)),
            Err(Unread::Fault(fault)) => fault,
        };
        let epoch = fault.epoch;
        match fault.reason {
            Reason::RootKey(source) => Err(CheckError::RootKey { epoch, source }),
            Reason::Altered | Reason::OtherProvider(_) => {
                check.broken = broken("epoch", epoch);
                Ok(None)
            }
        }
    }

    fn check_secrets(&self, epochs: &Epochs, rows: &[SecretRow], check: &mut VaultCheck) {
        let missing = FIRST.into_iter().find(|name| rows.iter().all(|row| row.name != *name));
        if let Some(name) = missing {
            check.broken = broken("secret", name);
            return;
        }
        if rows.iter().all(|row| lookup_epoch(&row.name).is_none()) {
            let newest = epochs.rows().last().map_or(1, |row| row.number);
            check.broken = broken("secret", lookup_name(newest));
            return;
        }
        let log_seeds = LogSeeds::load(self.installation(), epochs, rows);
        if let Err(Unloaded::Missing(name)) = log_seeds {
            check.broken = broken("secret", name);
            return;
        }
        let span = rows.iter().find(|row| row.name == span::NAME);
        let span = match span.map(|row| Span::of(self.installation(), epochs, row)) {
            Some(Some(span)) => Some(span),
            None if rows.iter().all(|row| day_of(&row.name).is_none()) => None,
            _ => {
                check.broken = broken("secret", span::NAME);
                return;
            }
        };
        let mut days = span.into_iter().flat_map(Span::days).map(name_of);
        if let Some(name) = days.find(|name| rows.iter().all(|row| row.name != *name)) {
            check.broken = broken("secret", name);
            return;
        }
        for row in rows {
            if unwrap_row(self.installation(), epochs, row).is_none() {
                check.broken = broken("secret", &row.name);
                return;
            }
            check.secrets += 1;
        }
        if let Err(Unloaded::Altered(name)) = log_seeds {
            check.broken = broken("secret", name);
        }
    }

    async fn check_trees(&self, epochs: &Epochs, check: &mut VaultCheck) -> Result<(), CheckError> {
        let mut after = None;
        loop {
            let rows = self
                .keys()
                .tree_scan(after, PAGE)
                .await
                .map_err(CheckError::Unavailable)?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            after = Some(last.id);
            for row in &rows {
                if Tree::unwrap(self.installation(), epochs, row).is_none() && !self.opens_now(row).await? {
                    check.broken = broken("tree", row.id);
                    return Ok(());
                }
                check.trees += 1;
            }
        }
    }

    /// Whether the tree opens as it stands now: under an epoch that was opened since the check began, it may have been wrapped anew.
    async fn opens_now(&self, row: &TreeRow) -> Result<bool, CheckError> {
        let rows = self.keys().trees(vec![row.id]).await.map_err(CheckError::Unavailable)?;
        let rewrapped = rows.first().filter(|now| *now != row);
        if rewrapped.is_some() {
            // What does not load is told by the next check of the epochs.
            let _ = self.epochs_reload().await;
        }
        Ok(rewrapped.is_some_and(|now| Tree::unwrap(self.installation(), &self.epochs(), now).is_some()))
    }

    async fn check_head(&self, check: &mut VaultCheck) -> Result<(), CheckError> {
        let Some(row) = self.keys().head().await.map_err(CheckError::Unavailable)? else {
            return Ok(());
        };
        match self.head_of(&row) {
            Some(_) => check.head = true,
            None => check.broken = broken("head", 1),
        }
        Ok(())
    }
}

fn broken(table: &'static str, id: impl ToString) -> Option<Broken> {
    Some(Broken {
        table,
        id: id.to_string(),
    })
}
