//! Conversations.

use super::record;
use counterfoil_model::conversation::ConversationKind;
use counterfoil_model::{ChannelId, ContactId, ConversationId, TeamId, Timestamp, TreeId};

record! {
    /// A thread of messages.
    ConversationRow in "conversation" {
        id: ConversationId = "id",
        kind: ConversationKind = "kind",
        contact: Option<ContactId> = "contact_id",
        channel: Option<ChannelId> = "channel_id",
        team: Option<TeamId> = "team_id",
        tree: TreeId = "tree_id",
        /// When the last message occurred; a fold over the messages.
        last_at: Timestamp = "last_at",
        /// When the contact last wrote; a fold over the messages.
        last_inbound_at: Option<Timestamp> = "last_inbound_at",
        recorded_at: Timestamp = "recorded_at",
    }
}
