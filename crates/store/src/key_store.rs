//! The vault's rows on a database of their own: what is in them is always wrapped.
//!
//! A file `vault.db` beside or apart from the data, or a server of its own; never attached to the data store, and never read by
//! it. Each call is one transaction. Writes that come
//! together share one (`key_writer`). That an epoch is open is checked by touching its row in the same transaction, so that closing an
//! epoch and writing under it cannot pass each other.

use crate::key_writer::{self, Waiting, Write};
use crate::place::{Held, OpenError, Place};
use crate::sql::migrate::VAULT;
use crate::sql::value::args;
use crate::sql::{Cells, Database, Failure, Field, ReadError, Value, statements};
use counterfoil_model::TreeId;
use counterfoil_vault::{Answer, EpochRow, HeadRow, KeyStore, KeyStoreError, SecretRow, TreeRow};
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// The most writes that wait for the writer; whoever comes then waits too.
const QUEUE: usize = 1_024;

statements! {
    EPOCHS = "SELECT number, state, provider, wrapped, opened_at FROM epoch ORDER BY number";
    EPOCH_INSERT = "INSERT INTO epoch (number, state, provider, wrapped, opened_at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (number) DO NOTHING";
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
        let texts = [STATEMENTS, key_writer::STATEMENTS].concat();
        crate::statements::prepare(&self.database, &texts).await
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
        self.write(Write {
            epochs: epoch.into_iter().collect(),
            statement,
            rows: vec![args],
            scrub: false,
        })
        .await
    }

    /// The same for what must not be found in the file any more: the bytes that stood there before are gone when it answers.
    async fn change_and_scrub(
        &self,
        epoch: Option<i64>,
        statement: &'static str,
        args: Vec<Value>,
    ) -> Result<bool, KeyStoreError> {
        self.write(Write {
            epochs: epoch.into_iter().collect(),
            statement,
            rows: vec![args],
            scrub: true,
        })
        .await
    }

    async fn write(&self, write: Write) -> Result<bool, KeyStoreError> {
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

fn epoch(cells: &mut Cells) -> Result<EpochRow, ReadError> {
    Ok(EpochRow {
        number: cells.take("epoch", "number")?,
        state: cells.take("epoch", "state")?,
        provider: cells.take("epoch", "provider")?,
        wrapped: cells.take("epoch", "wrapped")?,
        opened_at: cells.take("epoch", "opened_at")?,
    })
}

fn tree(cells: &mut Cells) -> Result<TreeRow, ReadError> {
    Ok(TreeRow {
        id: cells.take("tree", "id")?,
        kind: cells.take("tree", "kind")?,
        epoch: cells.take("tree", "epoch")?,
        generation: cells.take("tree", "generation")?,
        next_index: cells.take("tree", "next_index")?,
        wrapped: cells.take("tree", "wrapped")?,
    })
}

fn secret(cells: &mut Cells) -> Result<SecretRow, ReadError> {
    Ok(SecretRow {
        name: cells.take("secret", "name")?,
        epoch: cells.take("secret", "epoch")?,
        generation: cells.take("secret", "generation")?,
        wrapped: cells.take("secret", "wrapped")?,
    })
}

fn head(cells: &mut Cells) -> Result<HeadRow, ReadError> {
    Ok(HeadRow {
        size: cells.take("head", "size")?,
        root: cells.take("head", "root")?,
        mac: cells.take("head", "mac")?,
    })
}

fn tree_args(row: TreeRow) -> Vec<Value> {
    args![row.id, row.kind, row.epoch, row.generation, row.next_index, row.wrapped]
}

impl KeyStore for KeyDatabase {
    fn epochs(&self) -> Answer<'_, Vec<EpochRow>> {
        Box::pin(async { self.read(self.database.rows(EPOCHS, Vec::new()).await, epoch).await })
    }

    fn epoch_insert(&self, row: EpochRow) -> Answer<'_, bool> {
        let args = args![row.number, row.state, row.provider, row.wrapped, row.opened_at];
        Box::pin(self.change(None, EPOCH_INSERT, args))
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
        let rows = rows.into_iter().map(tree_args).collect();
        Box::pin(self.write(Write {
            epochs,
            statement: TREE_INSERT,
            rows,
            scrub: false,
        }))
    }

    fn tree_advance(&self, generation_read: i64, row: TreeRow) -> Answer<'_, bool> {
        let epoch = row.epoch;
        let mut args = tree_args(row);
        args.push(generation_read.into_value());
        Box::pin(self.change(Some(epoch), TREE_REPLACE, args))
    }

    fn tree_replace(&self, generation_read: i64, row: TreeRow) -> Answer<'_, bool> {
        let epoch = row.epoch;
        let mut args = tree_args(row);
        args.push(generation_read.into_value());
        Box::pin(self.change_and_scrub(Some(epoch), TREE_REPLACE, args))
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
        Box::pin(self.change_and_scrub(Some(row.epoch), SECRET_REPLACE, args))
    }

    fn secret_delete(&self, name: String) -> Answer<'_, bool> {
        Box::pin(self.change_and_scrub(None, SECRET_DELETE, args![name]))
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
