//! Bringing the tables to the newest version, and refusing those of a newer Counterfoil.
//!
//! One folder per step, forward only, both dialects side by side; each step runs in a transaction of its own.

use super::Failure;
use sqlx::migrate::{Migrate, Migration, MigrationType, Migrator};
use sqlx::{Acquire, Database, Pool, SqlSafeStr};
use std::borrow::Cow;

/// One step of the tables' history.
pub(crate) struct Step {
    pub(crate) number: i64,
    pub(crate) name: &'static str,
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// The steps of the data store.
pub(crate) const DATA: &[Step] = &[
    Step {
        number: 1,
        name: "start",
        sqlite: include_str!("../../migrations/0001_start/sqlite.sql"),
        postgres: include_str!("../../migrations/0001_start/postgres.sql"),
    },
    Step {
        number: 4,
        name: "postponed",
        sqlite: include_str!("../../migrations/0004_postponed/sqlite.sql"),
        postgres: include_str!("../../migrations/0004_postponed/postgres.sql"),
    },
    Step {
        number: 5,
        name: "hot tables",
        sqlite: include_str!("../../migrations/0005_hot_tables/sqlite.sql"),
        postgres: include_str!("../../migrations/0005_hot_tables/postgres.sql"),
    },
    Step {
        number: 6,
        name: "departures",
        sqlite: include_str!("../../migrations/0006_departures/sqlite.sql"),
        postgres: include_str!("../../migrations/0006_departures/postgres.sql"),
    },
    Step {
        number: 10,
        name: "gates",
        sqlite: include_str!("../../migrations/0010_gates/sqlite.sql"),
        postgres: include_str!("../../migrations/0010_gates/postgres.sql"),
    },
    Step {
        number: 11,
        name: "seen",
        sqlite: include_str!("../../migrations/0011_seen/sqlite.sql"),
        postgres: include_str!("../../migrations/0011_seen/postgres.sql"),
    },
    Step {
        number: 12,
        name: "erasures",
        sqlite: include_str!("../../migrations/0012_erasures/sqlite.sql"),
        postgres: include_str!("../../migrations/0012_erasures/postgres.sql"),
    },
    Step {
        number: 13,
        name: "holds",
        sqlite: include_str!("../../migrations/0013_holds/sqlite.sql"),
        postgres: include_str!("../../migrations/0013_holds/postgres.sql"),
    },
    Step {
        number: 14,
        name: "marks",
        sqlite: include_str!("../../migrations/0014_marks/sqlite.sql"),
        postgres: include_str!("../../migrations/0014_marks/postgres.sql"),
    },
    Step {
        number: 15,
        name: "backups",
        sqlite: include_str!("../../migrations/0015_backups/sqlite.sql"),
        postgres: include_str!("../../migrations/0015_backups/postgres.sql"),
    },
    Step {
        number: 16,
        name: "retirements",
        sqlite: include_str!("../../migrations/0016_retirements/sqlite.sql"),
        postgres: include_str!("../../migrations/0016_retirements/postgres.sql"),
    },
    Step {
        number: 17,
        name: "challenges",
        sqlite: include_str!("../../migrations/0017_challenges/sqlite.sql"),
        postgres: include_str!("../../migrations/0017_challenges/postgres.sql"),
    },
    Step {
        number: 18,
        name: "lookup_epoch",
        sqlite: include_str!("../../migrations/0018_lookup_epoch/sqlite.sql"),
        postgres: include_str!("../../migrations/0018_lookup_epoch/postgres.sql"),
    },
    Step {
        number: 19,
        name: "kept and withdrawn",
        sqlite: include_str!("../../migrations/0019_kept_and_withdrawn/sqlite.sql"),
        postgres: include_str!("../../migrations/0019_kept_and_withdrawn/postgres.sql"),
    },
    Step {
        number: 20,
        name: "erasures lost",
        sqlite: include_str!("../../migrations/0020_erasures_lost/sqlite.sql"),
        postgres: include_str!("../../migrations/0020_erasures_lost/postgres.sql"),
    },
    Step {
        number: 21,
        name: "children go first",
        sqlite: include_str!("../../migrations/0021_children_go_first/sqlite.sql"),
        postgres: include_str!("../../migrations/0021_children_go_first/postgres.sql"),
    },
    Step {
        number: 22,
        name: "origins",
        sqlite: include_str!("../../migrations/0022_origins/sqlite.sql"),
        postgres: include_str!("../../migrations/0022_origins/postgres.sql"),
    },
];

/// The steps of the vault store.
pub(crate) const VAULT: &[Step] = &[
    Step {
        number: 1,
        name: "start",
        sqlite: include_str!("../../migrations/vault/0001_start/sqlite.sql"),
        postgres: include_str!("../../migrations/vault/0001_start/postgres.sql"),
    },
    Step {
        number: 2,
        name: "nodes",
        sqlite: include_str!("../../migrations/vault/0002_nodes/sqlite.sql"),
        postgres: include_str!("../../migrations/vault/0002_nodes/postgres.sql"),
    },
    Step {
        number: 3,
        name: "holds",
        sqlite: include_str!("../../migrations/vault/0003_holds/sqlite.sql"),
        postgres: include_str!("../../migrations/vault/0003_holds/postgres.sql"),
    },
    Step {
        number: 4,
        name: "epochs",
        sqlite: include_str!("../../migrations/vault/0004_epochs/sqlite.sql"),
        postgres: include_str!("../../migrations/vault/0004_epochs/postgres.sql"),
    },
];

/// Why the tables could not be brought to the version of this program.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database was written by a newer Counterfoil.
    #[error(
        "this database has tables of version {found}, newer than version {known} of this program: start the newer \
         program, or restore a backup from before the update"
    )]
    Newer {
        /// The version found.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// The database lacks steps and was opened for reading only.
    #[error("this database has tables of an older version: start the server once, so that it brings them up to date")]
    Older,
    /// A step was changed after it had been taken.
    #[error("step {0} of the tables is not the one that was taken here: this program was built from altered sources")]
    Altered(i64),
    /// The engine could not take a step.
    #[error("the tables could not be brought up to date")]
    Engine(#[source] Failure),
}

fn migrator<'a>(steps: impl Iterator<Item = (&'a Step, &'static str)>) -> (Migrator, i64) {
    let migrations: Vec<Migration> = steps
        .map(|(step, sql)| {
            Migration::new(
                step.number,
                Cow::Borrowed(step.name),
                MigrationType::Simple,
                sql.into_sql_str(),
                false,
            )
        })
        .collect();
    let newest = migrations.iter().map(|step| step.version).max().unwrap_or(0);
    (Migrator::with_migrations(migrations), newest)
}

fn explained(error: sqlx::migrate::MigrateError, known: i64) -> MigrateError {
    use sqlx::migrate::MigrateError as Theirs;
    match error {
        Theirs::VersionMissing(found) => MigrateError::Newer { found, known },
        Theirs::VersionMismatch(step) => MigrateError::Altered(step),
        Theirs::Execute(error) | Theirs::ExecuteMigration(error, _) => MigrateError::Engine(Failure::new(error)),
        other => MigrateError::Engine(Failure::new(sqlx::Error::Migrate(Box::new(other)))),
    }
}

/// Takes the steps that are missing.
pub(super) async fn run<'a, D>(
    pool: &Pool<D>,
    steps: impl Iterator<Item = (&'a Step, &'static str)>,
) -> Result<(), MigrateError>
where
    D: Database,
    D::Connection: Migrate,
{
    let (migrator, known) = migrator(steps);
    let mut connection = pool
        .acquire()
        .await
        .map_err(|e| MigrateError::Engine(Failure::new(e)))?;
    let connection = connection
        .acquire()
        .await
        .map_err(|e| MigrateError::Engine(Failure::new(e)))?;
    migrator
        .run_direct(None, &mut *connection, false)
        .await
        .map_err(|error| explained(error, known))
}

/// Checks, without writing, that all steps are taken and none is unknown.
pub(super) async fn check<'a, D>(
    pool: &Pool<D>,
    steps: impl Iterator<Item = (&'a Step, &'static str)>,
) -> Result<(), MigrateError>
where
    D: Database,
    D::Connection: Migrate,
{
    let (migrator, known) = migrator(steps);
    let mut connection = pool
        .acquire()
        .await
        .map_err(|e| MigrateError::Engine(Failure::new(e)))?;
    let applied = connection
        .list_applied_migrations(&migrator.table_name)
        .await
        .map_err(|error| explained(error, known))?;
    match applied.iter().map(|step| step.version).max() {
        Some(found) if found > known => Err(MigrateError::Newer { found, known }),
        Some(found) if found == known => Ok(()),
        _ => Err(MigrateError::Older),
    }
}
