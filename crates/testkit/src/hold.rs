//! A hold on a SQLite file from outside, as a backup or a broken tool would have it: while it is held, nobody else writes.

use anyhow::{Context, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Executor};
use std::path::Path;

/// A hold; gone when released or dropped.
pub struct Hold(SqliteConnection);

impl Hold {
    /// Keeps others from writing.
    ///
    /// # Errors
    /// When somebody else holds it for long.
    pub async fn writing(file: &Path) -> Result<Self> {
        Self::with(file, &["BEGIN IMMEDIATE"]).await
    }

    /// Keeps others from reading too. Only while nobody has the file open.
    ///
    /// # Errors
    /// When somebody has it open.
    pub async fn all(file: &Path) -> Result<Self> {
        Self::with(file, &["PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE"]).await
    }

    async fn with(file: &Path, statements: &[&'static str]) -> Result<Self> {
        let mut connection = SqliteConnectOptions::new().filename(file).connect().await?;
        for statement in statements {
            connection
                .execute(*statement)
                .await
                .with_context(|| format!("{statement} on {}", file.display()))?;
        }
        Ok(Self(connection))
    }

    /// Lets go.
    ///
    /// # Errors
    /// When the file was taken away meanwhile.
    pub async fn release(mut self) -> Result<()> {
        self.0.execute("ROLLBACK").await?;
        Ok(self.0.close().await?)
    }
}
