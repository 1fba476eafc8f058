//! Erasures, what they took, what stayed of it, and the copies elsewhere with what became of them.

use super::{record, row};
use counterfoil_model::erasure::{
    AttemptOutcome, AttemptPlace, CopyState, ErasureLost, ErasureReason, ErasureTarget, KeptGround, WithdrawalStep,
};
use counterfoil_model::{
    AttemptId, BackupId, ChallengeId, ErasureId, ErasureKeptId, FilingId, HoldId, ReferenceId, RetirementId, Timestamp,
    TreeId, WithdrawalStepId,
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
    /// Something that stays though an erasure is of it.
    ErasureKeptRow in "erasure_kept" {
        id: ErasureKeptId = "id",
        erasure: ErasureId = "erasure_id",
        target: ErasureTarget = "target",
        /// The message, attachment, conversation or contact.
        object: [u8; 16] = "object_id",
        ground: KeptGround = "ground",
        /// By which hold, when it is one that keeps it.
        hold: Option<HoldId> = "hold_id",
        /// Why, in the words of whoever left it out.
        words: Option<Sealed<String>> = "sealed_ground",
        recorded_at: Timestamp = "recorded_at",
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

row! {
    /// A record of an erasure that a restore lost, and of which its leaf tells.
    ErasureLostRow in "erasure_lost" {
        /// Of the record, and of its leaf.
        id: [u8; 16] = "id",
        lost: ErasureLost = "lost",
        erasure: ErasureId = "erasure_id",
        /// What sort of thing the record was of, where that was still here.
        target: Option<ErasureTarget> = "target",
        /// What the record was of, as it stood there; of an attempt nothing.
        object: Option<[u8; 16]> = "object_id",
    }
}

record! {
    /// One step in asking another system to withdraw a copy.
    WithdrawalStepRow in "withdrawal_step" {
        id: WithdrawalStepId = "id",
        filing: FilingId = "filing_id",
        step: WithdrawalStep = "step",
        attempts: i64 = "attempts",
        /// The other system's status.
        code: Option<i64> = "code",
        /// When it happened, as the other system says where it does.
        at: Timestamp = "at",
        recorded_at: Timestamp = "recorded_at",
    }
}
