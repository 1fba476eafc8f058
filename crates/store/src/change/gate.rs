//! Changes of what is known about gates.

use super::Change;
use crate::rows::{GateSeenRow, Row};
use crate::sql::statements;

statements! {
    GATE_SEEN = "INSERT INTO gate_seen (gate_id, seen_at, clear_until, certificate_until) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (gate_id) DO UPDATE SET seen_at = excluded.seen_at, clear_until = excluded.clear_until, \
        certificate_until = excluded.certificate_until";
}

impl Change {
    /// A gate said how it stands.
    pub fn gate_seen(row: GateSeenRow) -> Self {
        Self::any("gate_seen", GATE_SEEN, row.values())
    }
}
