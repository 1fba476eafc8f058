//! Challenging an erasure: trying to read what was erased, wherever something of it may be, with every key that is still held.
//!
//! Reads beside a running server and changes nothing but the log, on which it puts each attempt. It looks for sealed values by the address of their key, and for older rows
//! of the key trees; then it says how many of those values a key opens that the living vault, an older row or a backup still has.

mod places;

use super::super::{Ending, write_json};
use crate::compose::{self, House};
use crate::config::Settings;
use crate::operator::{ANOTHER_VERSION, Answer, Request, ask};
use crate::system::System;
use anyhow::bail;
use counterfoil_flow::erasure::certificate::certificate;
use counterfoil_flow::erasure::challenge::{Attempt, ToldAttempt};
use counterfoil_flow::erasure::sought::{Found, Sought};
use counterfoil_model::erasure::{AttemptOutcome, AttemptPlace};
use counterfoil_model::{BackupId, ErasureId};
use counterfoil_policy::Actor;
use counterfoil_vault::Probe;
use places::Places;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

/// Which erasure, and where to look besides.
#[derive(Debug, clap::Args)]
pub(super) struct Challenge {
    /// Which erasure; it must be live.
    erasure: ErasureId,
    /// Look through this file or folder too, such as the data folder of a PostgreSQL server on this machine. May be said several times.
    #[arg(long, value_name = "PATH")]
    also: Vec<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What a place gave, before all keys are known.
struct Looked {
    place: AttemptPlace,
    backup: Option<BackupId>,
    found: Result<Found, AttemptOutcome>,
}

/// Everything that was found, and the keys that were found with it.
#[derive(Default)]
struct Gathered {
    looked: Vec<Looked>,
    probes: Vec<Probe>,
}

impl Challenge {
    /// Challenges, and puts the attempts on the log.
    ///
    /// # Errors
    /// What kept it from looking.
    pub(super) async fn run(self, settings: &Settings, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let system = System::new();
        let house = House::look(settings, &system).await?;
        let gathered = self.gather(settings, &system, &house).await;
        let standing = certificate(&house.flow, &Actor::Operator, self.erasure).await;
        house.close().await;
        let (attempts, standing) = (gathered?, standing?);
        let request = Request::ErasureChallenged {
            erasure: self.erasure,
            attempts,
        };
        let Answer::Challenged(challenge) = ask(settings, &system, request).await? else {
            bail!(ANOTHER_VERSION);
        };
        let is_final = standing.final_at.is_some();
        let opens = |attempt: &&Attempt| attempt.outcome == AttemptOutcome::Opens;
        let wrong = |attempt: &&Attempt| opens(attempt) && (is_final || attempt.place != AttemptPlace::Backup);
        let ending = match challenge.attempts.iter().any(|attempt| wrong(&attempt)) {
            true => Ending::Broken,
            false => Ending::Well,
        };
        if self.json {
            write_json(out, &challenge)?;
            return Ok(ending);
        }
        for attempt in &challenge.attempts {
            writeln!(out, "{}", words(&attempt.into()))?;
        }
        let verdict = match (ending, challenge.attempts.iter().any(|attempt| opens(&attempt))) {
            (Ending::Well, false) => "Nothing of it opens with any key that was found.",
            (Ending::Well, true) => "Some of it opens from backups, until the key epoch is retired.",
            _ => "Some of it OPENS that must not: keep what is there as it is, and look why.",
        };
        writeln!(out, "{verdict} On the log as {}.", challenge.challenge)?;
        Ok(ending)
    }

    async fn gather(&self, settings: &Settings, system: &System, house: &House) -> anyhow::Result<Vec<Attempt>> {
        let sought = Arc::new(Sought::of(&house.flow, &Actor::Operator, self.erasure).await?);
        let root = compose::key_folder(settings, system)?;
        let places = Places {
            settings,
            house,
            root: &root,
            sought,
        };
        let mut gathered = Gathered::default();
        let keys = places.vault(&mut gathered).await?;
        places.records(&mut gathered).await?;
        places.files(&mut gathered).await?;
        places.spool(&mut gathered).await?;
        for path in &self.also {
            places.elsewhere(path, &mut gathered).await?;
        }
        places.backups(&mut gathered).await?;
        Ok(gathered.judged(keys, &places.sought))
    }
}

impl Gathered {
    /// Tries all keys that were found on all values that were found. `living` has the keys of the living vault: rows that were found anywhere open by them.
    fn judged(mut self, mut living: Probe, sought: &Sought) -> Vec<Attempt> {
        let mut attempts = Vec::with_capacity(self.looked.len());
        for looked in self.looked.iter().filter_map(|looked| looked.found.as_ref().ok()) {
            for row in &looked.rows {
                let opened = living.add(row);
                // An older row may be of an epoch that only a backup still has.
                self.probes.iter_mut().for_each(|probe| {
                    probe.add(row);
                });
                tracing::debug!(opened, "a row of a key tree was found");
            }
        }
        self.probes.push(living);
        for Looked { place, backup, found } in self.looked {
            let attempt = |outcome, looked, (found, opened)| Attempt {
                place,
                backup,
                outcome,
                looked,
                found,
                opened,
            };
            attempts.push(match found {
                Err(outcome) => attempt(outcome, 0, (0, 0)),
                Ok(all) => {
                    let counts = match place {
                        AttemptPlace::Vault => (
                            all.rows.len() as u64,
                            self.probes.last().map_or(0, |living| sought.derived_by(living)),
                        ),
                        _ => all.opened_by(&self.probes),
                    };
                    let outcome = match counts.1 {
                        0 => AttemptOutcome::NothingOpens,
                        _ => AttemptOutcome::Opens,
                    };
                    attempt(outcome, all.looked, counts)
                }
            });
        }
        attempts
    }
}

/// An attempt, in words.
pub(super) fn words(attempt: &ToldAttempt) -> String {
    let place = match (attempt.place, attempt.backup) {
        (None, _) => "a place whose name is lost".to_owned(),
        (Some(AttemptPlace::Records), _) => "the records' database".to_owned(),
        (Some(AttemptPlace::Vault), _) => "the vault's database".to_owned(),
        (Some(AttemptPlace::Files), _) => "the sealed files".to_owned(),
        (Some(AttemptPlace::Spool), _) => "the spool".to_owned(),
        (Some(AttemptPlace::Backup), Some(backup)) => format!("backup {backup}"),
        (Some(AttemptPlace::Backup), None) => "a backup".to_owned(),
        (Some(AttemptPlace::Elsewhere), _) => "what was named besides".to_owned(),
    };
    let ToldAttempt { looked, opened, .. } = attempt;
    let what = match attempt.place {
        Some(AttemptPlace::Vault) => "rows of its key trees",
        _ => "sealed values of it",
    };
    let found = match attempt.found {
        Some(found) => format!("{looked} bytes, {found} {what}"),
        None => format!("{looked} bytes, what was found is lost"),
    };
    let came = match attempt.outcome {
        AttemptOutcome::NothingOpens => format!("{found}, none opens"),
        AttemptOutcome::Opens => format!("{found}, {opened} OPEN"),
        AttemptOutcome::NotReached => "does not lie where the catalogue says; it may open what it holds".to_owned(),
        AttemptOutcome::KeyDestroyed => {
            "does not lie where the catalogue says; its root keys are destroyed, so it opens nothing".to_owned()
        }
    };
    format!("{place}: {came}")
}
