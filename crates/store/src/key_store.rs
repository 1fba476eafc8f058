//! The vault's rows on a database of their own: what is in them is always wrapped.
//!
//! A file `vault.db` beside or apart from the data, or a server of its own; never attached to the data store, and never read by
//! it. Each call is one transaction. Writes that come
//! together share one (`key_writer`). That an epoch is open is checked by touching its row in the same transaction, so that closing an
//! epoch and writing under it cannot pass each other.

use crate::key_hold;
use crate::key_puncture::{self, PUNCTURE_COUNT, TREES_PUT};
use crate::key_rows::{epoch, head, hold, node, puncture, secret, tree, tree_args};
use crate::key_writer::{self, IS_OPEN, Outcome, Waiting, Write};
use crate::place::{Held, OpenError, Place};
use crate::sql::migrate::VAULT;
use crate::sql::value::args;
use crate::sql::{Cells, Database, Failure, Field, ReadError, Value, statements};
use counterfoil_model::{HoldId, NodeId, Timestamp, TreeId};
use counterfoil_vault::{
    Answer, EpochRow, EpochStage, HeadRow, HoldAnswer, HoldRow, KeyStore, KeyStoreError, NodeRow, PunctureAnswer,
    PunctureRow, SecretRow, TreePuncture, TreeRow,
};
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// The most writes that wait for the writer; whoever comes then waits too.
const QUEUE: usize = 1_024;

statements! {
    EPOCHS = "SELECT number, state, provider, wrapped, opened_at FROM epoch ORDER BY number";
    EPOCH_INSERT = "INSERT INTO epoch (number, state, provider, wrapped, opened_at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (number) DO NOTHING";
    EPOCH_PUT = "UPDATE epoch SET state = $2, wrapped = $3, opened_at = $4 WHERE number = $1 AND state = $5";
    EPOCH_RETIRE = "UPDATE epoch SET state = $2, wrapped = $3 WHERE number = $1 AND state = $4 \
        AND NOT EXISTS (SELECT 1 FROM tree WHERE tree.epoch = $1) AND NOT EXISTS (SELECT 1 FROM secret WHERE secret.epoch = $1)";
    TREES_UNDER = "SELECT id, kind, epoch, generation, next_index, wrapped FROM tree WHERE epoch = $1 AND id > $2 ORDER BY id LIMIT $3";
    TREES = "SELECT id, kind, epoch, generation, next_index, wrapped FROM tree WHERE id IN ({list})";
    TREE_SCAN = "SELECT id, kind, epoch, generation, next_index, wrapped FROM tree WHERE id > $1 ORDER BY id LIMIT $2";
    TREE_INSERT = "INSERT INTO tree (id, kind, epoch, generation, next_index, wrapped) VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT (id) DO NOTHING";
    TREE_REPLACE = "UPDATE tree SET kind = $2, epoch = $3, generation = $4, next_index = $5, wrapped = $6 \
        WHERE id = $1 AND generation = $7";
    SECRETS = "SELECT name, epoch, generation, wrapped FROM secret ORDER BY name";
    SECRET_INSERT = "INSERT INTO secret (name, epoch, generation, wrapped) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING";
    SECRET_REPLACE = "UPDATE secret SET epoch = $2, generation = $3, wrapped = $4 WHERE name = $1 AND generation = $5";
    SECRET_DELETE = "DELETE FROM secret WHERE name = $1";
    HEAD = "SELECT size, root, mac FROM head WHERE id = 1";
    PUNCTURE_INSERT_SECRET = "INSERT INTO puncture (number, at) SELECT puncture_head.number, $1 FROM puncture_head WHERE puncture_head.id = 1";
    PUNCTURE_HEAD = "SELECT number FROM puncture_head WHERE id = 1";
    PUNCTURES = "SELECT number, tree_id, at FROM puncture WHERE number > $1 ORDER BY number LIMIT $2";
    PUNCTURES_SWEEP = "DELETE FROM puncture WHERE at < $1";
    NODE_PUT = "INSERT INTO node (id, started_at, renewed_at, leased_until, dropped, opens, gone) VALUES ($1, $2, $3, $4, $5, $6, $7) \
        ON CONFLICT (id) DO UPDATE SET renewed_at = excluded.renewed_at, leased_until = excluded.leased_until, dropped = excluded.dropped, \
        opens = excluded.opens, gone = excluded.gone";
    NODE_REMOVE = "DELETE FROM node WHERE id = $1";
    NODES = "SELECT id, started_at, renewed_at, leased_until, dropped, opens, gone FROM node ORDER BY started_at, id";
    NODES_SWEEP = "DELETE FROM node WHERE leased_until < $1";
    HEAD_FORGET = "DELETE FROM head";
    HEAD_PUT = "INSERT INTO head (id, size, root, mac) VALUES (1, $1, $2, $3) ON CONFLICT (id) DO UPDATE SET \
        size = excluded.size, root = excluded.root, mac = excluded.mac \
        WHERE head.size < excluded.size OR (head.size = excluded.size AND head.root = excluded.root)";
}

/// The vault store.
pub struct KeyDatabase {
    database: Arc<Database>,
    queue: mpsc::Sender<Waiting>,
    closing: watch::Sender<bool>,
    writer: Mutex<Option<JoinHandle<()>>>,
    _held: Held,
}

impl KeyDatabase {
    /// Opens the vault store at `place` and brings its tables up to date.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(place: &Place) -> Result<Self, OpenError> {
        let (database, held) = place.open("vault", VAULT).await?;
        Ok(Self::start(database, held))
    }

    /// Opens the vault store for reading only, beside a server that may be running.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open_read_only(place: &Place) -> Result<Self, OpenError> {
        let (database, held) = place.open_read_only("vault", VAULT).await?;
        Ok(Self::start(database, held))
    }

    fn start(database: Database, held: Held) -> Self {
        let database = Arc::new(database);
        let (queue, waiting) = mpsc::channel(QUEUE);
        let closing = watch::Sender::new(false);
        let writer = key_writer::run(Arc::clone(&database), waiting, closing.subscribe());
        Self {
            database,
            queue,
            closing,
            writer: Mutex::new(Some(tokio::spawn(writer))),
            _held: held,
        }
    }

    /// Has the engine prepare every statement of the vault store; the number of texts.
    ///
    /// # Errors
    /// The name of the first statement that the engine refuses, and why.
    pub async fn prepare_all(&self) -> Result<usize, (String, Failure)> {
        let texts = [
            STATEMENTS,
            key_writer::STATEMENTS,
            key_puncture::STATEMENTS,
            key_hold::STATEMENTS,
        ]
        .concat();
        crate::statements::prepare(&self.database, &texts).await
    }

    /// What the engine reports about its durability, as [`crate::Store::engine_settings`].
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn engine_settings(&self) -> Result<Vec<(&'static str, String)>, Failure> {
        self.database.settings().await
    }

    /// What the engine's own clock says, as [`crate::Store::engine_clock`].
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn engine_clock(&self) -> Result<Option<Timestamp>, Failure> {
        self.database.clock().await
    }

    /// Finishes what waits and closes all connections.
    pub async fn close(&self) {
        let _ = self.closing.send(true);
        if let Some(writer) = self.writer.lock().await.take() {
            // A task that panicked has already been reported by the panic hook.
            let _ = writer.await;
        }
        self.database.close().await;
    }

    /// Forgets the last signed head of the log. Only for what was just brought from a copy of the vault, which is always a little newer than
    /// the copy of the data beside it: there the head begins anew with the log of that.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn forget_head(&self) -> Result<(), Failure> {
        crate::alone::alone!(self.database, |session| {
            session.execute(HEAD_FORGET, Vec::new()).await?
        })?;
        Ok(())
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// A statement that changes one row or none, when `epoch` is open.
    async fn change(
        &self,
        epoch: Option<i64>,
        statement: &'static str,
        args: Vec<Value>,
    ) -> Result<bool, KeyStoreError> {
        let epochs = epoch.into_iter().collect();
        self.write(epochs, vec![(statement, args)], false).await
    }

    /// The same for what must not be found in the file any more: the bytes that stood there before are gone when it answers.
    async fn change_and_scrub(
        &self,
        epoch: i64,
        statement: &'static str,
        args: Vec<Value>,
    ) -> Result<bool, KeyStoreError> {
        self.write(vec![epoch], vec![(statement, args)], true).await
    }

    async fn write(
        &self,
        epochs: Vec<i64>,
        statements: Vec<(&'static str, Vec<Value>)>,
        scrub: bool,
    ) -> Result<bool, KeyStoreError> {
        let write = Write {
            epochs,
            statements,
            punctures: None,
            scrub,
        };
        Ok(self.settle(write).await? == Outcome::Kept)
    }

    async fn settle(&self, write: Write) -> Result<Outcome, KeyStoreError> {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { write, answer };
        self.queue.send(waiting).await.map_err(|_| unanswered(Closed))?;
        match answered.await {
            Ok(outcome) => outcome.map_err(unanswered),
            Err(_) => Err(unanswered(Closed)),
        }
    }

    async fn read<T>(
        &self,
        rows: Result<Vec<Vec<Value>>, Failure>,
        read: impl Fn(&mut Cells) -> Result<T, ReadError>,
    ) -> Result<Vec<T>, KeyStoreError> {
        let rows = rows.map_err(unanswered)?;
        let rows = rows.into_iter().map(|row| read(&mut Cells::new(row)));
        rows.collect::<Result<_, _>>().map_err(unanswered)
    }
}

/// The vault store is closed.
#[derive(Debug, thiserror::Error)]
#[error("the vault store is closed")]
struct Closed;

fn unanswered(error: impl std::error::Error + Send + Sync + 'static) -> KeyStoreError {
    KeyStoreError(Box::new(error))
}

impl KeyStore for KeyDatabase {
    fn epochs(&self) -> Answer<'_, Vec<EpochRow>> {
        Box::pin(async { self.read(self.database.rows(EPOCHS, Vec::new()).await, epoch).await })
    }

    fn epoch_insert(&self, row: EpochRow) -> Answer<'_, bool> {
        let args = args![row.number, row.state, row.provider, row.wrapped, row.opened_at];
        Box::pin(self.change(None, EPOCH_INSERT, args))
    }

    fn epoch_turn(&self, closes: EpochRow, opens: EpochRow) -> Answer<'_, bool> {
        let put = |row: EpochRow, was: EpochStage| {
            (
                EPOCH_PUT,
                args![row.number, row.state, row.wrapped, row.opened_at, was.code()],
            )
        };
        Box::pin(self.write(
            Vec::new(),
            vec![put(closes, EpochStage::Open), put(opens, EpochStage::Made)],
            false,
        ))
    }

    fn epoch_retire(&self, row: EpochRow) -> Answer<'_, bool> {
        let retire = (
            EPOCH_RETIRE,
            args![row.number, row.state, row.wrapped, EpochStage::Closed.code()],
        );
        Box::pin(self.write(Vec::new(), vec![retire], true))
    }

    fn trees_under(&self, epoch: i64, after: Option<TreeId>, limit: i64) -> Answer<'_, Vec<TreeRow>> {
        let after = after.map_or(Vec::new(), |id| id.bytes().to_vec());
        Box::pin(async move {
            self.read(self.database.rows(TREES_UNDER, args![epoch, after, limit]).await, tree)
                .await
        })
    }

    fn trees_rewrap(&self, rows: Vec<TreeRow>) -> Answer<'_, u64> {
        let epoch = rows.first().map(|row| row.epoch);
        let rows: Vec<Vec<Value>> = rows.into_iter().map(tree_args).collect();
        Box::pin(async move {
            crate::alone::alone!(self.database, |session| {
                match session.execute(IS_OPEN, args![epoch]).await? {
                    1 => session.insert(TREES_PUT, &rows).await?,
                    _ => 0,
                }
            })
            .map_err(unanswered)
        })
    }

    fn trees(&self, ids: Vec<TreeId>) -> Answer<'_, Vec<TreeRow>> {
        let list = ids.into_iter().map(Field::into_value).collect();
        Box::pin(async {
            self.read(self.database.listed(TREES, Vec::new(), list).await, tree)
                .await
        })
    }

    fn tree_scan(&self, after: Option<TreeId>, limit: i64) -> Answer<'_, Vec<TreeRow>> {
        let after = after.map_or(Vec::new(), |id| id.bytes().to_vec());
        Box::pin(async move {
            self.read(self.database.rows(TREE_SCAN, args![after, limit]).await, tree)
                .await
        })
    }

    fn tree_insert(&self, rows: Vec<TreeRow>) -> Answer<'_, bool> {
        let mut epochs: Vec<i64> = rows.iter().map(|row| row.epoch).collect();
        epochs.sort_unstable();
        epochs.dedup();
        let rows = rows.into_iter().map(|row| (TREE_INSERT, tree_args(row)));
        Box::pin(self.write(epochs, rows.collect(), false))
    }

    fn tree_replace(&self, generation_read: i64, row: TreeRow) -> Answer<'_, bool> {
        let epoch = row.epoch;
        let mut args = tree_args(row);
        args.push(generation_read.into_value());
        Box::pin(self.change(Some(epoch), TREE_REPLACE, args))
    }

    fn tree_puncture(&self, trees: Vec<TreePuncture>, at: Timestamp) -> Answer<'_, PunctureAnswer> {
        let mut epochs: Vec<i64> = trees.iter().map(|put| put.row.epoch).collect();
        epochs.sort_unstable();
        epochs.dedup();
        let write = Write {
            epochs,
            statements: Vec::new(),
            punctures: Some((trees, at)),
            scrub: true,
        };
        Box::pin(async {
            Ok(match self.settle(write).await? {
                Outcome::Kept => PunctureAnswer::Kept,
                Outcome::Refused => PunctureAnswer::Refused,
                Outcome::Held(holds) => PunctureAnswer::Held(holds),
            })
        })
    }

    fn hold_place(&self, rows: Vec<HoldRow>) -> Answer<'_, HoldAnswer> {
        Box::pin(async { key_hold::place(&self.database, rows).await.map_err(unanswered) })
    }

    fn hold_release(&self, id: HoldId, at: Timestamp) -> Answer<'_, bool> {
        Box::pin(async move { key_hold::release(&self.database, id, at).await.map_err(unanswered) })
    }

    fn holds_on(&self, trees: Vec<TreeId>) -> Answer<'_, Vec<HoldRow>> {
        let list = trees.into_iter().map(Field::into_value).collect();
        Box::pin(async {
            let found = self.database.listed(key_hold::LIVING, Vec::new(), list).await;
            self.read(found, hold).await
        })
    }

    fn hold_scan(&self, after: Option<HoldRow>, limit: i64) -> Answer<'_, Vec<HoldRow>> {
        Box::pin(async move {
            let (scan, args) = key_hold::scan(after, limit);
            self.read(self.database.rows(scan, args).await, hold).await
        })
    }

    fn secrets(&self) -> Answer<'_, Vec<SecretRow>> {
        Box::pin(async { self.read(self.database.rows(SECRETS, Vec::new()).await, secret).await })
    }

    fn secret_insert(&self, row: SecretRow) -> Answer<'_, bool> {
        let args = args![row.name, row.epoch, row.generation, row.wrapped];
        Box::pin(self.change(Some(row.epoch), SECRET_INSERT, args))
    }

    fn secret_replace(&self, generation_read: i64, row: SecretRow) -> Answer<'_, bool> {
        let args = args![row.name, row.epoch, row.generation, row.wrapped, generation_read];
        Box::pin(self.change_and_scrub(row.epoch, SECRET_REPLACE, args))
    }

    fn secret_delete(&self, name: String, at: Timestamp) -> Answer<'_, bool> {
        let statements = vec![
            (SECRET_DELETE, args![name]),
            (PUNCTURE_COUNT, args![1_i64]),
            (PUNCTURE_INSERT_SECRET, args![at]),
        ];
        Box::pin(self.write(Vec::new(), statements, true))
    }

    fn puncture_head(&self) -> Answer<'_, i64> {
        Box::pin(async {
            let read = |cells: &mut Cells| cells.take("puncture_head", "number");
            let rows = self.read(self.database.rows(PUNCTURE_HEAD, Vec::new()).await, read);
            let number = rows.await?.pop();
            number.ok_or_else(|| {
                let (table, column) = ("puncture_head", "number");
                unanswered(ReadError::Impossible { table, column })
            })
        })
    }

    fn punctures(&self, after: i64, limit: i64) -> Answer<'_, Vec<PunctureRow>> {
        Box::pin(async move {
            self.read(self.database.rows(PUNCTURES, args![after, limit]).await, puncture)
                .await
        })
    }

    fn node_put(&self, row: NodeRow) -> Answer<'_, bool> {
        let args = args![
            row.id,
            row.started_at,
            row.renewed_at,
            row.leased_until,
            row.dropped,
            row.opens,
            row.gone
        ];
        Box::pin(self.change(None, NODE_PUT, args))
    }

    fn node_remove(&self, id: NodeId) -> Answer<'_, bool> {
        Box::pin(self.change(None, NODE_REMOVE, args![id]))
    }

    fn nodes(&self) -> Answer<'_, Vec<NodeRow>> {
        Box::pin(async { self.read(self.database.rows(NODES, Vec::new()).await, node).await })
    }

    fn nodes_sweep(&self, before: Timestamp) -> Answer<'_, ()> {
        Box::pin(async move {
            for sweep in [PUNCTURES_SWEEP, NODES_SWEEP] {
                crate::alone::alone!(self.database, |session| {
                    session.execute(sweep, args![before]).await?
                })
                .map_err(unanswered)?;
            }
            Ok(())
        })
    }

    fn head(&self) -> Answer<'_, Option<HeadRow>> {
        Box::pin(async {
            let rows = self.read(self.database.rows(HEAD, Vec::new()).await, head);
            Ok(rows.await?.pop())
        })
    }

    fn head_put(&self, row: HeadRow) -> Answer<'_, bool> {
        Box::pin(self.change(None, HEAD_PUT, args![row.size, row.root, row.mac]))
    }
}
