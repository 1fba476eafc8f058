//! PostgreSQL: one pool; whatever speaks its protocol and keeps its promises serves.

use super::snapshot::{Gathering, Snapshot, unwanted};
use super::value::Value;
use super::{Failure, Sql};
use futures_util::TryStreamExt;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgConnectOptions, PgConnection, PgPoolOptions, PgRow, PgTypeInfo};
use sqlx::{
    Arguments, Column, ConnectOptions, Connection, Encode, Executor, PgPool, Postgres, Row, Transaction, Type,
    TypeInfo, ValueRef,
};
use std::str::FromStr;
use std::time::Duration;
use tokio::sync::mpsc;

/// Prepared texts kept by each connection; every text in every size fits.
const KEPT_TEXTS: usize = 512;

/// The fewest connections that work: the writers, one that listens, one that wakes others, one that reads.
const FEWEST: u32 = 6;
/// How long to wait for a connection: so long somebody waits for an answer while the server is away.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a pool is opened for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Units of work too.
    Write,
    /// The server itself refuses to write on these connections.
    Read,
}

/// Opens a pool of at most `connections` to `url`.
///
/// With `pooled`, a pooler stands between that gives each transaction another connection: nothing stays prepared.
pub(super) async fn open(url: &str, connections: u32, pooled: bool, access: Access) -> Result<PgPool, Failure> {
    let mut options = PgConnectOptions::from_str(url)
        .map_err(Failure::new)?
        .application_name("counterfoil")
        .statement_cache_capacity(if pooled { 0 } else { KEPT_TEXTS });
    if access == Access::Read {
        options = options.options([("default_transaction_read_only", "on")]);
    }
    // A pool keeps trying when a new connection is refused by us, and would only say at last that none came free.
    if let Ok(mut first) = options.connect().await {
        assert_settings(&mut first, pooled).await.map_err(Failure::new)?;
        first.close().await.map_err(Failure::new)?;
    }
    PgPoolOptions::new()
        .max_connections(connections.max(FEWEST))
        .acquire_timeout(PATIENCE)
        // Asking first would cost every question a way there and back; a connection that was left behind is found out below.
        .test_before_acquire(false)
        .after_connect(move |connection, _| Box::pin(assert_settings(connection, pooled)))
        .connect_with(options)
        .await
        .map_err(Failure::new)
}

/// Opens one more connection to where `pool` goes, on which the lock `mark` is held beside others that hold the same, so that a connection which
/// the server has not given up yet is not in the way of the next.
pub(super) async fn holding(pool: &PgPool, mark: i64) -> Result<PgPool, Failure> {
    let options = PgConnectOptions::clone(&pool.connect_options());
    PgPoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                assert_settings(connection, false).await?;
                let hold = sqlx::query("SELECT pg_advisory_lock_shared($1)").bind(mark);
                hold.execute(connection).await.map(drop)
            })
        })
        .connect_with(options)
        .await
        .map_err(Failure::new)
}

/// A commit that is answered must be on disk, whatever the server's own settings say. Behind a pooler the next transaction may have another
/// connection, so that a setting of ours would not stay.
///
/// A process that stands still in the middle of a transaction must not hold its locks: others would wait for as long as it sleeps.
async fn assert_settings(connection: &mut PgConnection, pooled: bool) -> Result<(), sqlx::Error> {
    if !pooled {
        sqlx::query("SET idle_in_transaction_session_timeout = '5s'")
            .execute(&mut *connection)
            .await?;
        // What stays prepared keeps the way that was best when its tables were empty, which is to read all of them.
        sqlx::query("SET enable_seqscan = off")
            .execute(&mut *connection)
            .await?;
    }
    if shown(connection, "SHOW synchronous_commit").await? == "off" && !pooled {
        sqlx::query("SET synchronous_commit = on")
            .execute(&mut *connection)
            .await?;
    }
    if shown(connection, "SHOW synchronous_commit").await? == "off" {
        return Err(sqlx::Error::Configuration(
            "synchronous_commit is off for this role or database and cannot be set from here: an answered commit could be lost; set it \
             to on with ALTER ROLE or ALTER DATABASE"
                .into(),
        ));
    }
    Ok(())
}

/// What durability hangs on: the first belongs to each connection, the others to the server.
const SETTINGS: &[&str] = &["SHOW synchronous_commit", "SHOW fsync", "SHOW full_page_writes"];

/// What a connection of the pool has, as the server reports it.
pub(super) async fn settings(pool: &PgPool) -> Result<Vec<(&'static str, String)>, Failure> {
    let mut connection = pool.acquire().await.map_err(Failure::new)?;
    let mut all = Vec::with_capacity(SETTINGS.len());
    for question in SETTINGS {
        let found = shown(&mut connection, question).await.map_err(Failure::new)?;
        all.push((*question, found));
    }
    Ok(all)
}

async fn shown(connection: &mut PgConnection, question: &'static str) -> Result<String, sqlx::Error> {
    sqlx::query(question).fetch_one(connection).await?.try_get(0)
}

/// No value, of no named type: the server takes the type from where it stands.
struct Nothing;

impl Type<Postgres> for Nothing {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(0))
    }
}

impl Encode<'_, Postgres> for Nothing {
    fn encode_by_ref(&self, _: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Ok(IsNull::Yes)
    }
}

fn arguments<'a>(args: impl IntoIterator<Item = &'a Value>) -> Result<PgArguments, Failure> {
    let mut arguments = PgArguments::default();
    for arg in args {
        match arg {
            Value::Int(number) => arguments.add(*number),
            Value::Bytes(bytes) => arguments.add(bytes.as_slice()),
            Value::Text(text) => arguments.add(text.as_str()),
            Value::Null => arguments.add(Nothing),
        }
        .map_err(|error| Failure::new(sqlx::Error::Encode(error)))?;
    }
    Ok(arguments)
}

/// Begins a transaction, on another connection when the server has left the first behind: nothing was done on that.
pub(super) async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, Failure> {
    let mut others = pool.size();
    loop {
        match pool.begin().await {
            Err(error) if left_behind(&error) && others > 0 => others -= 1,
            begun => return begun.map_err(Failure::new),
        }
    }
}

/// Asks outside any transaction, on another connection when the server has left the first behind: asking twice changes nothing.
pub(super) async fn ask(pool: &PgPool, sql: Sql, args: Vec<Value>) -> Result<Vec<Vec<Value>>, Failure> {
    let mut others = pool.size();
    loop {
        let query = sqlx::query_with(sql.clone().into_driver(), arguments(&args)?);
        match query.fetch_all(pool).await {
            Err(error) if left_behind(&error) && others > 0 => others -= 1,
            found => return found.map_err(Failure::new)?.iter().map(values).collect(),
        }
    }
}

/// Whether a connection ended before or while it was asked. 57P01 to 57P03 in appendix A of PostgreSQL's manual: the server shuts down, has
/// crashed, is not up yet.
fn left_behind(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => matches!(error.code().as_deref(), Some("57P01" | "57P02" | "57P03")),
        _ => false,
    }
}

/// Asks several questions of one moment: within one transaction that only reads and sees nothing that is committed after its first question.
pub(super) async fn at_one_moment(
    pool: &PgPool,
    texts: Vec<&'static str>,
    to: mpsc::Sender<Snapshot>,
) -> Result<(), Failure> {
    let mut transaction = begin(pool).await?;
    // All rows of a table are wanted, so that reading it from front to back is right here.
    for set in [
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        "SET LOCAL enable_seqscan = on",
    ] {
        execute(&mut *transaction, set.into(), []).await?;
    }
    for (table, text) in texts.into_iter().enumerate() {
        let mut gathering = Gathering::of(table);
        let mut rows = sqlx::query(text).fetch(&mut *transaction);
        while let Some(row) = rows.try_next().await.map_err(Failure::new)? {
            if let Some(some) = gathering.add(values(&row)?) {
                to.send(some).await.map_err(unwanted)?;
            }
        }
        if let Some(some) = gathering.rest() {
            to.send(some).await.map_err(unwanted)?;
        }
    }
    transaction.rollback().await.map_err(Failure::new)
}

pub(super) async fn execute<'c, 'a, E>(
    executor: E,
    sql: Sql,
    args: impl IntoIterator<Item = &'a Value>,
) -> Result<u64, Failure>
where
    E: Executor<'c, Database = Postgres>,
{
    let query = sqlx::query_with(sql.into_driver(), arguments(args)?);
    let done = query.execute(executor).await.map_err(Failure::new)?;
    Ok(done.rows_affected())
}

pub(super) async fn rows<'c, E>(executor: E, sql: Sql, args: &[Value]) -> Result<Vec<Vec<Value>>, Failure>
where
    E: Executor<'c, Database = Postgres>,
{
    let query = sqlx::query_with(sql.into_driver(), arguments(args)?);
    let rows = query.fetch_all(executor).await.map_err(Failure::new)?;
    rows.iter().map(values).collect()
}

fn values(row: &PgRow) -> Result<Vec<Value>, Failure> {
    (0..row.len())
        .map(|at| value(row, at))
        .collect::<Result<_, _>>()
        .map_err(Failure::new)
}

fn value(row: &PgRow, at: usize) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(at)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let kind = raw.type_info();
    match kind.name() {
        "INT8" => row.try_get(at).map(Value::Int),
        "INT4" => row.try_get::<i32, _>(at).map(|number| Value::Int(i64::from(number))),
        "BYTEA" => row.try_get(at).map(Value::Bytes),
        "TEXT" | "NAME" | "VARCHAR" => row.try_get_unchecked(at).map(Value::Text),
        other => Err(sqlx::Error::ColumnDecode {
            index: row.column(at).name().to_owned(),
            source: format!("a column may not be {other}").into(),
        }),
    }
}
