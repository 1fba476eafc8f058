//! Changes of the columns that are folds over other recorded rows.

use super::Change;
use crate::sql::statements;
use crate::sql::value::args;
use counterfoil_model::{ConversationId, IdentityId, Timestamp};

statements! {
    IDENTITY_END = "UPDATE identity SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    CONVERSATION_TOUCH = "UPDATE conversation SET \
        last_at = CASE WHEN last_at < $2 THEN $2 ELSE last_at END, \
        last_inbound_at = CASE WHEN CAST($3 AS BIGINT) = 1 AND (last_inbound_at IS NULL OR last_inbound_at < $2) \
        THEN $2 ELSE last_inbound_at END WHERE id = $1";
}

impl Change {
    /// Ends an identity; the unit records the [`crate::rows::IdentityEndRow`] too. Conflict `identity_end`: it has ended already.
    pub fn identity_end(identity: IdentityId, ended_at: Timestamp) -> Self {
        Self::one("identity_end", IDENTITY_END, args![identity, ended_at])
    }

    /// A message occurred in a conversation that was there before; never moves back. Conflict `conversation`: there is none.
    ///
    /// A new conversation is inserted with the times of its first message instead.
    pub fn conversation_touch(conversation: ConversationId, occurred_at: Timestamp, inbound: bool) -> Self {
        Self::one(
            "conversation",
            CONVERSATION_TOUCH,
            args![conversation, occurred_at, inbound],
        )
    }
}
