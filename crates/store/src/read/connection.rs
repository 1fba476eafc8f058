//! Connections, numbers and teams.

use crate::Store;
use crate::rows::{ChannelRow, ConnectionRow, ConnectionSettingsRow, Row, TeamRow};
use crate::sql::value::args;
use crate::sql::{ReadError, statements, text};
use counterfoil_model::{ChannelId, ConnectionId};
use counterfoil_vault::Keyed;
use std::collections::HashMap;

statements! {
    CONNECTIONS = text!("SELECT ", ConnectionRow::COLUMNS, " FROM connection ORDER BY connection.id");
    CONNECTION = text!("SELECT ", ConnectionRow::COLUMNS, " FROM connection WHERE connection.id = $1");
    SETTINGS_OF = text!("SELECT ", ConnectionSettingsRow::COLUMNS, " FROM connection JOIN connection_settings ON \
        connection_settings.id = (SELECT newest.id FROM connection_settings AS newest WHERE newest.connection_id = connection.id \
        ORDER BY newest.id DESC LIMIT 1) WHERE connection.id IN ({list})");
    CHANNEL_BY_LOOKUP = text!("SELECT ", ChannelRow::COLUMNS, " FROM channel WHERE channel.lookup IN ({list})");
    CHANNEL = text!("SELECT ", ChannelRow::COLUMNS, " FROM channel WHERE channel.id = $1");
    CHANNELS = text!("SELECT ", ChannelRow::COLUMNS, " FROM channel ORDER BY channel.id");
    TEAMS = text!("SELECT ", TeamRow::COLUMNS, " FROM team ORDER BY team.id");
}

/// A connection with its newest settings.
pub struct Connected {
    /// The connection.
    pub connection: ConnectionRow,
    /// Its newest settings; `None` only when they were never written.
    pub settings: Option<ConnectionSettingsRow>,
}

impl Store {
    /// All connections, oldest first, each with its newest settings.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn connection_list(&self) -> Result<Vec<Connected>, ReadError> {
        let connections = self.all(CONNECTIONS, Vec::new()).await?;
        self.with_settings(connections).await
    }

    /// A connection with its newest settings.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn connection_get(&self, id: ConnectionId) -> Result<Option<Connected>, ReadError> {
        let connections = self.all(CONNECTION, args![id]).await?;
        Ok(self.with_settings(connections).await?.pop())
    }

    async fn with_settings(&self, connections: Vec<ConnectionRow>) -> Result<Vec<Connected>, ReadError> {
        let ids = connections.iter().map(|row| row.id);
        let settings: Vec<ConnectionSettingsRow> = self.all_of(SETTINGS_OF, Vec::new(), ids).await?;
        let mut settings: HashMap<_, _> = settings.into_iter().map(|row| (row.connection, row)).collect();
        let with = |connection: ConnectionRow| Connected {
            settings: settings.remove(&connection.id),
            connection,
        };
        Ok(connections.into_iter().map(with).collect())
    }

    /// The number with this keyed provider id.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn channel_by_lookup(&self, lookups: &[Keyed]) -> Result<Option<ChannelRow>, ReadError> {
        self.one_of(CHANNEL_BY_LOOKUP, Vec::new(), lookups.iter().copied())
            .await
    }

    /// A number.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn channel_get(&self, id: ChannelId) -> Result<Option<ChannelRow>, ReadError> {
        self.one(CHANNEL, args![id]).await
    }

    /// All numbers, oldest first.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn channel_list(&self) -> Result<Vec<ChannelRow>, ReadError> {
        self.all(CHANNELS, Vec::new()).await
    }

    /// All teams, oldest first.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn team_list(&self) -> Result<Vec<TeamRow>, ReadError> {
        self.all(TEAMS, Vec::new()).await
    }
}
