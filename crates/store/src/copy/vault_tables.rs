//! The tables of the vault store for copying: their names and columns. What their rows mean is said where they are used (`key_rows`).

use crate::rows::{Table, table};

/// The epochs: whoever has begun a vault has one.
pub(super) const EPOCH: &Table = &table!("epoch", "number", "state", "provider", "wrapped", "opened_at");

/// Every table of the vault store.
pub(super) const TABLES: &[&Table] = &[
    EPOCH,
    &table!("tree", "id", "kind", "epoch", "generation", "next_index", "wrapped"),
    &table!("secret", "name", "epoch", "generation", "wrapped"),
    &table!(
        "hold",
        "id",
        "tree_id",
        "first_index",
        "last_index",
        "placed_at",
        "released_at"
    ),
    &table!("head", "id", "size", "root", "mac"),
    &table!("puncture_head", "id", "number"),
    &table!("puncture", "number", "tree_id", "at"),
    &table!(
        "node",
        "id",
        "started_at",
        "renewed_at",
        "leased_until",
        "dropped",
        "opens",
        "gone"
    ),
];
