//! Why something is held from being erased, and that it no longer is.

use super::record;
use counterfoil_model::erasure::ErasureTarget;
use counterfoil_model::{HoldId, Timestamp};
use counterfoil_vault::Sealed;

record! {
    /// The decision to hold something.
    HoldRow in "hold" {
        id: HoldId = "id",
        /// What sort of thing is held.
        target: ErasureTarget = "target",
        /// The message, attachment, conversation or contact.
        object: [u8; 16] = "object_id",
        /// On whose word.
        authority: Sealed<String> = "sealed_authority",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// A hold was released, under its own id.
    HoldEndRow in "hold_end" {
        id: HoldId = "id",
        recorded_at: Timestamp = "recorded_at",
    }
}
