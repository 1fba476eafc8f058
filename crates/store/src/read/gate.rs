//! Gates and their authority.

use crate::Store;
use crate::rows::{GateAuthorityRow, GateEndRow, GateRow, GateSeenRow, Row};
use crate::sql::value::args;
use crate::sql::{Cells, ReadError, statements, text};
use counterfoil_model::{GateId, Timestamp};
use std::collections::HashMap;

statements! {
    AUTHORITY = text!("SELECT ", GateAuthorityRow::COLUMNS, " FROM gate_authority ORDER BY gate_authority.id LIMIT 1");
    ADMITTED = text!("SELECT ", GateRow::COLUMNS, " FROM gate WHERE gate.public_key = $1 \
        AND NOT EXISTS (SELECT 1 FROM gate_end WHERE gate_end.gate_id = gate.id)");
    GATES = text!("SELECT ", GateRow::COLUMNS, " FROM gate ORDER BY gate.id");
    ENDS = text!("SELECT ", GateEndRow::COLUMNS, " FROM gate_end ORDER BY gate_end.id");
    SEEN_OF = text!("SELECT ", GateSeenRow::COLUMNS, " FROM gate_seen WHERE gate_seen.gate_id = $1");
    SEEN = text!("SELECT ", GateSeenRow::COLUMNS, " FROM gate_seen ORDER BY gate_seen.gate_id");
    CLEAR_UNTIL = "SELECT min(coalesce(gate_seen.clear_until, gate.recorded_at)) FROM gate \
        LEFT JOIN gate_seen ON gate_seen.gate_id = gate.id \
        WHERE NOT EXISTS (SELECT 1 FROM gate_end WHERE gate_end.gate_id = gate.id)";
}

/// A gate with what became of it.
pub struct GateStanding {
    /// The gate.
    pub gate: GateRow,
    /// Its end, once it is admitted no more.
    pub end: Option<GateEndRow>,
    /// What it last said, once it has said something.
    pub seen: Option<GateSeenRow>,
}

impl Store {
    /// The authority of gates, once there is one.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn gate_authority(&self) -> Result<Option<GateAuthorityRow>, ReadError> {
        self.one(AUTHORITY, Vec::new()).await
    }

    /// The gate with this public key, if it is admitted.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn gate_admitted(&self, public_key: [u8; 32]) -> Result<Option<GateRow>, ReadError> {
        self.one(ADMITTED, args![public_key]).await
    }

    /// What a gate last said, once it has said something.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn gate_seen(&self, gate: GateId) -> Result<Option<GateSeenRow>, ReadError> {
        self.one(SEEN_OF, args![gate]).await
    }

    /// All gates there ever were, oldest first.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn gate_list(&self) -> Result<Vec<GateStanding>, ReadError> {
        let gates: Vec<GateRow> = self.all(GATES, Vec::new()).await?;
        let ends: Vec<GateEndRow> = self.all(ENDS, Vec::new()).await?;
        let seen: Vec<GateSeenRow> = self.all(SEEN, Vec::new()).await?;
        let mut ends: HashMap<_, _> = ends.into_iter().map(|row| (row.gate, row)).collect();
        let mut seen: HashMap<_, _> = seen.into_iter().map(|row| (row.gate, row)).collect();
        let standing = |gate: GateRow| GateStanding {
            end: ends.remove(&gate.id),
            seen: seen.remove(&gate.id),
            gate,
        };
        Ok(gates.into_iter().map(standing).collect())
    }

    /// Since when an admitted gate may hold posts, at the earliest; `None` when there is no gate.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn gates_clear_until(&self) -> Result<Option<Timestamp>, ReadError> {
        let mut rows = self.database().rows(CLEAR_UNTIL, Vec::new()).await?;
        rows.pop()
            .map_or(Ok(None), |row| Cells::new(row).take("gate_seen", "clear_until"))
    }
}
