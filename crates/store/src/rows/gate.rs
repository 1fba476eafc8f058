//! Gates: the intake-only nodes that may hand posts over, and the authority that signs their certificates.

use super::{record, row};
use counterfoil_model::{GateAuthorityId, GateEndId, GateId, Timestamp};
use counterfoil_vault::Sealed;

record! {
    /// The authority that signs certificates of gates and full nodes. The first one counts.
    GateAuthorityRow in "gate_authority" {
        id: GateAuthorityId = "id",
        authority: Sealed<Vec<u8>> = "sealed_authority",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// A gate that was given a pass.
    GateRow in "gate" {
        id: GateId = "id",
        /// SHA-256 of its public key.
        public_key: [u8; 32] = "public_key",
        title: Sealed<String> = "sealed_title",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// A gate that is admitted no more.
    GateEndRow in "gate_end" {
        id: GateEndId = "id",
        gate: GateId = "gate_id",
        recorded_at: Timestamp = "recorded_at",
    }
}

row! {
    /// What a gate last said.
    GateSeenRow in "gate_seen" {
        gate: GateId = "gate_id",
        seen_at: Timestamp = "seen_at",
        /// Nothing that it received before is left on it.
        clear_until: Timestamp = "clear_until",
        certificate_until: Timestamp = "certificate_until",
    }
}
