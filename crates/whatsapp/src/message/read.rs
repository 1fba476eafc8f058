//! Telling a person that their message was read, and that somebody types. Both are acts that the customer sees: whoever calls this
//! has decided so. Typing cannot be shown without marking as read.

use serde_json::{Value, json};

use crate::redacted::redacted_debug;

/// A mark on a message that came in, and with it on all earlier ones.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadMark {
    /// Provider id of the message, 30 days old at most.
    pub message_id: String,
    /// Show that somebody types, until the answer or for 25 seconds.
    pub typing: bool,
}

redacted_debug!(ReadMark);

impl ReadMark {
    /// The body of the request that sets it.
    pub fn to_json(&self) -> Value {
        let mut body = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": self.message_id });
        if self.typing {
            body["typing_indicator"] = json!({ "type": "text" });
        }
        body
    }
}
