//! What the vault asks of the place where wrapped keys lie; `store` answers on its second database.
//!
//! Rows hold nothing readable: key material only in wrapped form, bound to every other column of its row. The vault decides
//! nothing by trust in a row; what was altered does not open.

use crate::run::Run;
use counterfoil_model::{HoldId, NodeId, Timestamp, TreeId};
use std::future::Future;
use std::pin::Pin;

/// The answer of a [`KeyStore`], later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, KeyStoreError>> + Send + 'a>>;

/// The vault store did not do what was asked; whether it was kept all the same is unknown.
#[derive(Debug, thiserror::Error)]
#[error("the vault store did not answer")]
pub struct KeyStoreError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// One epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochRow {
    /// From 1, one by one.
    pub number: i64,
    /// 1 open, 2 closed, 3 retired, 4 made.
    pub state: i64,
    /// The [`RootKey::name`](crate::RootKey::name) of the provider that wrapped it.
    pub provider: String,
    /// The wrapped epoch key and a code over the row; of a retired epoch the code alone (`docs/formats/key-tree.md`).
    pub wrapped: Vec<u8>,
    /// Since when it is open; while it is made, since when it is that.
    pub opened_at: Timestamp,
}

/// One key tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeRow {
    /// Which.
    pub id: TreeId,
    /// The code of its [`TreeKind`](crate::TreeKind).
    pub kind: i64,
    /// The epoch whose key wraps it.
    pub epoch: i64,
    /// From 1, one more with every write.
    pub generation: i64,
    /// The first index that is not handed out, 0 to 2^32.
    pub next_index: i64,
    /// The wrapped frontier (`docs/formats/frontier.md`).
    pub wrapped: Vec<u8>,
}

/// One named secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRow {
    /// Which, such as `lookup/1` or `intake/20779`.
    pub name: String,
    /// The epoch whose key wraps it.
    pub epoch: i64,
    /// From 1, one more with every write.
    pub generation: i64,
    /// The wrapped secret, 32 bytes inside.
    pub wrapped: Vec<u8>,
}

/// The last signed head of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadRow {
    /// Number of leaves.
    pub size: i64,
    /// Root hash, 32 bytes.
    pub root: Vec<u8>,
    /// The code over size and root, 32 bytes.
    pub mac: Vec<u8>,
}

/// A destroyed key, so that every process drops what it remembers of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PunctureRow {
    /// From 1, one by one, in the order in which they were committed.
    pub number: i64,
    /// The tree that was punctured; `None` when a secret was deleted.
    pub tree: Option<TreeId>,
    /// When.
    pub at: Timestamp,
}

/// A tree that has forgotten leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreePuncture {
    /// The tree as it shall stand, with one generation more than was read.
    pub row: TreeRow,
    /// The leaves that lived until now and are forgotten with it: sorted, apart, never none.
    pub forgets: Vec<Run>,
}

/// What became of a puncture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PunctureAnswer {
    /// All of it is kept.
    Kept,
    /// Nothing is: a tree has another generation than was read, or an epoch is not open.
    Refused,
    /// Nothing is: these living holds cover leaves that it forgets, all there are.
    Held(Vec<HoldRow>),
}

/// What a hold covers: one run of leaves of one tree. A hold has a row for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HoldRow {
    /// Which hold.
    pub id: HoldId,
    /// The tree.
    pub tree: TreeId,
    /// The leaves.
    pub run: Run,
    /// Since when.
    pub placed_at: Timestamp,
    /// When it was released; `None` while it holds.
    pub released_at: Option<Timestamp>,
}

/// What became of a hold that was to be placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldAnswer {
    /// All its rows are there; those that were there before stay as they were.
    Kept,
    /// Nothing is kept: there is no such tree.
    NoTree(TreeId),
    /// Nothing is kept: a hold with this id was released.
    Released(HoldId),
}

/// The lease of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeRow {
    /// Which.
    pub id: NodeId,
    /// When it started.
    pub started_at: Timestamp,
    /// When it last renewed the lease.
    pub renewed_at: Timestamp,
    /// Until when others wait for it.
    pub leased_until: Timestamp,
    /// The last puncture that it has dropped from its memory.
    pub dropped: i64,
    /// The newest epoch whose root key and lookup key it has.
    pub opens: i64,
    /// Up to which epoch it has seen the root keys destroyed, 0 for none.
    pub gone: i64,
}

/// Where wrapped keys lie. Each call is one transaction that is durable when it answers `Ok`. After an error the vault
/// assumes nothing and reads again.
pub trait KeyStore: Send + Sync + 'static {
    /// All epochs, in order of number.
    fn epochs(&self) -> Answer<'_, Vec<EpochRow>>;
    /// Adds an epoch; `false` when the number exists.
    fn epoch_insert(&self, row: EpochRow) -> Answer<'_, bool>;
    /// Closes the open epoch and opens the made one, both or neither; `false` when the one is not open or the other not made.
    fn epoch_turn(&self, closes: EpochRow, opens: EpochRow) -> Answer<'_, bool>;
    /// Replaces a closed epoch by its retired row, under which no tree and no secret is wrapped any more, so that the bytes that stood there before
    /// are gone from the file; `false` when it is not closed, or one is.
    fn epoch_retire(&self, row: EpochRow) -> Answer<'_, bool>;
    /// The trees with these ids, in any order; those that do not exist are left out.
    fn trees(&self, ids: Vec<TreeId>) -> Answer<'_, Vec<TreeRow>>;
    /// At most `limit` trees with an id after `after`, in order of id.
    fn tree_scan(&self, after: Option<TreeId>, limit: i64) -> Answer<'_, Vec<TreeRow>>;
    /// At most `limit` trees that `epoch` wraps, with an id after `after`, in order of id.
    fn trees_under(&self, epoch: i64, after: Option<TreeId>, limit: i64) -> Answer<'_, Vec<TreeRow>>;
    /// Replaces those of these trees, each once and all under one epoch, whose stored generation is one less than the row's; how many. None when the
    /// epoch is not open.
    fn trees_rewrap(&self, rows: Vec<TreeRow>) -> Answer<'_, u64>;
    /// Adds trees, all or none; `false` when the epoch of one is not open or an id exists.
    fn tree_insert(&self, rows: Vec<TreeRow>) -> Answer<'_, bool>;
    /// Replaces a tree whose generation is still `generation_read`; `false` when it is not, or the row's epoch is not open.
    /// What stood there before may stay readable to whoever has its epoch key: the new one has forgotten nothing.
    fn tree_replace(&self, generation_read: i64, row: TreeRow) -> Answer<'_, bool>;
    /// The same for trees that have forgotten leaves, all or none, each tree once: numbers each as a puncture at `at` in the same
    /// transaction, and the bytes that stood there before are gone from the file when it answers. The same transaction sees, with
    /// the trees locked, that no living hold covers a leaf that is forgotten.
    fn tree_puncture(&self, trees: Vec<TreePuncture>, at: Timestamp) -> Answer<'_, PunctureAnswer>;
    /// Adds rows of holds, all or none, with their trees locked, so that a puncture comes wholly before or sees them.
    fn hold_place(&self, rows: Vec<HoldRow>) -> Answer<'_, HoldAnswer>;
    /// Ends all living rows of a hold; `false` when there is none.
    fn hold_release(&self, id: HoldId, at: Timestamp) -> Answer<'_, bool>;
    /// The living rows of holds on these trees, in any order.
    fn holds_on(&self, trees: Vec<TreeId>) -> Answer<'_, Vec<HoldRow>>;
    /// At most `limit` rows of holds, living and released, after the place of `after`, in order of id, tree and run.
    fn hold_scan(&self, after: Option<HoldRow>, limit: i64) -> Answer<'_, Vec<HoldRow>>;
    /// All secrets.
    fn secrets(&self) -> Answer<'_, Vec<SecretRow>>;
    /// Adds a secret; `false` when the name exists or the epoch is not open.
    fn secret_insert(&self, row: SecretRow) -> Answer<'_, bool>;
    /// Replaces a secret whose generation is still `generation_read`; `false` when it is not, or the epoch is not open.
    fn secret_replace(&self, generation_read: i64, row: SecretRow) -> Answer<'_, bool>;
    /// Deletes a secret so that its bytes are gone from the file, and numbers that as a puncture at `at` in the same transaction; `false`
    /// when there was none.
    fn secret_delete(&self, name: String, at: Timestamp) -> Answer<'_, bool>;
    /// The number of the last puncture; 0 when there was none.
    fn puncture_head(&self) -> Answer<'_, i64>;
    /// At most `limit` punctures with a number after `after`, in order.
    fn punctures(&self, after: i64, limit: i64) -> Answer<'_, Vec<PunctureRow>>;
    /// Adds or replaces the row of a node.
    fn node_put(&self, row: NodeRow) -> Answer<'_, bool>;
    /// Removes the row of a node; `false` when there was none.
    fn node_remove(&self, id: NodeId) -> Answer<'_, bool>;
    /// All nodes, by the time they started.
    fn nodes(&self) -> Answer<'_, Vec<NodeRow>>;
    /// Removes punctures from before `before` and nodes whose lease ended before it.
    fn nodes_sweep(&self, before: Timestamp) -> Answer<'_, ()>;
    /// The last head, if there is one.
    fn head(&self) -> Answer<'_, Option<HeadRow>>;
    /// Puts a head that only grows; `false` when `size` is smaller than the stored one, or the same with another root.
    fn head_put(&self, row: HeadRow) -> Answer<'_, bool>;
}
