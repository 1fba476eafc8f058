//! Conversations: threads of messages under one regime, whatever their kind.

use crate::codes::codes;

codes! {
    /// What a conversation is between.
    ConversationKind {
        /// A contact and a number.
        Customer = 1 "customer",
        /// A team, several teams or a case.
        Room = 2 "room",
        /// Two colleagues.
        Direct = 3 "direct",
    }
}
