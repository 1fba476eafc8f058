//! Connections with their settings, numbers, and the teams that share them.

use super::record;
use counterfoil_model::{ChannelId, ConnectionId, ConnectionSettingsId, TeamId, Timestamp, TreeId};
use counterfoil_vault::{Keyed, Sealed};

record! {
    /// A Meta app with its hook address.
    ConnectionRow in "connection" {
        id: ConnectionId = "id",
        tree: TreeId = "tree_id",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// A version of a connection's settings; the newest counts.
    ConnectionSettingsRow in "connection_settings" {
        id: ConnectionSettingsId = "id",
        connection: ConnectionId = "connection_id",
        settings: Sealed<Vec<u8>> = "sealed_settings",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// A business number.
    ChannelRow in "channel" {
        id: ChannelId = "id",
        connection: ConnectionId = "connection_id",
        team: Option<TeamId> = "team_id",
        /// The provider's id of the number, keyed.
        lookup: Keyed = "lookup",
        about: Sealed<Vec<u8>> = "sealed_about",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// A group of staff.
    TeamRow in "team" {
        id: TeamId = "id",
        title: Sealed<String> = "sealed_title",
        recorded_at: Timestamp = "recorded_at",
    }
}
