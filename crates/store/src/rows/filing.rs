//! References to other systems, and what was filed on them.

use super::record;
use counterfoil_model::filing::FilingStep;
use counterfoil_model::{FilingId, FilingStepId, MessageId, PersonId, ReferenceId, Timestamp};
use counterfoil_vault::{Keyed, Sealed};

record! {
    /// A pointer to an object of another system.
    ReferenceRow in "reference" {
        id: ReferenceId = "id",
        /// Which system: one of our words, such as `pas`.
        system: String = "system",
        /// What it is there: one of our words, such as `claim`.
        kind: String = "kind",
        lookup: Keyed = "lookup",
        value: Sealed<String> = "sealed_value",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// A message put on a reference.
    FilingRow in "filing" {
        id: FilingId = "id",
        message: MessageId = "message_id",
        reference: ReferenceId = "reference_id",
        person: PersonId = "person_id",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// One step in the life of a filing.
    FilingStepRow in "filing_step" {
        id: FilingStepId = "id",
        filing: FilingId = "filing_id",
        step: FilingStep = "step",
        attempts: i64 = "attempts",
        code: Option<i64> = "code",
        acknowledgement: Option<Sealed<String>> = "sealed_acknowledgement",
        at: Timestamp = "at",
        recorded_at: Timestamp = "recorded_at",
    }
}
