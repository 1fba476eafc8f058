//! The only file that asks which engine it talks to: which pool to take, and the few texts that truly differ.

use super::postgres::Access;
use super::sqlite_writer::{self, Spot};
use super::text::{Marks, Sizes, cut, cut_list, spell, text};
use super::value::{Value, args};
use super::{Failure, Snapshot, Sql, migrate, postgres, sqlite};
use crate::rows::{LogHeadRow, Row};
use counterfoil_model::{Secret, Timestamp};
use sqlx::postgres::PgListener;
use sqlx::{PgPool, Postgres, Transaction};
use std::path::Path;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

/// Which engine keeps a database, and where.
pub(crate) enum Database {
    /// A file of SQLite.
    Sqlite(sqlite::Pools),
    /// A database of PostgreSQL.
    Postgres {
        /// For units of work and what is read.
        pool: PgPool,
        /// Whether units of work are taken.
        access: Access,
        /// Whether a pooler stands between that gives each transaction another connection.
        pooled: bool,
    },
}

/// A transaction that may write. Dropped without a commit, it leaves nothing.
pub(crate) enum Session {
    /// On SQLite's one writing connection.
    Sqlite(sqlite_writer::Transaction),
    /// On one of PostgreSQL's.
    Postgres(Transaction<'static, Postgres>),
}

/// A text that is not the same on both engines.
pub(crate) struct Apart {
    /// The name for the test that prepares it.
    pub(crate) name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

/// Takes jobs that are due. $1 node, $2 now, $3 leased until, $4 how many, then the kinds. A lease moves `run_at` to its end, so that a
/// later wish for the same job shows as an earlier `run_at`.
pub(crate) const JOB_CLAIM: Apart = Apart {
    name: "JOB_CLAIM",
    sqlite: "UPDATE job SET node = $1, leased_until = $3, run_at = $3, attempts = attempts + 1 WHERE id IN (\
             SELECT id FROM job WHERE run_at <= $2 AND (leased_until IS NULL OR leased_until <= $2) AND kind IN ({list}) \
             ORDER BY run_at, id LIMIT $4) RETURNING id, kind, subject, attempts, begun_at",
    postgres: "UPDATE job SET node = $1, leased_until = $3, run_at = $3, attempts = attempts + 1 WHERE id IN (\
               SELECT id FROM job WHERE run_at <= $2 AND (leased_until IS NULL OR leased_until <= $2) AND kind IN ({list}) \
               ORDER BY run_at, id LIMIT $4 FOR UPDATE SKIP LOCKED) RETURNING id, kind, subject, attempts, begun_at",
};

/// The head of the log, as it is.
pub(crate) const LOG_HEAD: &str = text!("SELECT ", LogHeadRow::COLUMNS, " FROM log_head WHERE log_head.id = 1");

/// The head of the log, held until the transaction ends: of several that number at the same time one waits for the other.
pub(crate) const HEAD_HELD: Apart = Apart {
    name: "HEAD_HELD",
    sqlite: LOG_HEAD,
    postgres: text!(LOG_HEAD, " FOR UPDATE"),
};

/// The tables and columns as they are, in the order of their names: table, column, whether it may be absent (0 or 1).
pub(crate) const LIVE_COLUMNS: Apart = Apart {
    name: "LIVE_COLUMNS",
    sqlite: "SELECT t.name, c.name, CASE WHEN c.\"notnull\" = 0 AND c.pk = 0 THEN 1 ELSE 0 END FROM sqlite_schema t, pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND t.name NOT LIKE 'sqlite%' ORDER BY t.name, c.name",
    postgres: "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(CASE WHEN is_nullable = 'YES' THEN 1 ELSE 0 END AS BIGINT) \
               FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_sqlx%' \
               ORDER BY table_name COLLATE \"C\", column_name COLLATE \"C\"",
};

/// Every definition as the engine itself tells it, for the checked-in full schema: one line each.
pub(crate) const LIVE_SCHEMA: Apart = Apart {
    name: "LIVE_SCHEMA",
    sqlite: "SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name NOT LIKE '\\_sqlx%' ESCAPE '\\' ORDER BY tbl_name, type DESC, name",
    postgres: "SELECT line FROM (\
        SELECT CAST(table_name AS TEXT) AS place, 1 AS part, ordinal_position AS position, table_name || '.' || column_name || ' ' || \
            upper(CAST(data_type AS TEXT)) || CASE WHEN is_nullable = 'YES' THEN '' ELSE ' NOT NULL' END AS line \
        FROM information_schema.columns WHERE table_schema = current_schema() \
        UNION ALL SELECT CAST(r.relname AS TEXT), 2, 0, r.relname || ' ' || c.conname || ' ' || pg_get_constraintdef(c.oid) \
        FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace \
        WHERE n.nspname = current_schema() \
        UNION ALL SELECT CAST(tablename AS TEXT), 3, 0, replace(indexdef, current_schema() || '.', '') FROM pg_indexes \
        WHERE schemaname = current_schema()) AS lines \
        WHERE place NOT LIKE '\\_sqlx%' ORDER BY place COLLATE \"C\", part, position, line COLLATE \"C\"",
};

/// All texts that differ.
pub(crate) const APART: &[&Apart] = &[&JOB_CLAIM, &HEAD_HELD, &LIVE_COLUMNS, &LIVE_SCHEMA];

impl Database {
    pub(crate) async fn open_file(file: &Path) -> Result<Self, Failure> {
        sqlite::open(file).await.map(Self::Sqlite)
    }

    pub(crate) async fn open_file_read_only(file: &Path) -> Result<Self, Failure> {
        sqlite::open_read_only(file).await.map(Self::Sqlite)
    }

    pub(crate) async fn open_server(
        url: &Secret,
        connections: u32,
        pooled: bool,
        access: Access,
    ) -> Result<Self, Failure> {
        let pool = postgres::open(url.reveal(), connections, pooled, access).await?;
        Ok(Self::Postgres { pool, access, pooled })
    }

    /// Brings the tables to the newest version.
    pub(crate) async fn migrate(&self, steps: &[migrate::Step]) -> Result<(), migrate::MigrateError> {
        match self {
            Self::Sqlite(sqlite::Pools { write: Some(write), .. }) => {
                let stepping = write.stepping().await.map_err(migrate::MigrateError::Engine)?;
                let taken = migrate::run(&stepping, steps.iter().map(|step| (step, step.sqlite))).await;
                stepping.close().await;
                taken
            }
            Self::Sqlite(sqlite::Pools { read, .. }) => {
                let looking = read.stepping().await.map_err(migrate::MigrateError::Engine)?;
                let checked = migrate::check(&looking, steps.iter().map(|step| (step, step.sqlite))).await;
                looking.close().await;
                checked
            }
            Self::Postgres { pool, access, .. } => {
                let steps = steps.iter().map(|step| (step, step.postgres));
                match access {
                    Access::Write => migrate::run(pool, steps).await,
                    Access::Read => migrate::check(pool, steps).await,
                }
            }
        }
    }

    /// What the engine reports about its durability, on a connection of ours: its own question and its answer.
    pub(crate) async fn settings(&self) -> Result<Vec<(&'static str, String)>, Failure> {
        match self {
            Self::Sqlite(sqlite::Pools { write: Some(write), .. }) => write.settings().await,
            Self::Sqlite(pools) => pools.read.settings().await,
            Self::Postgres { pool, .. } => postgres::settings(pool).await,
        }
    }

    /// What the engine's own clock says; `None` where the engine is part of this process. Only `doctor` asks,
    /// to compare: nothing that is written ever takes its time from there.
    pub(crate) async fn clock(&self) -> Result<Option<Timestamp>, Failure> {
        let Self::Postgres { pool, .. } = self else {
            return Ok(None);
        };
        let question = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)";
        let told = postgres::ask(pool, question.into(), Vec::new()).await?;
        Ok(match told.first().and_then(|row| row.first()) {
            Some(Value::Int(micros)) => Some(Timestamp::from_micros(*micros)),
            _ => None,
        })
    }

    /// How many writers may work side by side.
    pub(crate) fn writers(&self) -> usize {
        match self {
            Self::Sqlite(_) => 1,
            Self::Postgres { .. } => 3,
        }
    }

    /// Has a writer run. One that waits for the disk on the spot has a thread of its own.
    pub(crate) fn spawn_writer(&self, writer: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        match self {
            Self::Sqlite(_) => spawn_blocking(move || Handle::current().block_on(writer)),
            Self::Postgres { .. } => tokio::spawn(writer),
        }
    }

    /// Begins a transaction that may write.
    pub(crate) async fn begin(&self) -> Result<Session, Failure> {
        self.begin_at(Spot::Elsewhere).await
    }

    /// Begins one for a writer of [`Self::spawn_writer`].
    pub(crate) async fn begin_on_the_spot(&self) -> Result<Session, Failure> {
        self.begin_at(Spot::Here).await
    }

    async fn begin_at(&self, spot: Spot) -> Result<Session, Failure> {
        match self {
            Self::Sqlite(sqlite::Pools { write: Some(write), .. }) => write.begin(spot).await.map(Session::Sqlite),
            Self::Postgres {
                pool,
                access: Access::Write,
                ..
            } => postgres::begin(pool).await.map(Session::Postgres),
            Self::Sqlite(_) | Self::Postgres { .. } => Err(Failure::new(sqlx::Error::Configuration(
                "the store was opened for reading only".into(),
            ))),
        }
    }

    /// Asks outside any transaction.
    pub(crate) async fn rows(&self, sql: impl Into<Sql>, args: Vec<Value>) -> Result<Vec<Vec<Value>>, Failure> {
        match self {
            Self::Sqlite(pools) => pools.read.rows(sql.into(), args).await,
            Self::Postgres { pool, .. } => postgres::ask(pool, sql.into(), args).await,
        }
    }

    /// Asks several questions of one moment, while others go on writing, and hands their rows on.
    pub(crate) async fn at_one_moment(
        &self,
        texts: Vec<&'static str>,
        to: mpsc::Sender<Snapshot>,
    ) -> Result<(), Failure> {
        match self {
            Self::Sqlite(pools) => pools.read.at_one_moment(texts, to).await,
            Self::Postgres { pool, .. } => postgres::at_one_moment(pool, texts, to).await,
        }
    }

    /// Asks with a list, cut into the fixed sizes; answers come in no order across the pieces.
    pub(crate) async fn listed(
        &self,
        template: &'static str,
        fixed: Vec<Value>,
        list: Vec<Value>,
    ) -> Result<Vec<Vec<Value>>, Failure> {
        let mut found = Vec::new();
        for piece in cut_list(&list) {
            let sizes = Sizes {
                list: piece.len(),
                marks: Marks::of(matches!(self, Self::Sqlite(_)), template),
                ..Sizes::default()
            };
            let args = fixed.iter().chain(piece).cloned().collect();
            found.extend(self.rows(spell(template, sizes), args).await?);
        }
        Ok(found)
    }

    /// The text of `apart` for this engine.
    pub(crate) fn text(&self, apart: &Apart) -> &'static str {
        match self {
            Self::Sqlite(_) => apart.sqlite,
            Self::Postgres { .. } => apart.postgres,
        }
    }

    /// Has the engine prepare a text without running it.
    pub(crate) async fn prepare(&self, sql: Sql) -> Result<(), Failure> {
        use sqlx::Executor;
        match self {
            Self::Sqlite(sqlite::Pools { write: Some(write), .. }) => return write.prepare(sql).await,
            Self::Sqlite(pools) => return pools.read.prepare(sql).await,
            Self::Postgres { pool, .. } => pool.prepare(sql.into_driver()).await.map(drop),
        }
        .map_err(Failure::new)
    }

    /// Brings what was overwritten or deleted out of the write-ahead log as well, where there is a file of it. A reader in the way only
    /// puts it off until the next time. Whether it was done.
    pub(crate) async fn scrub(&self) -> Result<bool, Failure> {
        let Self::Sqlite(sqlite::Pools { write: Some(write), .. }) = self else {
            return Ok(true);
        };
        let told = write.rows("PRAGMA wal_checkpoint(TRUNCATE)".into()).await?;
        if told.first().and_then(|row| row.first()) != Some(&Value::Int(0)) {
            tracing::warn!("the write-ahead log is in use and is emptied later");
            return Ok(false);
        }
        Ok(true)
    }

    /// Tells other nodes that something was committed; nothing to do where there are none.
    pub(crate) async fn notify(&self, payload: String) -> Result<(), Failure> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres { pool, .. } => {
                let args = args![payload];
                let told = postgres::execute(pool, "SELECT pg_notify('counterfoil', $1)".into(), &args);
                told.await.map(drop)
            }
        }
    }

    /// A connection that hears other nodes; `None` where there are none.
    pub(crate) async fn listen(&self) -> Result<Option<PgListener>, Failure> {
        let Self::Postgres { pool, .. } = self else {
            return Ok(None);
        };
        let mut listener = PgListener::connect_with(pool).await.map_err(Failure::new)?;
        listener.listen("counterfoil").await.map_err(Failure::new)?;
        Ok(Some(listener))
    }

    /// Another connection to the same server, one and no more, that holds the lock `mark` for as long as it lasts, and takes it again when it has
    /// to begin anew; `None` where connections are no sign of who lives.
    pub(crate) async fn shown(&self, mark: i64) -> Result<Option<Self>, Failure> {
        match self {
            Self::Postgres {
                pool,
                access: access @ Access::Write,
                pooled: pooled @ false,
            } => {
                let pool = postgres::holding(pool, mark).await?;
                let (access, pooled) = (*access, *pooled);
                Ok(Some(Self::Postgres { pool, access, pooled }))
            }
            Self::Sqlite(_) | Self::Postgres { .. } => Ok(None),
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pools) => {
                pools.read.close().await;
                if let Some(write) = &pools.write {
                    write.close().await;
                }
            }
            Self::Postgres { pool, .. } => pool.close().await,
        }
    }
}

impl Session {
    /// Whether nobody else can write before this transaction ends.
    pub(crate) fn writes_alone(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// The text of `apart` for this engine.
    pub(crate) fn text(&self, apart: &Apart) -> &'static str {
        match self {
            Self::Sqlite(_) => apart.sqlite,
            Self::Postgres(_) => apart.postgres,
        }
    }

    /// Whether no connection holds the lock `mark`.
    pub(crate) async fn unlocked(&mut self, mark: i64) -> Result<bool, Failure> {
        let Self::Postgres(transaction) = self else {
            return Ok(false);
        };
        let question = "SELECT CASE WHEN pg_try_advisory_xact_lock($1) THEN 1 ELSE 0 END";
        let told = postgres::rows(&mut **transaction, question.into(), &[Value::Int(mark)]).await?;
        Ok(told.first().and_then(|row| row.first()) == Some(&Value::Int(1)))
    }

    fn marks(&self, template: &str) -> Marks {
        Marks::of(self.writes_alone(), template)
    }

    pub(crate) async fn execute(&mut self, sql: impl Into<Sql>, args: Vec<Value>) -> Result<u64, Failure> {
        match self {
            Self::Sqlite(transaction) => transaction.execute(sql.into(), args).await,
            Self::Postgres(transaction) => postgres::execute(&mut **transaction, sql.into(), &args).await,
        }
    }

    pub(crate) async fn rows(&mut self, sql: impl Into<Sql>, args: Vec<Value>) -> Result<Vec<Vec<Value>>, Failure> {
        match self {
            Self::Sqlite(transaction) => transaction.rows(sql.into(), args).await,
            Self::Postgres(transaction) => postgres::rows(&mut **transaction, sql.into(), &args).await,
        }
    }

    /// Runs a text that holds `{rows}` for rows cut into the fixed sizes; how many rows it touched in all.
    pub(crate) async fn insert(
        &mut self,
        template: &'static str,
        rows: &[impl AsRef<[Value]> + Sync],
    ) -> Result<u64, Failure> {
        let columns = rows.first().map_or(0, |row| row.as_ref().len());
        let mut touched = 0;
        for piece in cut(rows) {
            let sizes = Sizes {
                list: piece.len(),
                columns,
                marks: self.marks(template),
                ..Sizes::default()
            };
            let args: Vec<&Value> = piece.iter().flat_map(AsRef::as_ref).collect();
            let sql = spell(template, sizes);
            touched += match self {
                Self::Sqlite(transaction) => transaction.execute_with(sql, &args).await,
                Self::Postgres(transaction) => postgres::execute(&mut **transaction, sql, args).await,
            }?;
        }
        Ok(touched)
    }

    /// Runs a text that holds `{list}` for each piece of the list, after the `fixed` arguments.
    pub(crate) async fn execute_listed(
        &mut self,
        template: &'static str,
        fixed: &[Value],
        list: Vec<Value>,
    ) -> Result<u64, Failure> {
        let mut touched = 0;
        for piece in cut_list(&list) {
            let sizes = Sizes {
                list: piece.len(),
                marks: self.marks(template),
                ..Sizes::default()
            };
            let args = fixed.iter().chain(piece).cloned().collect();
            touched += self.execute(spell(template, sizes), args).await?;
        }
        Ok(touched)
    }

    /// Asks with a list, as [`Database::listed`], within the transaction.
    pub(crate) async fn listed(
        &mut self,
        template: &'static str,
        list: Vec<Value>,
    ) -> Result<Vec<Vec<Value>>, Failure> {
        let mut found = Vec::new();
        for piece in cut_list(&list) {
            let sizes = Sizes {
                list: piece.len(),
                marks: self.marks(template),
                ..Sizes::default()
            };
            found.extend(self.rows(spell(template, sizes), piece.to_vec()).await?);
        }
        Ok(found)
    }

    pub(crate) async fn commit(self) -> Result<(), Failure> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Postgres(transaction) => transaction.commit().await.map_err(Failure::new),
        }
    }

    /// Gives up, and waits until the connection is free again.
    pub(crate) async fn rollback(self) -> Result<(), Failure> {
        match self {
            Self::Sqlite(transaction) => transaction.rollback().await,
            Self::Postgres(transaction) => transaction.rollback().await.map_err(Failure::new),
        }
    }
}
