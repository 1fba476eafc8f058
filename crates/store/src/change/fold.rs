//! Changes of the columns that are folds over other recorded rows.

use super::Change;
use crate::sql::statements;
use crate::sql::value::args;
use counterfoil_model::{ConversationId, IdentityId, Timestamp};

statements! {
    IDENTITY_END = "UPDATE identity SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    // The first row is of nothing and matches nothing: it gives the values their types.
    CONVERSATION_TOUCH = "WITH given (id, at, inbound_at) AS (VALUES ((SELECT conversation.id FROM conversation WHERE 1 = 0), \
        (SELECT conversation.last_at FROM conversation WHERE 1 = 0), (SELECT conversation.last_at FROM conversation WHERE 1 = 0)), {rows}) UPDATE conversation SET \
        last_at = CASE WHEN conversation.last_at < given.at THEN given.at ELSE conversation.last_at END, \
        last_inbound_at = CASE WHEN given.inbound_at > -4611686018427387904 \
            AND (conversation.last_inbound_at IS NULL OR conversation.last_inbound_at < given.inbound_at) \
            THEN given.inbound_at ELSE conversation.last_inbound_at END \
        FROM given WHERE conversation.id = given.id";
}

/// In the place of a time: there is none. Stands in `CONVERSATION_TOUCH` too.
const NEVER: i64 = -(1 << 62);

impl Change {
    /// Ends an identity; the unit records the [`crate::rows::IdentityEndRow`] too. Conflict `identity_end`: it has ended already.
    pub fn identity_end(identity: IdentityId, ended_at: Timestamp) -> Self {
        Self::one("identity_end", IDENTITY_END, args![identity, ended_at])
    }

    /// A message occurred in a conversation that was there before; never moves back. Conflict `conversation`: there is none.
    ///
    /// A new conversation is inserted with the times of its first message instead.
    pub fn conversation_touch(conversation: ConversationId, occurred_at: Timestamp, inbound: bool) -> Self {
        let inbound_at = if inbound { occurred_at.micros() } else { NEVER };
        let row = args![conversation, occurred_at, inbound_at];
        Self::gathered("conversation", CONVERSATION_TOUCH, row)
    }
}
