//! Key epochs over the operator socket: retiring the open one, and how far that has come.

use super::answer::{Answer, EpochList, EpochSaid, RetirementSaid, Retiring};
use crate::telemetry::chain;
use counterfoil_flow::Flow;
use counterfoil_flow::retirement::RetirementError;
use counterfoil_flow::retirement::intend::intend;
use counterfoil_flow::retirement::list::{EpochView, RetirementView, Waits, epochs};
use counterfoil_model::NodeId;
use counterfoil_policy::Actor;

/// Decides that the open epoch is retired.
pub(super) async fn retire(flow: &Flow, authority: &str) -> Result<Answer, String> {
    let decided = intend(flow, &Actor::Operator, authority).await;
    let retiring = decided.map_err(|error| words(&error))?;
    Ok(Answer::Retiring(Retiring { retiring }))
}

/// Lists the epochs.
pub(super) async fn list(flow: &Flow) -> Result<Answer, String> {
    let listed = epochs(flow, &Actor::Operator).await.map_err(|error| words(&error))?;
    Ok(Answer::Epochs(EpochList {
        epochs: listed.into_iter().map(said).collect(),
    }))
}

fn said(view: EpochView) -> EpochSaid {
    EpochSaid {
        number: view.epoch.number,
        stage: view.epoch.stage.name().to_owned(),
        opened_at: view.epoch.opened_at.rfc3339(),
        provider: view.epoch.provider,
        retirement: view
            .retirement
            .map(|retirement| retirement_said(view.epoch.number, retirement)),
    }
}

fn retirement_said(epoch: i64, view: RetirementView) -> RetirementSaid {
    let steps = view.steps.iter();
    RetirementSaid {
        retirement: view.retirement,
        authority: view.authority,
        decided_at: view.decided_at.rfc3339(),
        final_before: view.final_before.rfc3339(),
        steps: steps.map(|(step, at)| (step.name().to_owned(), at.rfc3339())).collect(),
        waits: view.waits.map(|waits| waits_for(epoch, &waits)),
    }
}

/// What a retirement waits for, and what helps.
pub(crate) fn waits_for(epoch: i64, waits: &Waits) -> String {
    match waits {
        Waits::NewKey(nodes) if nodes.is_empty() => "the next epoch to be opened, by a running server".to_owned(),
        Waits::NewKey(nodes) => format!(
            "the root key of epoch {} on {}: copy its file into their key folder",
            epoch + 1,
            named(nodes)
        ),
        Waits::Rekeying => {
            "the hashes of numbers and names to be made again under the next lookup key, which a running server does"
                .to_owned()
        }
        Waits::Rewrapping => "the keys to be wrapped anew, which a running server does".to_owned(),
        Waits::Backup => {
            "a backup from after that, tried and sound: `counterfoil backup make`, then `counterfoil backup drill`"
                .to_owned()
        }
        Waits::OldKey(nodes) if nodes.is_empty() => "the root key to be destroyed, by a running server".to_owned(),
        Waits::OldKey(nodes) => format!("{} to destroy the root key of epoch {epoch}", named(nodes)),
    }
}

fn named(nodes: &[NodeId]) -> String {
    let nodes: Vec<String> = nodes.iter().map(NodeId::to_string).collect();
    nodes.join(", ")
}

fn words(error: &RetirementError) -> String {
    match error {
        RetirementError::Unavailable(error) => chain(error),
        other => other.to_string(),
    }
}
