//! The retirements of key epochs, and how far each has come.

use super::record;
use counterfoil_model::retirement::RetirementStep;
use counterfoil_model::{RetirementId, RetirementStepId, Timestamp};
use counterfoil_vault::Sealed;

record! {
    /// The decision to retire a key epoch.
    RetirementRow in "retirement" {
        id: RetirementId = "id",
        /// The number of the epoch.
        epoch: i64 = "epoch",
        /// What was live before this becomes final with it.
        final_before: Timestamp = "final_before",
        /// On whose word.
        authority: Sealed<String> = "sealed_authority",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// A step that was taken.
    RetirementStepRow in "retirement_step" {
        id: RetirementStepId = "id",
        retirement: RetirementId = "retirement_id",
        step: RetirementStep = "step",
        recorded_at: Timestamp = "recorded_at",
    }
}
