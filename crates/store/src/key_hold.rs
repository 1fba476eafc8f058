//! Holds in the vault store: placing, releasing, looking for them.
//!
//! Placing touches the rows of the trees in its transaction, so that a puncture of one of them (`key_puncture`) is either over, or waits and
//! then sees the hold.

use crate::alone::alone;
use crate::key_rows::{hold, hold_args};
use crate::sql::value::args;
use crate::sql::{Cells, Database, Failure, Field, ReadError, Session, Value, statements};
use counterfoil_model::{HoldId, Timestamp, TreeId};
use counterfoil_vault::{HoldAnswer, HoldRow};
use std::collections::BTreeSet;

statements! {
    // Makes placing more under an id and releasing it wait for one another.
    HOLD_TOUCH = "UPDATE hold SET released_at = released_at WHERE id IN ({list})";
    HOLD_RELEASED = "SELECT id FROM hold WHERE id IN ({list}) AND released_at IS NOT NULL";
    // Makes placing a hold and puncturing wait for one another.
    TREE_TOUCH = "UPDATE tree SET generation = generation WHERE id IN ({list})";
    TREE_THERE = "SELECT id FROM tree WHERE id IN ({list})";
    HOLD_INSERT = "INSERT INTO hold (id, tree_id, first_index, last_index, placed_at, released_at) VALUES {rows} \
        ON CONFLICT (id, tree_id, first_index, last_index) DO NOTHING";
    HOLD_RELEASE = "UPDATE hold SET released_at = $2 WHERE id = $1 AND released_at IS NULL";
    HOLDS_LIVING = "SELECT id, tree_id, first_index, last_index, placed_at, released_at FROM hold \
        WHERE tree_id IN ({list}) AND released_at IS NULL";
    HOLD_SCAN = "SELECT id, tree_id, first_index, last_index, placed_at, released_at FROM hold \
        ORDER BY id, tree_id, first_index, last_index LIMIT $1";
    HOLD_SCAN_AFTER = "SELECT id, tree_id, first_index, last_index, placed_at, released_at FROM hold \
        WHERE (id, tree_id, first_index, last_index) > ($1, $2, $3, $4) \
        ORDER BY id, tree_id, first_index, last_index LIMIT $5";
}

/// The living rows of holds on some trees.
pub(crate) const LIVING: &str = HOLDS_LIVING;

/// The statement for a portion of all holds, and its arguments.
pub(crate) fn scan(after: Option<HoldRow>, limit: i64) -> (&'static str, Vec<Value>) {
    let Some(after) = after else {
        return (HOLD_SCAN, args![limit]);
    };
    let (first, last) = (i64::from(after.run.first()), i64::from(after.run.last()));
    (HOLD_SCAN_AFTER, args![after.id, after.tree, first, last, limit])
}

/// The living rows on `trees`, within a transaction.
pub(crate) async fn living(
    session: &mut Session,
    trees: impl Iterator<Item = TreeId>,
) -> Result<Vec<HoldRow>, ReadError> {
    let rows = session
        .listed(HOLDS_LIVING, trees.map(Field::into_value).collect())
        .await?;
    rows.into_iter().map(|row| hold(&mut Cells::new(row))).collect()
}

/// Places rows of holds, all or none.
pub(crate) async fn place(database: &Database, rows: Vec<HoldRow>) -> Result<HoldAnswer, Failure> {
    alone!(database, |session| { place_in(&mut session, &rows).await? })
}

/// Where this says no, nothing was changed.
async fn place_in(session: &mut Session, rows: &[HoldRow]) -> Result<HoldAnswer, Failure> {
    let ids: BTreeSet<Value> = rows.iter().map(|row| row.id.into_value()).collect();
    let ids: Vec<Value> = ids.into_iter().collect();
    session.execute_listed(HOLD_TOUCH, &[], ids.clone()).await?;
    let released = flat(session.listed(HOLD_RELEASED, ids).await?);
    if let Some(row) = rows.iter().find(|row| released.contains(&row.id.into_value())) {
        return Ok(HoldAnswer::Released(row.id));
    }
    let trees: BTreeSet<Value> = rows.iter().map(|row| row.tree.into_value()).collect();
    let trees: Vec<Value> = trees.into_iter().collect();
    session.execute_listed(TREE_TOUCH, &[], trees.clone()).await?;
    let there = flat(session.listed(TREE_THERE, trees).await?);
    if let Some(row) = rows.iter().find(|row| !there.contains(&row.tree.into_value())) {
        return Ok(HoldAnswer::NoTree(row.tree));
    }
    session
        .insert(HOLD_INSERT, &rows.iter().copied().map(hold_args).collect::<Vec<_>>())
        .await?;
    Ok(HoldAnswer::Kept)
}

fn flat(rows: Vec<Vec<Value>>) -> BTreeSet<Value> {
    rows.into_iter().flatten().collect()
}

/// Ends a hold; whether it held anything.
pub(crate) async fn release(database: &Database, id: HoldId, at: Timestamp) -> Result<bool, Failure> {
    alone!(database, |session| {
        let ended = session.execute(HOLD_RELEASE, args![id, at]).await?;
        // What was being placed under the same id when the first began to wait for it.
        ended + session.execute(HOLD_RELEASE, args![id, at]).await? > 0
    })
}
