//! What an installation begins with that was just restored from a backup: a leaf that says so, nobody signed in, nothing sent twice.
//!
//! The rows are of the time of the backup. Whatever was done since is unknown here: messages that waited to be sent may have been sent, and people may have
//! lost their access. So the first count as begun, which nothing sends again; nobody has a session, a link or a token; and no
//! key is used that may have sealed something in between.

use super::{Backup, BackupError, leaf_of};
use crate::Flow;
use crate::context::Unavailable;
use crate::custody::forward::PASSED_OVER;
use crate::custody::put_back::put_back;
use crate::jobs::JobKind;
use crate::log;
use crate::lookup::renew::renew;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::{Change, Unit};

/// Puts on the log that the rows were restored from `backup`, makes them fit to go on from, and puts tiles, mirror and the vault's head back. Until the last of
/// that is done, nothing may be served, and nothing is: a vault without a head is noticed at the start.
///
/// # Errors
/// [`BackupError::Refused`], [`BackupError::Unavailable`].
pub async fn restored(flow: &Flow, actor: &Actor, backup: &Backup) -> Result<(), BackupError> {
    let granted = may(actor, Action::BackUp).map_err(|_| BackupError::Refused)?;
    flow.vault().pass_over(PASSED_OVER).await.map_err(Unavailable::from)?;
    // The copy of the vault is from after that of the records, and a lookup key may have gone between.
    renew(flow).await?;
    let at = flow.now();
    let size = i64::try_from(backup.log.0).map_err(|_| BackupError::OtherLog)?;
    let leaf = leaf_of(LeafKind::Restored, at, log::actor(granted.actor()), backup, size);
    let unit = Unit::new("backup.restored")
        .change(Change::jobs_begun(JobKind::Dispatch.name(), at))
        .changes(Change::nobody_is_in(at))
        .leaf(leaf);
    flow.store().commit(unit).await.map_err(Unavailable::from)?;
    Ok(put_back(flow).await?)
}
