//! Erasures, what they took, and the copies elsewhere that they could not take.

use super::{record, row};
use counterfoil_model::erasure::{AttemptOutcome, AttemptPlace, CopyState, ErasureReason, ErasureTarget};
use counterfoil_model::{
    AttemptId, BackupId, ChallengeId, ErasureId, FilingId, ReferenceId, RetirementId, Timestamp, TreeId,
};
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

row! {
    /// Keys that an erasure destroyed: neighbouring leaves of one tree.
    ErasedKeyRow in "erased_key" {
        tree: TreeId = "tree_id",
        first: i64 = "first_index",
        /// Included.
        last: i64 = "last_index",
        erasure: ErasureId = "erasure_id",
    }
}

record! {
    /// What a run of the challenger found in one place.
    ErasureAttemptRow in "erasure_attempt" {
        id: AttemptId = "id",
        /// The run; its attempts share this.
        challenge: ChallengeId = "challenge_id",
        erasure: ErasureId = "erasure_id",
        place: AttemptPlace = "place",
        /// Which backup, when the place is one.
        backup: Option<BackupId> = "backup_id",
        outcome: AttemptOutcome = "outcome",
        /// How many bytes were looked through.
        looked: i64 = "looked",
        /// How many sealed values of the erasure stand there.
        found: i64 = "found",
        /// How many of them a key opens that is still held.
        opened: i64 = "opened",
        recorded_at: Timestamp = "recorded_at",
    }
}
