//! The catalogue of backups over the operator socket.

use super::LIST_MOST;
use super::answer::{Answer, BackupDrilled, BackupEntered, BackupList, BackupSaid, Catalogued};
use crate::digest::Digest;
use crate::telemetry::chain;
use counterfoil_flow::Flow;
use counterfoil_flow::backup::list::{self, BackupView};
use counterfoil_flow::backup::{Backup, BackupError, drilled, enter};
use counterfoil_model::BackupId;
use counterfoil_policy::Actor;

/// Enters a backup.
pub(super) async fn enter(flow: &Flow, told: &Catalogued, whereabouts: &str) -> Result<Answer, String> {
    let outcome = enter::enter(flow, &Actor::Operator, &backup_of(told), whereabouts).await;
    outcome.map_err(|error| words(&error))?;
    Ok(Answer::BackupEntered(BackupEntered {
        backup_entered: told.backup,
    }))
}

/// The backup that is told of.
pub(crate) fn backup_of(told: &Catalogued) -> Backup {
    Backup {
        id: told.backup,
        taken_at: told.taken_at,
        log: (told.log_size, told.log_root.0),
        epoch: told.epoch,
        data: told.data.0,
        vault: told.vault.0,
        files: told.files,
    }
}

fn catalogued(backup: &Backup) -> Catalogued {
    Catalogued {
        backup: backup.id,
        taken_at: backup.taken_at,
        log_size: backup.log.0,
        log_root: Digest(backup.log.1),
        epoch: backup.epoch,
        data: Digest(backup.data),
        vault: Digest(backup.vault),
        files: backup.files,
    }
}

/// Shows one backup.
pub(super) async fn show(flow: &Flow, id: BackupId) -> Result<Answer, String> {
    let shown = list::backup(flow, &Actor::Operator, id).await;
    Ok(answer(vec![shown.map_err(|error| words(&error))?]))
}

/// Lists backups.
pub(super) async fn list(flow: &Flow, before: Option<BackupId>, limit: usize) -> Result<Answer, String> {
    let listed = list::backups(flow, &Actor::Operator, before, limit.min(LIST_MOST)).await;
    Ok(answer(listed.map_err(|error| words(&error))?))
}

/// Enters what a trial showed.
pub(super) async fn drill(flow: &Flow, backup: BackupId, sound: bool, opened: u64) -> Result<Answer, String> {
    let drilled = drilled::drilled(flow, &Actor::Operator, backup, sound, opened).await;
    let drilled = drilled.map_err(|error| words(&error))?;
    Ok(Answer::BackupDrilled(BackupDrilled { drilled }))
}

fn answer(views: Vec<BackupView>) -> Answer {
    let said = views.into_iter().map(|view| BackupSaid {
        catalogued: catalogued(&view.backup),
        whereabouts: view.whereabouts,
        drilled_at: view.drilled.map(|(at, _)| at.rfc3339()),
        drilled_sound: view.drilled.map(|(_, sound)| sound),
    });
    Answer::Backups(BackupList {
        backups: said.collect(),
    })
}

fn words(error: &BackupError) -> String {
    match error {
        BackupError::Unavailable(error) => chain(error),
        other => other.to_string(),
    }
}
