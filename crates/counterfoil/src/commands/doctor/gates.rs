//! The gates as the doctor of a full node sees them: whether each is heard, and how long its certificate holds.

use super::findings::Findings;
use crate::compose::House;
use crate::system::System;
use crate::telemetry::chain;
use counterfoil_flow::gates::list::{GateView, gates};
use counterfoil_policy::Actor;
use std::time::Duration;

const WHAT: &str = "gates";
/// After so long without a word from a gate somebody should look.
const SILENT: Duration = Duration::from_secs(60 * 60);
/// A gate renews its certificate long before so little is left.
const ENDING: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// Looks at the list of gates.
pub(super) async fn look(house: &House, system: &System, findings: &mut Findings) {
    let all = match gates(&house.flow, &Actor::Operator).await {
        Ok(all) => all,
        Err(error) => return findings.broken(WHAT, chain(&error)),
    };
    let now = system.clock.wall();
    for gate in all.iter().filter(|gate| gate.revoked_at.is_none()) {
        let GateView {
            gate, added_at, said, ..
        } = gate;
        let (heard, clear_until) = said.map_or((*added_at, *added_at), |said| (said.at, said.clear_until));
        if now.since(heard) > SILENT {
            let hours = now.since(heard).as_secs() / 3_600;
            findings.doubtful(
                WHAT,
                format!(
                    "{gate} was not heard for {hours} hours: the intake keys since {} are kept for what may lie on it; bring it back, or \
                     revoke it with `counterfoil gate revoke {gate}`",
                    clear_until.rfc3339()
                ),
            );
        } else if let Some(said) = said.filter(|said| said.certificate_until < now.plus(ENDING)) {
            let until = said.certificate_until.rfc3339();
            findings.doubtful(
                WHAT,
                format!("the certificate of {gate} ends {until} and was not renewed"),
            );
        } else {
            let said = if said.is_some() {
                "is heard"
            } else {
                "was added and not heard so far"
            };
            findings.well(WHAT, format!("{gate} {said}"));
        }
    }
}
