//! Slowing down who guesses: by sign-in name and by address, kept as keyed digests.
//!
//! Five wrong tries are free; then each doubles the wait, from 15 seconds to 15 minutes. A right one clears the name. Addresses get
//! ten times as many, since an office may share one. Source: OWASP ASVS 5.0, 6.3.1.

use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::Timestamp;
use counterfoil_store::rows::ThrottleRow;
use counterfoil_store::{Change, Unit};
use counterfoil_vault::Keyed;
use std::net::IpAddr;
use std::time::Duration;

/// Wrong tries are forgotten after this time without any.
const FORGOTTEN: Duration = Duration::from_secs(24 * 60 * 60);

/// What the digests of subjects are for.
const THROTTLE: &str = "throttle";

/// What is counted together.
#[derive(Clone, Copy)]
pub(crate) struct Subject {
    key: Keyed,
    free: i64,
}

/// The subjects of one try.
pub(crate) fn subjects(flow: &Flow, login: &str, from: IpAddr) -> [Subject; 2] {
    // A whole IPv6 network of one subscriber counts as one address.
    let from = match from {
        IpAddr::V6(address) if address.to_ipv4_mapped().is_none() => {
            format!("{:x?}", &address.segments()[..4])
        }
        other => other.to_canonical().to_string(),
    };
    [
        Subject {
            key: flow.vault().digest(THROTTLE, format!("login {login}").as_bytes()),
            free: 5,
        },
        Subject {
            key: flow.vault().digest(THROTTLE, format!("address {from}").as_bytes()),
            free: 50,
        },
    ]
}

/// Until when tries are closed, if they are.
pub(crate) async fn blocked(flow: &Flow, subjects: &[Subject]) -> Result<Option<Timestamp>, Unavailable> {
    let now = flow.now();
    let mut until = None;
    for subject in subjects {
        if let Some(row) = flow.store().throttle_get(subject.key).await?
            && row.blocked_until > now
        {
            until = until.max(Some(row.blocked_until));
        }
    }
    Ok(until)
}

/// Counts a wrong try.
pub(crate) async fn wrong(flow: &Flow, subjects: &[Subject]) -> Result<(), Unavailable> {
    let now = flow.now();
    let mut unit = Unit::new("sign_in.wrong");
    for subject in subjects {
        let before = flow.store().throttle_get(subject.key).await?;
        let before = before
            .filter(|row| now.since(row.at) < FORGOTTEN)
            .map_or(0, |row| row.failures);
        let failures = before + 1;
        let over = u32::try_from((failures - subject.free).clamp(0, 7)).unwrap_or(7);
        let wait = if over == 0 { 0 } else { (15_u64 << (over - 1)).min(900) };
        let row = ThrottleRow {
            subject: subject.key,
            failures,
            blocked_until: now.plus(Duration::from_secs(wait)),
            at: now,
        };
        unit = unit.change(Change::throttle_put(row));
    }
    Ok(flow.store().commit(unit).await?)
}

/// Forgets the wrong tries of a name after a right one. Its address keeps them.
pub(crate) fn right(unit: Unit, subjects: &[Subject; 2]) -> Unit {
    unit.change(Change::throttle_clear(subjects[0].key))
}
