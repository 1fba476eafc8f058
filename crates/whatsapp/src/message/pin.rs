//! Holding a message at the top of a group for some days. Persons have no such thing: a pin goes to a group only.
//!
//! Source: Meta, Group messaging, 2025-11: `expiration_days` is a whole number, needed for pinning and absent for letting go.

use serde_json::{Value, json};

use crate::redacted::redacted_debug;

/// A pin of a group.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin {
    /// Provider id of the message.
    pub message_id: String,
    /// What to do with it.
    pub action: PinAction,
}

/// What to do with a message of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinAction {
    /// Hold it at the top.
    Hold {
        /// For how many days, 1 to 30.
        days: u8,
    },
    /// Let it go.
    Release,
}

redacted_debug!(Pin);

impl Pin {
    pub(super) fn to_json(&self) -> Value {
        match self.action {
            PinAction::Hold { days } => {
                json!({ "type": "pin", "message_id": self.message_id, "expiration_days": days })
            }
            PinAction::Release => json!({ "type": "unpin", "message_id": self.message_id }),
        }
    }
}
