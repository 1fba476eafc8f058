//! A database file changed behind the product's back.

use anyhow::Result;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::path::Path;

/// Runs a statement in the file at `path`, which no process may have open.
///
/// # Errors
/// What SQLite says.
pub async fn change(path: &Path, statement: &'static str) -> Result<()> {
    let mut connection = SqliteConnectOptions::new().filename(path).connect().await?;
    sqlx::raw_sql(statement).execute(&mut connection).await?;
    Ok(connection.close().await?)
}
