//! A database of its own in the test server, and all that is in it as bytes.
//!
//! It goes when the value goes, with whoever is still connected to it.

mod server;

pub use server::Server;

use crate::surroundings;
use anyhow::{Context, Result};
use futures_util::TryStreamExt;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolCopyExt, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgPool, Row};
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// A fresh database.
pub struct Database {
    name: String,
    server: PgConnectOptions,
}

/// Somebody who only asks.
pub struct Onlooker(PgConnectOptions);

impl Onlooker {
    /// The first column of every row that a question gives, as text.
    ///
    /// # Errors
    /// What the server says.
    pub async fn ask(&self, question: &'static str) -> Result<Vec<String>> {
        let mut connection = self.0.connect().await?;
        let rows = sqlx::query(question).fetch_all(&mut connection).await?;
        connection.close().await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }
}

/// A table that nobody else reads or writes.
pub struct Locked(PgConnection);

impl Locked {
    /// Lets go.
    ///
    /// # Errors
    /// What the server says.
    pub async fn release(self) -> Result<()> {
        Ok(self.0.close().await?)
    }
}

/// What lies in one table.
pub struct Dumped {
    /// `schema.table`.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
    /// Its rows in PostgreSQL's binary form, then in its text form.
    pub bytes: Vec<u8>,
}

impl Database {
    /// Makes one.
    ///
    /// # Errors
    /// When no server is named or it cannot be reached.
    pub async fn fresh() -> Result<Self> {
        Self::fresh_on(&surroundings::postgres()?).await
    }

    /// Makes one in the server at this address.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn fresh_on(url: &str) -> Result<Self> {
        let server: PgConnectOptions = url.parse().context("reading the server's address")?;
        let unlike = RandomState::new().hash_one(std::process::id());
        let name = format!("counterfoil_test_{unlike:016x}");
        let mut connection = connect(&server).await?;
        sqlx::query(AssertSqlSafe(format!("create database {name}")))
            .execute(&mut connection)
            .await?;
        connection.close().await?;
        Ok(Self { name, server })
    }

    /// Its address without a password, as the product wants it.
    pub fn url(&self) -> String {
        let (user, host, port) = (
            self.server.get_username(),
            self.server.get_host(),
            self.server.get_port(),
        );
        format!("postgres://{user}@{host}:{port}/{}", self.name)
    }

    /// Fills it from a dump in plain SQL.
    ///
    /// # Errors
    /// What the server says.
    pub async fn restore(&self, dump: String) -> Result<()> {
        let mut connection = self.server.clone().database(&self.name).connect().await?;
        sqlx::raw_sql(AssertSqlSafe(dump)).execute(&mut connection).await?;
        Ok(connection.close().await?)
    }

    /// A copy of it as it is now, as a restored backup would be. Nobody may be connected to it.
    ///
    /// # Errors
    /// When it cannot be copied.
    pub async fn copy(&self) -> Result<Self> {
        let unlike = RandomState::new().hash_one(&self.name);
        let name = format!("counterfoil_test_{unlike:016x}");
        let mut connection = connect(&self.server).await?;
        let statement = format!("create database {name} template {}", self.name);
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await?;
        connection.close().await?;
        let server = self.server.clone();
        Ok(Self { name, server })
    }

    /// Changes it behind the back of whoever uses it.
    ///
    /// # Errors
    /// What the server says.
    pub async fn change(&self, statement: &'static str) -> Result<()> {
        let mut connection = self.server.clone().database(&self.name).connect().await?;
        sqlx::raw_sql(statement).execute(&mut connection).await?;
        Ok(connection.close().await?)
    }

    /// Keeps everybody else from a table, until dropped.
    ///
    /// # Errors
    /// What the server says.
    pub async fn lock(&self, table: &str) -> Result<Locked> {
        let mut connection = self.server.clone().database(&self.name).connect().await?;
        let statement = format!("begin; lock table {table} in access exclusive mode");
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
        Ok(Locked(connection))
    }

    /// The first column of every row that a question gives, as text.
    ///
    /// # Errors
    /// What the server says.
    pub async fn ask(&self, question: &'static str) -> Result<Vec<String>> {
        self.onlooker().ask(question).await
    }

    /// Somebody who only asks, while others use the database.
    pub fn onlooker(&self) -> Onlooker {
        Onlooker(self.server.clone().database(&self.name))
    }

    /// Where its server listens, `host:port`.
    pub fn server(&self) -> String {
        format!("{}:{}", self.server.get_host(), self.server.get_port())
    }

    /// Everything in every table.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn dump(&self) -> Result<Vec<Dumped>> {
        let options = self.server.clone().database(&self.name);
        let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
        let tables = sqlx::query(
            "select format('%I.%I', schemaname, tablename) from pg_tables
             where schemaname not in ('pg_catalog', 'information_schema') order by 1",
        )
        .fetch_all(&pool)
        .await?;
        let mut dumped = Vec::new();
        for row in tables {
            dumped.push(dump(&pool, row.try_get(0)?).await?);
        }
        pool.close().await;
        Ok(dumped)
    }
}

async fn dump(pool: &PgPool, table: String) -> Result<Dumped> {
    let count = sqlx::query(AssertSqlSafe(format!("select count(*) from {table}")))
        .fetch_one(pool)
        .await?;
    let rows = u64::try_from(count.try_get::<i64, _>(0)?)?;
    let mut bytes = Vec::new();
    for form in ["binary", "text"] {
        let statement = format!("copy (select * from {table}) to stdout (format {form})");
        let mut pieces = pool.copy_out_raw(&statement).await?;
        while let Some(piece) = pieces.try_next().await? {
            bytes.extend_from_slice(&piece);
        }
    }
    Ok(Dumped { table, rows, bytes })
}

async fn connect(server: &PgConnectOptions) -> Result<PgConnection> {
    server
        .connect()
        .await
        .context("the PostgreSQL server for tests cannot be reached")
}

impl Drop for Database {
    fn drop(&mut self) {
        let (name, server) = (self.name.clone(), self.server.clone());
        // A thread with a runtime of its own, since this one may be ending.
        let gone = std::thread::spawn(move || -> Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut connection = connect(&server).await?;
                let statement = format!("drop database if exists {name} with (force)");
                sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await?;
                Ok(connection.close().await?)
            })
        });
        // What is left behind goes with the server, which is made for the tests.
        drop(gone.join());
    }
}
