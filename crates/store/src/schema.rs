//! The tables as they stand in the engine, for comparing with what is checked in. For tests and `doctor`.

use crate::sql::dialect::{LIVE_COLUMNS, LIVE_SCHEMA};
use crate::sql::{Cells, Database, ReadError};
use crate::{KeyDatabase, Store};

/// A column as it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LiveColumn {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// Whether its value may be absent.
    pub may_be_absent: bool,
}

async fn columns(database: &Database) -> Result<Vec<LiveColumn>, ReadError> {
    let rows = database.rows(database.text(&LIVE_COLUMNS), Vec::new()).await?;
    let read = |row| {
        let mut cells = Cells::new(row);
        Ok(LiveColumn {
            table: cells.take("schema", "table")?,
            column: cells.take("schema", "column")?,
            may_be_absent: cells.take("schema", "absent")?,
        })
    };
    rows.into_iter().map(read).collect()
}

async fn definitions(database: &Database) -> Result<String, ReadError> {
    let rows = database.rows(database.text(&LIVE_SCHEMA), Vec::new()).await?;
    let mut text = String::new();
    for row in rows {
        text.push_str(&Cells::new(row).take::<String>("schema", "line")?);
        text.push('\n');
    }
    Ok(text)
}

impl Store {
    /// Every column of the data store as it stands.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn live_columns(&self) -> Result<Vec<LiveColumn>, ReadError> {
        columns(self.database()).await
    }

    /// Every definition of the data store as the engine tells it.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn live_schema(&self) -> Result<String, ReadError> {
        definitions(self.database()).await
    }
}

impl KeyDatabase {
    /// Every column of the vault store as it stands.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn live_columns(&self) -> Result<Vec<LiveColumn>, ReadError> {
        columns(self.database()).await
    }

    /// Every definition of the vault store as the engine tells it.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn live_schema(&self) -> Result<String, ReadError> {
        definitions(self.database()).await
    }
}
