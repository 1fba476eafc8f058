//! The way behind the product's back: plain SQL on either database, for whoever tampers and whoever looks.

use super::{Engine, Place};
use counterfoil_ledger::tree::Frontier;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Column, Connection, PgConnection, Row, SqliteConnection, TypeInfo, ValueRef};

/// A value as an engine holds it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Cell {
    Int(i64),
    Bytes(Vec<u8>),
    Text(String),
    Null,
}

/// A connection that obeys no rule of ours.
pub(crate) enum BackDoor {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl BackDoor {
    /// Behind the data store.
    pub(crate) async fn data(place: &Place) -> Self {
        Self::open(place, "data.db", 0).await
    }

    /// Behind the vault store.
    pub(crate) async fn vault(place: &Place) -> Self {
        Self::open(place, "vault.db", 1).await
    }

    async fn open(place: &Place, file: &str, which: usize) -> Self {
        match &place.engine {
            Engine::Sqlite => {
                let options = SqliteConnectOptions::new()
                    .filename(place.folder.path().join("data").join(file))
                    .foreign_keys(false)
                    .busy_timeout(std::time::Duration::from_secs(10));
                Self::Sqlite(SqliteConnection::connect_with(&options).await.unwrap())
            }
            Engine::Postgres { server, schemas } => {
                let url = format!("{server}?options=-csearch_path%3D{}", schemas[which]);
                let mut connection = PgConnection::connect(&url).await.unwrap();
                // No foreign key is looked at.
                sqlx::raw_sql("SET session_replication_role = replica")
                    .execute(&mut connection)
                    .await
                    .unwrap();
                Self::Postgres(connection)
            }
        }
    }

    /// Asks, with `$n` for arguments.
    pub(crate) async fn rows(&mut self, sql: &str, arguments: &[Cell]) -> Vec<Vec<Cell>> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(connection) => {
                let rows = sqlx::query_with(sql, sqlite_arguments(arguments))
                    .fetch_all(connection)
                    .await
                    .unwrap();
                rows.iter().map(sqlite_row).collect()
            }
            Self::Postgres(connection) => {
                let rows = sqlx::query_with(sql, postgres_arguments(arguments))
                    .fetch_all(connection)
                    .await
                    .unwrap();
                rows.iter().map(postgres_row).collect()
            }
        }
    }

    /// Changes; how many rows, or `None` when the engine refuses.
    pub(crate) async fn change(&mut self, sql: &str, arguments: &[Cell]) -> Option<u64> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(connection) => {
                let done = sqlx::query_with(sql, sqlite_arguments(arguments))
                    .execute(connection)
                    .await;
                done.ok().map(|done| done.rows_affected())
            }
            Self::Postgres(connection) => {
                let done = sqlx::query_with(sql, postgres_arguments(arguments))
                    .execute(connection)
                    .await;
                done.ok().map(|done| done.rows_affected())
            }
        }
    }

    /// Runs a text of several statements.
    pub(crate) async fn script(&mut self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(connection) => drop(sqlx::raw_sql(sql).execute(connection).await.unwrap()),
            Self::Postgres(connection) => drop(sqlx::raw_sql(sql).execute(connection).await.unwrap()),
        }
    }

    /// The columns of a table in their order.
    pub(crate) async fn columns(&mut self, table: &str) -> Vec<String> {
        let sql = match self {
            Self::Sqlite(_) => format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"),
            Self::Postgres(_) => format!(
                "SELECT CAST(column_name AS TEXT) FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY ordinal_position"
            ),
        };
        let rows = self.rows(&sql, &[]).await;
        rows.into_iter()
            .map(|mut row| match row.remove(0) {
                Cell::Text(name) => name,
                other => panic!("a column has a name, not {other:?}"),
            })
            .collect()
    }

    /// All of a log that was not signed yet waits for its numbers, as an earlier version left it when it was killed.
    pub(crate) async fn waits_again(&mut self) {
        let id = match self {
            Self::Sqlite(_) => "unhex(printf('%032d', number))",
            Self::Postgres(_) => "decode(lpad(CAST(number AS TEXT), 32, '0'), 'hex')",
        };
        self.script(&format!(
            "INSERT INTO pending_leaf SELECT {id}, subject, bytes FROM leaf; DELETE FROM leaf; \
             INSERT INTO pending_event SELECT {id}, kind, conversation_id, subject, person_id, at FROM event; DELETE FROM event"
        ))
        .await;
        let empty = Frontier::default();
        let head = [Cell::Bytes(empty.to_bytes()), Cell::Bytes(empty.root().to_vec())];
        self.change(
            "UPDATE log_head SET size = 0, event_number = 0, frontier = $1, root = $2",
            &head,
        )
        .await
        .unwrap();
    }

    /// From now on, each statement that `event` names (such as `INSERT ON leaf`) is refused.
    pub(crate) async fn refuse(&mut self, event: &str) {
        match self {
            Self::Sqlite(_) => {
                let sql = format!("CREATE TRIGGER refused BEFORE {event} BEGIN SELECT RAISE(ABORT, 'refused'); END");
                self.script(&sql).await;
            }
            Self::Postgres(_) => {
                let sql = format!(
                    "CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$ LANGUAGE plpgsql; \
                     CREATE TRIGGER refused BEFORE {event} FOR EACH ROW EXECUTE FUNCTION refuse()"
                );
                self.script(&sql).await;
            }
        }
    }

    /// What was refused on this table is allowed again.
    pub(crate) async fn allow(&mut self, table: &str) {
        match self {
            Self::Sqlite(_) => self.script("DROP TRIGGER refused").await,
            Self::Postgres(_) => {
                self.script(&format!("DROP TRIGGER refused ON {table}; DROP FUNCTION refuse()"))
                    .await
            }
        }
    }
}

fn sqlite_arguments(cells: &[Cell]) -> SqliteArguments {
    let mut arguments = SqliteArguments::default();
    for cell in cells.iter().cloned() {
        match cell {
            Cell::Int(number) => arguments.add(number),
            Cell::Bytes(bytes) => arguments.add(bytes),
            Cell::Text(text) => arguments.add(text),
            Cell::Null => arguments.add(None::<i64>),
        }
        .unwrap();
    }
    arguments
}

fn postgres_arguments(cells: &[Cell]) -> PgArguments {
    let mut arguments = PgArguments::default();
    for cell in cells.iter().cloned() {
        match cell {
            Cell::Int(number) => arguments.add(number),
            Cell::Bytes(bytes) => arguments.add(bytes),
            Cell::Text(text) => arguments.add(text),
            Cell::Null => arguments.add(None::<Vec<u8>>),
        }
        .unwrap();
    }
    arguments
}

fn sqlite_row(row: &SqliteRow) -> Vec<Cell> {
    (0..row.len())
        .map(|at| {
            let raw = row.try_get_raw(at).unwrap();
            match (raw.is_null(), raw.type_info().name()) {
                (true, _) => Cell::Null,
                (_, "INTEGER" | "BIGINT" | "INT") => Cell::Int(row.get(at)),
                (_, "BLOB") => Cell::Bytes(row.get(at)),
                (_, "TEXT") => Cell::Text(row.get(at)),
                (_, other) => panic!("{other} in column {}", row.column(at).name()),
            }
        })
        .collect()
}

fn postgres_row(row: &PgRow) -> Vec<Cell> {
    (0..row.len())
        .map(|at| {
            let raw = row.try_get_raw(at).unwrap();
            match (raw.is_null(), raw.type_info().name()) {
                (true, _) => Cell::Null,
                (_, "INT8") => Cell::Int(row.get(at)),
                (_, "BYTEA") => Cell::Bytes(row.get(at)),
                (_, "TEXT" | "VARCHAR" | "NAME") => Cell::Text(row.get(at)),
                (_, other) => panic!("{other} in column {}", row.column(at).name()),
            }
        })
        .collect()
}

/// Makes schemas, empty ones where they were.
pub(super) async fn schemas_fresh(server: &str, schemas: &[String]) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    for schema in schemas {
        let sql = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap();
    }
    connection.close().await.unwrap();
}

/// Drops schemas. A runtime may not be entered from within another, so this has a thread of its own.
pub(super) fn schemas_dropped(server: String, schemas: [String; 2]) {
    let dropping = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut connection = PgConnection::connect(&server).await.unwrap();
            for schema in schemas {
                let sql = format!("DROP SCHEMA IF EXISTS {schema} CASCADE");
                sqlx::raw_sql(AssertSqlSafe(sql))
                    .execute(&mut connection)
                    .await
                    .unwrap();
            }
        });
    });
    // A test that failed has said so already.
    let _ = dropping.join();
}
