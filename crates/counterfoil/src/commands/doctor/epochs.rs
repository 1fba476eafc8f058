//! The key epochs as the doctor sees them: whether a retirement waits for somebody.

use super::findings::Findings;
use crate::compose::House;
use crate::operator::waits_for;
use crate::telemetry::chain;
use counterfoil_flow::retirement::RetirementError;
use counterfoil_flow::retirement::list::epochs;
use counterfoil_policy::Actor;

const WHAT: &str = "key epoch";

/// Looks at the epochs.
pub(super) async fn look(house: &House, findings: &mut Findings) {
    let listed = match epochs(&house.flow, &Actor::Operator).await {
        Ok(listed) => listed,
        Err(RetirementError::Unavailable(error)) => return findings.broken(WHAT, chain(&error)),
        Err(error) => return findings.broken(WHAT, error.to_string()),
    };
    for view in &listed {
        let waits = view
            .retirement
            .as_ref()
            .and_then(|retirement| retirement.waits.as_ref());
        if let Some(waits) = waits {
            let number = view.epoch.number;
            let said = format!(
                "the retirement of epoch {number} waits for {}",
                waits_for(number, waits)
            );
            return findings.doubtful(WHAT, said);
        }
    }
    match listed.last() {
        Some(newest) => findings.well(
            WHAT,
            format!(
                "epoch {} is open, and no retirement waits for anything",
                newest.epoch.number
            ),
        ),
        None => findings.broken(WHAT, "there is none".to_owned()),
    }
}
