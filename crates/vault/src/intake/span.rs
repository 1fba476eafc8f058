//! The run of days that have an intake key, in a row of its own: so that `check` sees when a day's row was taken away.
//!
//! Every day of the run has a key. It grows after the rows of new days stand and shrinks before those of old days go, so a break in
//! between leaves more rows than the run says, never fewer. Days before and behind it are not missed.

use super::Day;
use crate::epoch::Epochs;
use crate::key::Key;
use crate::key_store::SecretRow;
use crate::secret;
use crate::vault::{Vault, VaultError};
use counterfoil_model::InstallationId;

/// The name of the row. A number would make it the key of a day.
pub(crate) const NAME: &str = "intake/days";
/// How often the row is offered when another process changes it too.
const TRIES: usize = 8;

/// From the first to the last day that has a key, both included; when the first comes after the last, none has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) first: Day,
    pub(crate) last: Day,
}

impl Span {
    /// First and last day, 4 bytes each, most significant first, then zeros: 32 bytes, as every secret has. Never change.
    fn to_key(self) -> Key {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&self.first.number().to_be_bytes());
        bytes[4..8].copy_from_slice(&self.last.number().to_be_bytes());
        Key::from_slice(&bytes).expect("the array has 32 bytes")
    }

    fn from_key(key: &Key) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = *key.bytes();
        Self {
            first: Day::from_number(u32::from_be_bytes([a, b, c, d])),
            last: Day::from_number(u32::from_be_bytes([e, f, g, h])),
        }
    }

    /// The run that the row says; `None` when it was altered.
    pub(crate) fn of(installation: InstallationId, epochs: &Epochs, row: &SecretRow) -> Option<Self> {
        secret::unwrap_row(installation, epochs, row).map(|key| Self::from_key(&key))
    }

    /// Its days, in order.
    pub(crate) fn days(self) -> impl Iterator<Item = Day> {
        (self.first.number()..=self.last.number()).map(Day::from_number)
    }
}

impl Vault {
    /// The run as it is kept, if it is.
    pub(crate) async fn intake_span(&self) -> Result<Option<Span>, VaultError> {
        Ok(self.intake_span_row().await?.map(|(_, span)| span))
    }

    /// All days from `first` to `last` have keys now. A run that is there grows at its end alone: what lies before it was destroyed, or is about to be.
    pub(crate) async fn intake_span_grow(&self, first: Day, last: Day) -> Result<(), VaultError> {
        self.intake_span_change(|kept| match kept {
            Some(kept) => Span {
                first: kept.first,
                last: kept.last.max(last),
            },
            None => Span { first, last },
        })
        .await
    }

    /// The keys of the days before `first` are about to go.
    pub(crate) async fn intake_span_shrink(&self, first: Day) -> Result<(), VaultError> {
        if self.intake_span().await?.is_none() {
            return Ok(());
        }
        self.intake_span_change(|kept| match kept {
            // With no day left it begins after its last one.
            Some(kept) => Span {
                first: kept.first.max(first).min(Day::from_number(kept.last.number() + 1)),
                last: kept.last,
            },
            None => Span { first, last: first },
        })
        .await
    }

    async fn intake_span_row(&self) -> Result<Option<(SecretRow, Span)>, VaultError> {
        let rows = self.keys().secrets().await.map_err(VaultError::Unavailable)?;
        let Some(row) = rows.into_iter().find(|row| row.name == NAME) else {
            return Ok(None);
        };
        if self.epochs().key(row.epoch).is_none() {
            self.epochs_reload().await?;
        }
        let span = Span::of(self.installation(), &self.epochs(), &row);
        let span = span.ok_or_else(|| VaultError::altered("secret", NAME))?;
        Ok(Some((row, span)))
    }

    async fn intake_span_change(&self, change: impl Fn(Option<Span>) -> Span) -> Result<(), VaultError> {
        for _ in 0..TRIES {
            let kept = self.intake_span_row().await?;
            let span = change(kept.as_ref().map(|(_, span)| *span));
            if kept.as_ref().is_some_and(|(_, before)| *before == span) {
                return Ok(());
            }
            let generation = kept.as_ref().map_or(1, |(row, _)| row.generation + 1);
            let row = secret::wrap_row(
                self.installation(),
                &self.epochs(),
                self.random(),
                NAME.to_owned(),
                generation,
                &span.to_key(),
            )
            .ok_or(VaultError::NoOpenEpoch)?;
            let written = match kept {
                Some((before, _)) => self.keys().secret_replace(before.generation, row).await,
                None => self.keys().secret_insert(row).await,
            };
            if written.map_err(VaultError::Unavailable)? {
                return Ok(());
            }
            // Another process wrote first, or the epoch was closed.
            self.epochs_reload().await?;
        }
        Err(VaultError::SecretContended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_kept_in_eight_bytes() {
        let span = Span {
            first: Day::from_number(20_788),
            last: Day::from_number(20_802),
        };
        assert_eq!(Span::from_key(&span.to_key()), span);
        assert_eq!(&span.to_key().bytes()[..8], [0, 0, 0x51, 0x34, 0, 0, 0x51, 0x42]);
        assert_eq!(span.days().count(), 15);
    }
}
