//! The catalogue of backups as the doctor sees it: how much would be lost if this machine died now.

use super::findings::Findings;
use crate::compose::House;
use crate::system::System;
use crate::telemetry::chain;
use counterfoil_flow::backup::BackupError;
use counterfoil_flow::backup::list::backups;
use counterfoil_policy::Actor;

const WHAT: &str = "backups";
/// How old the newest backup may be, in minutes: a day and an hour, so that one a night is enough.
const OLD_MINUTES: u64 = 25 * 60;

/// Looks at the newest backup.
pub(super) async fn look(house: &House, system: &System, findings: &mut Findings) {
    let newest = match backups(&house.flow, &Actor::Operator, None, 1).await {
        Ok(listed) => listed.into_iter().next(),
        Err(BackupError::Unavailable(error)) => return findings.broken(WHAT, chain(&error)),
        Err(error) => return findings.broken(WHAT, error.to_string()),
    };
    let Some(newest) = newest else {
        return findings.doubtful(
            WHAT,
            "none is in the catalogue: if this machine died now, all of it would be lost; take one with `counterfoil backup make`",
        );
    };
    let minutes = system.clock.wall().since(newest.backup.taken_at).as_secs().div_ceil(60);
    let lost = match minutes {
        0 | 1 => "if this machine died now, the last minute would be lost".to_owned(),
        minutes => format!("if this machine died now, the last {minutes} minutes would be lost"),
    };
    match newest.drilled {
        _ if minutes > OLD_MINUTES => findings.doubtful(WHAT, format!("{lost}: take backups more often")),
        Some((_, true)) => findings.well(WHAT, format!("{lost}; the newest backup was tried and is sound")),
        Some((_, false)) => findings.broken(
            WHAT,
            format!("{lost}, and more: the newest backup was tried and is NOT sound; take another"),
        ),
        None => findings.doubtful(
            WHAT,
            format!("{lost}; whether the newest backup can be restored nobody has tried: `counterfoil backup drill`"),
        ),
    }
}
