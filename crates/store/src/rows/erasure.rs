//! Erasures, what they took, and the copies elsewhere that they could not take.

use super::{record, row};
use counterfoil_model::erasure::{CopyState, ErasureReason, ErasureTarget};
use counterfoil_model::{ErasureId, FilingId, ReferenceId, RetirementId, Timestamp};
use counterfoil_vault::Sealed;

record! {
    /// The decision to erase something.
    ErasureRow in "erasure" {
        id: ErasureId = "id",
        target: ErasureTarget = "target",
        /// The message, attachment, conversation or contact.
        object: [u8; 16] = "object_id",
        reason: ErasureReason = "reason",
        /// On whose word.
        authority: Sealed<String> = "sealed_authority",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// Nothing here opens what was erased any more, under the erasure's own id.
    ErasureLiveRow in "erasure_live" {
        id: ErasureId = "id",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// No copy opens what was erased any more, under the erasure's own id.
    ErasureFinalRow in "erasure_final" {
        id: ErasureId = "id",
        /// Which retirement of a key epoch made it final.
        retirement: RetirementId = "retirement_id",
        recorded_at: Timestamp = "recorded_at",
    }
}

row! {
    /// A row of the record that is gone.
    ErasedRow in "erased" {
        object: [u8; 16] = "object_id",
        erasure: ErasureId = "erasure_id",
    }
}

row! {
    /// What another system holds of something that was erased.
    ErasedCopyRow in "erased_copy" {
        filing: FilingId = "filing_id",
        erasure: ErasureId = "erasure_id",
        reference: ReferenceId = "reference_id",
        state: CopyState = "state",
    }
}
