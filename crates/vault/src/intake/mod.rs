//! The intake key: what a post of the provider lies under from the moment it is durable until each of its items is recorded under
//! a key of its own.
//!
//! ```text
//! seal   sealing to a day's public key, and opening
//! file   the same for the files of spooled posts
//! span   which days have keys
//! ```
//!
//! Sealing needs only the day's public key, so it is fast and asks nobody. The private halves are secrets of the vault; destroying one
//! destroys every post of its day.

mod file;
mod seal;
pub(crate) mod span;

pub use file::{INTAKE_FILE_HEADER, IntakeFileOpener, IntakeFileSealer, IntakeFileShape};
pub use seal::{IntakePublic, IntakeSealer, SealRun};

use crate::key::Key;
use crate::kit::ReferenceKey;
use crate::open::OpenError;
use crate::secret;
use crate::vault::{Vault, VaultError};
use counterfoil_model::{ConnectionId, DeliveryId, Opened, Timestamp};
use seal::{Of, RunSecret, Seal, public_of, run_secret};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

const NAME: &str = "intake/";
/// How often a day's pair is offered when the epoch is closed in between.
const TRIES: usize = 4;
const DAY_SECONDS: i64 = 86_400;
/// How long after its end a day's key stays in any case, for posts that were sealed at the last moment and are on their way
/// to the store.
const GRACE_SECONDS: i64 = 3_600;

/// A day in UTC: the number of whole days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u32);

impl Day {
    /// The day of an instant; the first one for instants before 1970.
    pub fn of(at: Timestamp) -> Self {
        let days = at.seconds().div_euclid(DAY_SECONDS).max(0);
        Self(u32::try_from(days).unwrap_or(u32::MAX))
    }

    /// The day with this number.
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The moment from which its key may be destroyed, seconds since 1970.
    fn may_go_from(self) -> i64 {
        (i64::from(self.0) + 1) * DAY_SECONDS + GRACE_SECONDS
    }
}

/// A day's key with its public half, which is worked out once.
struct Pair {
    private: Key,
    public: [u8; 32],
}

/// The intake keys that this process remembers.
#[derive(Default)]
pub(crate) struct Intake {
    days: BTreeMap<Day, Pair>,
    read_at: Option<Duration>,
    public: Option<IntakePublic>,
    /// The runs whose posts were opened last, the newest last: their posts come one after the other.
    runs: VecDeque<OpenRun>,
}

struct OpenRun {
    day: Day,
    ephemeral: [u8; 32],
    secret: RunSecret,
}

/// How many runs are remembered.
const RUNS: usize = 32;

impl Intake {
    /// Drops the private halves, so that they are read again.
    pub(crate) fn forget(&mut self) {
        self.days.clear();
        self.runs.clear();
        self.read_at = None;
    }

    /// What a run of posts shares with the pair of its day, remembered; `None` when the day has no pair or the run is not one.
    fn run(&mut self, day: Day, ephemeral: &[u8; 32]) -> Option<RunSecret> {
        let pair = self.days.get(&day)?;
        let known = self
            .runs
            .iter()
            .find(|run| run.day == day && run.ephemeral == *ephemeral);
        if let Some(run) = known {
            return Some(run.secret.copy());
        }
        let secret = run_secret(&pair.private, ephemeral)?;
        if self.runs.len() == RUNS {
            self.runs.pop_front();
        }
        self.runs.push_back(OpenRun {
            day,
            ephemeral: *ephemeral,
            secret: secret.copy(),
        });
        Some(secret)
    }

    /// Drops what was remembered of days without a pair.
    fn forget_runs(&mut self) {
        let days = &self.days;
        self.runs.retain(|run| days.contains_key(&run.day));
    }
}

impl Vault {
    /// The public key of today; the first call of a day makes the pair.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`], [`VaultError::NoOpenEpoch`], [`VaultError::Altered`], [`VaultError::RootKey`].
    pub async fn intake_public(&self) -> Result<IntakePublic, VaultError> {
        let today = Day::of(self.clock().wall());
        let mut intake = self.intake().lock().await;
        if let Some(public) = intake.public.as_ref().filter(|public| public.day == today) {
            return Ok(public.clone());
        }
        self.intake_up_to(&mut intake, today).await?;
        let pair = intake.days.get(&today).ok_or(VaultError::NoOpenEpoch)?;
        let public = IntakePublic {
            installation: self.installation(),
            day: today,
            key: pair.public,
        };
        intake.public = Some(public.clone());
        Ok(public)
    }

    /// The public keys of today and of the `ahead` days after it, in order; makes the pairs that are not there yet.
    ///
    /// # Errors
    /// As [`Vault::intake_public`].
    pub async fn intake_ahead(&self, ahead: u32) -> Result<Vec<IntakePublic>, VaultError> {
        let today = Day::of(self.clock().wall());
        let last = Day(today.0.saturating_add(ahead));
        let days = || (today.0..=last.0).map(Day);
        let mut intake = self.intake().lock().await;
        self.intake_up_to(&mut intake, last).await?;
        let public = |day| {
            let key = intake.days.get(&day).ok_or(VaultError::NoOpenEpoch)?.public;
            Ok(IntakePublic {
                installation: self.installation(),
                day,
                key,
            })
        };
        days().map(public).collect()
    }

    /// The first day whose key is still there, if any is.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn intake_oldest(&self) -> Result<Option<Day>, VaultError> {
        let rows = self.keys().secrets().await.map_err(VaultError::Unavailable)?;
        Ok(rows.iter().filter_map(|row| day_of(&row.name)).min())
    }

    /// The key under which spooled files are named, the same for the whole life of the installation.
    pub fn intake_reference_key(&self) -> ReferenceKey {
        ReferenceKey::derived(&self.secrets().dedupe)
    }

    /// Opens a sealed post.
    ///
    /// # Errors
    /// [`OpenError::Erased`] when the key of its day was destroyed, [`OpenError::Altered`], [`OpenError::Unavailable`].
    pub async fn intake_open(
        &self,
        connection: ConnectionId,
        delivery: DeliveryId,
        sealed: &[u8],
    ) -> Result<Opened<Vec<u8>>, OpenError> {
        let seal = Seal::parse(sealed).ok_or(OpenError::Altered)?;
        let day = seal.day();
        self.may_open().await?;
        let mut intake = self.intake().lock().await;
        let fresh = intake
            .read_at
            .is_some_and(|at| self.clock().monotonic().saturating_sub(at) < self.remembers_for());
        if !fresh || !intake.days.contains_key(&day) {
            self.intake_read(&mut intake).await?;
        }
        let Some(pair) = intake.days.get(&day) else {
            return Err(self.intake_missing(&intake, day));
        };
        let public = pair.public;
        let of = Of {
            installation: self.installation(),
            connection,
            delivery,
        };
        let opened = match seal {
            Seal::Alone { .. } => seal.open_alone(&pair.private, &public, of),
            Seal::Run { ephemeral, .. } => {
                let run = intake.run(day, ephemeral);
                drop(intake);
                run.and_then(|run| seal.open_in_run(&run, &public, of))
            }
        };
        opened
            .map(|mut plain| Opened::new(std::mem::take(&mut *plain)))
            .ok_or(OpenError::Altered)
    }

    /// Destroys the private halves of the days before `before`, which have no waiting deliveries, and says which. A day's key
    /// always stays until an hour after the day's end.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`]; some may be destroyed already: ask again.
    pub async fn intake_retire(&self, before: Day) -> Result<Vec<Day>, VaultError> {
        let now = self.clock().wall().seconds();
        let mut intake = self.intake().lock().await;
        let rows = self.keys().secrets().await.map_err(VaultError::Unavailable)?;
        let goes = |day: &Day| *day < before && day.may_go_from() <= now;
        let days = rows.iter().filter_map(|row| day_of(&row.name));
        if let Some(newest) = days.filter(goes).max() {
            self.intake_span_shrink(Day(newest.0 + 1)).await?;
        }
        let mut gone = Vec::new();
        for day in rows.iter().filter_map(|row| day_of(&row.name)) {
            if goes(&day) {
                intake.days.remove(&day);
                let deleted = self.keys().secret_delete(name_of(day), self.clock().wall()).await;
                // When another node was first, it is the one to say so.
                if deleted.map_err(VaultError::Unavailable)? {
                    gone.push(day);
                }
            }
        }
        intake.forget_runs();
        gone.sort_unstable();
        Ok(gone)
    }

    /// Keys are destroyed from the oldest on, so a day before all that are left was destroyed; any other never had a key.
    fn intake_missing(&self, intake: &Intake, day: Day) -> OpenError {
        let oldest = intake.days.keys().next().copied();
        if day < oldest.unwrap_or(Day::of(self.clock().wall())) {
            OpenError::Erased
        } else {
            OpenError::Altered
        }
    }

    /// Makes the pairs up to `last` that are not there yet, and reads them all.
    async fn intake_up_to(&self, intake: &mut Intake, last: Day) -> Result<(), VaultError> {
        let today = Day::of(self.clock().wall());
        self.intake_read(intake).await?;
        // Days on which nothing ran get a key too, so that the run has no holes.
        let span = self.intake_span().await?;
        let first = span.map_or(today, |span| today.min(Day(span.last.0.saturating_add(1))));
        for day in (first.0..=last.0).map(Day) {
            if !intake.days.contains_key(&day) {
                self.intake_make(day).await?;
            }
        }
        // Also when the keys were there already: whoever made them may not have come this far.
        self.intake_span_grow(first, last).await?;
        self.intake_read(intake).await
    }

    async fn intake_make(&self, day: Day) -> Result<(), VaultError> {
        for _ in 0..TRIES {
            let row = secret::wrap_row(
                self.installation(),
                &self.epochs(),
                self.random(),
                name_of(day),
                1,
                &Key::random(self.random()),
            );
            let kept = self.keys().secret_insert(row.ok_or(VaultError::NoOpenEpoch)?).await;
            if kept.map_err(VaultError::Unavailable)? {
                return Ok(());
            }
            // Another process made the pair first, or the epoch was closed.
            self.epochs_reload().await?;
            let rows = self.keys().secrets().await.map_err(VaultError::Unavailable)?;
            if rows.iter().any(|row| day_of(&row.name) == Some(day)) {
                return Ok(());
            }
        }
        Err(VaultError::SecretContended)
    }

    async fn intake_read(&self, intake: &mut Intake) -> Result<(), VaultError> {
        let now = self.clock().monotonic();
        let rows = self.keys().secrets().await.map_err(VaultError::Unavailable)?;
        let mut days = BTreeMap::new();
        for row in &rows {
            if let Some(day) = day_of(&row.name) {
                if self.epochs().key(row.epoch).is_none() {
                    self.epochs_reload().await?;
                }
                let key = secret::unwrap_row(self.installation(), &self.epochs(), row)
                    .ok_or_else(|| VaultError::altered("secret", &row.name))?;
                let public = public_of(&key);
                days.insert(day, Pair { private: key, public });
            }
        }
        intake.days = days;
        intake.forget_runs();
        intake.read_at = Some(now);
        Ok(())
    }
}

pub(crate) fn name_of(day: Day) -> String {
    format!("{NAME}{}", day.0)
}

pub(crate) fn day_of(name: &str) -> Option<Day> {
    let day = Day(name.strip_prefix(NAME)?.parse().ok()?);
    (name_of(day) == name).then_some(day)
}
